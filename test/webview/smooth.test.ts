import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smooth } from '../../webview/data/smooth.ts'

/** The definition, point by point. */
function bySum(xs: readonly number[], values: readonly number[], factor: number): number[] {
  const range = (xs.at(-1) ?? 0) - (xs[0] ?? 0)
  return xs.map((x, i) => {
    let sum = 0
    let weights = 0
    for (let j = 0; j <= i; j++) {
      const value = values[j] ?? NaN
      if (!Number.isFinite(value)) continue
      const weight = Math.pow(factor, (1000 * (x - (xs[j] ?? 0))) / range)
      sum += weight * value
      weights += weight
    }
    return weights > 0 ? sum / weights : NaN
  })
}

describe('smooth', () => {
  test('is the weighted mean that it claims to be, gaps included', () => {
    const points = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.oneof({ weight: 9, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) }, fc.constant(NaN)),
      ),
      { minLength: 2, maxLength: 40 },
    )
    fc.assert(
      fc.property(points, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (list, factor) => {
        let x = 0
        const xs = list.map(([gap]) => (x += gap))
        const values = list.map(([, value]) => value)
        const into = new Float64Array(values.length)
        smooth(Float64Array.from(xs), Float64Array.from(values), factor, into)
        for (const [i, expected] of bySum(xs, values, factor).entries()) {
          // A weight that has faded below the smallest double is 0 / 0 in the definition and a value in the recursion.
          if (Number.isNaN(expected)) continue
          expect(into[i]).toBeCloseTo(expected, 6)
        }
      }),
    )
  })

  test('factor 0 leaves the values, a constant stays constant', () => {
    const xs = Float64Array.of(0, 1, 2)
    const into = new Float64Array(3)
    smooth(xs, Float64Array.of(3, 1, 2), 0, into)
    expect([...into]).toEqual([3, 1, 2])
    smooth(xs, Float64Array.of(4, 4, 4), 0.9, into)
    for (const value of into) expect(value).toBeCloseTo(4, 12)
  })

  test('a thinned straight line is smoothed nearly like the whole one', () => {
    const smoothedEnd = (stride: number) => {
      const xs = Float64Array.from({ length: 1000 / stride + 1 }, (_, i) => i * stride)
      const into = new Float64Array(xs.length)
      smooth(xs, xs, 0.99, into)
      return into.at(-1) ?? NaN
    }
    expect(Math.abs(smoothedEnd(1) - smoothedEnd(4))).toBeLessThan(5)
  })

  test('means with their weights are smoothed like the points they stand for', () => {
    // Rare spikes, of which the extremes of each stretch would make the rule.
    const values = Float64Array.from({ length: 20_000 }, (_, i) => (i % 97 === 5 ? 50 : Math.cos(i / 3000)))
    const xs = Float64Array.from(values, (_, i) => i)
    const whole = new Float64Array(values.length)
    smooth(xs, values, 0.95, whole)
    const each = 20
    const sums = (of: Float64Array) =>
      Float64Array.from({ length: of.length / each }, (_, i) =>
        of.subarray(i * each, (i + 1) * each).reduce((sum, one) => sum + one / each, 0),
      )
    const thinned = new Float64Array(values.length / each)
    smooth(sums(xs), sums(values), 0.95, thinned, new Float64Array(thinned.length).fill(each))
    for (let i = 50; i < thinned.length; i++) expect(Math.abs(thinned[i] - whole[(i + 1) * each - 1])).toBeLessThan(0.1)
  })

  test('refuses a factor of 1 and a target that is too short', () => {
    const three = Float64Array.of(1, 2, 3)
    expect(() => smooth(three, three, 1, new Float64Array(3))).toThrow(RangeError)
    expect(() => smooth(three, three, 0.5, new Float64Array(2))).toThrow(RangeError)
  })
})
