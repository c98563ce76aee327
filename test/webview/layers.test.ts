import { describe, expect, test } from 'vitest'
import { linePoints, place, smoothed, stackedShares } from '../../webview/charts/layers.ts'
import { Curve } from '../../webview/data/curve.ts'

function curve(steps: readonly number[], values: readonly number[]): Curve {
  const made = new Curve()
  made.append(steps, values)
  return made
}
const identity = (step: number) => step
const wide = { min: 0, max: 100, pixels: 500, log: false }

describe('linePoints', () => {
  test('shows the stored points themselves', () => {
    const placed = place(curve([1, 2, 3], [0.5, 0.4, 0.3]), identity)
    expect(linePoints(placed, wide, false)).toEqual([
      { x: 1, y: 0.5 },
      { x: 2, y: 0.4 },
      { x: 3, y: 0.3 },
    ])
  })

  test('keeps one point beyond each edge of the view', () => {
    const steps = Array.from({ length: 11 }, (_, i) => i * 10)
    const placed = place(curve(steps, steps), identity)
    const xs = linePoints(placed, { min: 25, max: 55, pixels: 500, log: false }, false).map(point => point.x)
    expect(xs).toEqual([20, 30, 40, 50, 60])
  })

  test('logarithmic axes leave out what has no logarithm', () => {
    const placed = place(curve([0, 1, 10], [1, -1, 2]), identity)
    const points = linePoints(placed, { ...wide, log: true }, true)
    expect(points).toEqual([
      { x: 1, y: NaN },
      { x: 10, y: 2 },
    ])
  })

  test('on a logarithmic axis a first point at zero takes no room from the others', () => {
    const steps = Array.from({ length: 5_000 }, (_, i) => i)
    const placed = place(
      curve(
        steps,
        steps.map(step => step % 7),
      ),
      step => step * 20,
    )
    const points = linePoints(placed, { min: 20, max: 1e5, pixels: 200, log: true }, false)
    expect(points.length).toBeGreaterThan(200)
    expect(points[0].x).toBe(20)
  })

  test('a spike among a hundred thousand points is drawn', () => {
    const steps = Array.from({ length: 10_000 }, (_, i) => i)
    const values = steps.map(step => (step === 4321 ? 77 : 1))
    const points = linePoints(
      place(curve(steps, values), identity),
      { min: 0, max: 1e4, pixels: 100, log: false },
      false,
    )
    expect(points.length).toBeLessThan(250)
    expect(points.find(point => point.y === 77)?.x).toBe(4321)
  })

  test('positions may be anything that rises with the steps', () => {
    const placed = place(curve([100, 200], [1, 2]), step => step / 100)
    expect(linePoints(smoothed(placed, 0), wide, false).map(point => point.x)).toEqual([1, 2])
  })
})

describe('stackedShares', () => {
  test('adds up to one, from below', () => {
    const steps = [1, 2, 3, 4]
    const parts = [
      place(curve(steps, [0.2, 0.2, 0.2, 0.2]), identity),
      place(curve(steps, [0.3, 0.3, 0.3, 0.3]), identity),
      place(curve(steps, [0.5, 0.5, 0.5, 0.5]), identity),
    ]
    const [hard, semiHard, easy] = stackedShares(parts, wide)
    expect(hard).toHaveLength(4)
    for (const point of hard) expect(point.y).toBeCloseTo(0.2)
    for (const point of semiHard) expect(point.y).toBeCloseTo(0.5)
    for (const point of easy) expect(point.y).toBe(1)
  })

  test('takes the mean of what falls into a stretch', () => {
    const steps = Array.from({ length: 1000 }, (_, i) => i)
    const parts = [
      place(
        curve(
          steps,
          steps.map(step => (step % 2 === 0 ? 0.4 : 0.6)),
        ),
        identity,
      ),
      place(
        curve(
          steps,
          steps.map(step => (step % 2 === 0 ? 0.6 : 0.4)),
        ),
        identity,
      ),
    ]
    const [low] = stackedShares(parts, { min: 0, max: 1000, pixels: 90, log: false })
    for (const point of low) expect(point.y).toBeCloseTo(0.5, 1)
  })

  test('on a logarithmic axis a first point at zero takes no room from the others', () => {
    const steps = Array.from({ length: 2_000 }, (_, i) => i)
    const parts = [0.4, 0.6].map(share =>
      place(
        curve(
          steps,
          steps.map(() => share),
        ),
        step => step * 20,
      ),
    )
    const [low] = stackedShares(parts, { min: 20, max: 40_000, pixels: 300, log: true })
    expect(low).toHaveLength(100)
    for (const { x, y } of low) {
      expect(x).toBeGreaterThanOrEqual(20)
      expect(y).toBeCloseTo(0.4)
    }
  })

  test('on a logarithmic axis bands begin at its left end, also where the point before it is far away', () => {
    const parts = [0.4, 0.6].map(share => place(curve([1, 1_000, 2_000], [share, share, share]), identity))
    const [low] = stackedShares(parts, { min: 500, max: 2_000, pixels: 300, log: true })
    expect(low).toHaveLength(3)
    expect(low[0].x).toBeGreaterThan(500)
    expect(low[0].x).toBeLessThan(700)
  })

  test('nothing in, nothing out', () => {
    expect(stackedShares([], wide)).toEqual([])
    expect(stackedShares([place(new Curve(), identity)], wide)).toEqual([[]])
  })
})
