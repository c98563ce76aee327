import { describe, expect, test } from 'vitest'
import { lately, sideOf } from '../../webview/data/lately.ts'

/** So many points of each value, one after the other. */
const curve = (...stretches: readonly (readonly [value: number, points: number])[]): Float64Array =>
  Float64Array.from(stretches.flatMap(([value, points]) => Array<number>(points).fill(value)))

describe('the last points', () => {
  test('count as their mean', () => {
    expect(lately(new Float64Array())).toBeUndefined()
    expect(lately(Float64Array.of(1, 2, 3))).toBe(2)
    expect(lately(curve([9, 30], [1, 20]))).toBe(1)
    expect(lately(Float64Array.of(1, NaN, 3))).toBe(2)
    expect(lately(Float64Array.of(NaN))).toBeUndefined()
  })

  test('are below or above a band, and in it where they were before', () => {
    expect(sideOf(curve([0.5, 3]), 1, 2)).toBe('below')
    expect(sideOf(curve([3, 3]), 1, 2)).toBe('above')
    expect(sideOf(curve([1.5, 3]), 1, 2)).toBeUndefined()
    expect(sideOf(curve([3, 30], [1.5, 300]), 1, 2)).toBe('above')
    expect(sideOf(curve([0.5, 30], [1.5, 300]), 1, 2)).toBe('below')
    expect(sideOf(curve([0.5, 30], [3, 30], [1.5, 300]), 1, 2)).toBe('above')
    expect(sideOf(new Float64Array(), 1, 2)).toBeUndefined()
  })

  test('of a value that trembles about a limit keep to one side', () => {
    const trembling = Float64Array.from({ length: 400 }, (_, i) => (i < 40 ? 0.5 : 1 + 0.4 * (-1) ** i))
    const sides = new Set<string | undefined>()
    for (let end = 40; end <= trembling.length; end++) sides.add(sideOf(trembling.subarray(0, end), 0.9, 1.5))
    expect([...sides]).toEqual(['below'])
  })
})
