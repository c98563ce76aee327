import { describe, expect, test } from 'vitest'
import { KeyCrosshair, move } from '../../webview/charts/gestures.ts'

/** A chart of 100 pixels, from 10 to 110. */
function chart(range: readonly [number, number], extent: readonly [number, number], isLog = false) {
  const along = (x: number) => (isLog ? Math.log(x) : x)
  const seen: (readonly [number, number] | null)[] = []
  const target = {
    plot: { left: 10, right: 110 },
    range,
    extent,
    pixelAt: (x: number) => {
      const [min, max] = target.range
      return 10 + (100 * (along(x) - along(min))) / (along(max) - along(min))
    },
    valueAt: (pixel: number) => {
      const [min, max] = target.range
      const at = along(min) + ((pixel - 10) / 100) * (along(max) - along(min))
      return isLog ? Math.exp(at) : at
    },
    zoom: (to: readonly [number, number] | null) => seen.push(to),
  }
  return { target, seen }
}

describe('what is in view', () => {
  test('moves with the hand', () => {
    const { target, seen } = chart([40, 60], [0, 100])
    move(target, 50)
    move(target, -50)
    expect(seen).toEqual([
      [50, 70],
      [30, 50],
    ])
  })

  test('keeps its width at both ends', () => {
    const { target, seen } = chart([5, 25], [0, 30])
    move(target, -100)
    move(target, 100)
    expect(seen).toEqual([
      [0, 20],
      [10, 30],
    ])
  })

  test('is as wide in decades on a logarithmic axis', () => {
    const { target, seen } = chart([10, 100], [5, 1000], true)
    move(target, -100)
    expect(seen[0]).toEqual([expect.closeTo(5), expect.closeTo(50)])
  })

  test('stands still where everything is in view', () => {
    const { target, seen } = chart([0, 100], [0, 100])
    move(target, 30)
    move(target, -30)
    expect(seen).toEqual([])
  })
})

describe('the crosshair of the keys', () => {
  test('begins in the middle, stops at the ends', () => {
    const { target } = chart([0, 100], [0, 100])
    const crosshair = new KeyCrosshair(target)
    expect([crosshair.pixel, crosshair.move(4), crosshair.move(-1000), crosshair.move(1000)]).toEqual([60, 64, 10, 110])
    crosshair.leave()
    expect(crosshair.pixel).toBe(60)
  })

  test('goes on from where it stood on the axis, though the run has grown', () => {
    const { target } = chart([0, 100], [0, 100])
    const crosshair = new KeyCrosshair(target)
    crosshair.move(50)
    target.range = [0, 200]
    expect(target.valueAt(crosshair.move(-4))).toBeCloseTo(92)
  })
})
