import { describe, expect, test } from 'vitest'
import { cutAtGaps } from '../../webview/charts/layers.ts'
import { Clock } from '../../webview/data/clock.ts'

describe('Clock', () => {
  test('lies on straight lines between what is known', () => {
    const clock = new Clock()
    clock.add([0, 10, 20], [1000, 2000, 4000])
    expect([0, 5, 10, 15, 20, 99].map(step => clock.timeOf(step))).toEqual([0, 500, 1000, 2000, 3000, 3000])
    expect(clock.stepAt(2000)).toBe(15)
  })

  test('a pause is a gap between two steps, also where only some steps are known', () => {
    const clock = new Clock()
    clock.add([0, 100], [0, 100_000])
    clock.addPause({ step: 49, from: 9_800, to: 90_000 })
    expect(clock.gaps).toEqual([{ from: 9_800, to: 90_000 }])
    expect(clock.timeOf(49)).toBeCloseTo(9_800, 0)
    expect(clock.timeOf(50)).toBeGreaterThanOrEqual(90_000)
    expect(clock.timeOf(25)).toBeCloseTo(5_000, 0)
    expect(clock.stepAt(50_000)).toBeCloseTo(49, 1)
  })

  test('a trainer that died later than was noticed of it keeps its steps before the gap', () => {
    const clock = new Clock()
    clock.add([0, 10, 14, 15], [0, 1000, 1400, 9000])
    clock.addPause({ step: 10, from: 1500, to: 8000 })
    expect(clock.timeOf(14)).toBeLessThanOrEqual(1500)
    expect(clock.timeOf(15)).toBe(9000)
  })

  test('times never go back', () => {
    const clock = new Clock()
    clock.add([0, 5, 6, 9], [0, 500, 700, 2000])
    clock.addPause({ step: 6, from: 600, to: 1500 })
    const times = Array.from({ length: 20 }, (_, i) => clock.timeOf(i / 2))
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})

test('a line is cut where it would cross a gap, and nowhere else', () => {
  const points = [1, 2, 8, 9].map(x => ({ x, y: x }))
  expect(cutAtGaps(points, [{ from: 3, to: 7 }]).map(point => point.y)).toEqual([1, 2, NaN, 8, 9])
  expect(cutAtGaps(points, [{ from: 8.2, to: 8.4 }]).map(point => point.y)).toEqual([1, 2, 8, NaN, 9])
  expect(cutAtGaps(points, [])).toEqual(points)
  const both = [
    { from: 2, to: 8 },
    { from: 8, to: 9 },
  ]
  expect(cutAtGaps(points, both).map(point => point.y)).toEqual([1, 2, NaN, 8, NaN, 9])
})
