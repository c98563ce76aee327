import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minMaxBuckets } from '../../webview/data/decimate.ts'

const values = fc.array(fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true }) }, fc.constant(NaN)), {
  minLength: 1,
  maxLength: 300,
})

describe('minMaxBuckets', () => {
  test('leaves short curves as they are', () => {
    expect([...minMaxBuckets(Float64Array.of(1, 2, 3), Float64Array.of(5, 4, 6), 0, 3, 2)]).toEqual([0, 1, 2])
  })

  test('of an empty stretch nothing remains', () => {
    expect(minMaxBuckets(new Float64Array(0), new Float64Array(0), 0, 0, 10)).toHaveLength(0)
  })

  test('keeps the smallest and the largest value of every bucket, and both ends', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (list, buckets) => {
        const ys = Float64Array.from(list)
        const xs = Float64Array.from(list, (_, i) => i * 3 + (i % 2))
        const picked = minMaxBuckets(xs, ys, 0, ys.length, buckets)
        const kept = new Set([...picked].map(index => ys[index]))
        expect([...picked]).toEqual([...new Set(picked)].sort((a, b) => a - b))
        expect(picked.length).toBeLessThanOrEqual(2 * buckets + 2)
        expect(picked[0]).toBe(0)
        expect(picked.at(-1)).toBe(ys.length - 1)
        const width = (xs.at(-1) ?? 0) - xs[0]
        for (let bucket = 0; bucket < buckets; bucket++) {
          const inside = list.filter(
            (value, i) =>
              Number.isFinite(value) && Math.min(buckets - 1, Math.floor(((xs[i] ?? 0) / width) * buckets)) === bucket,
          )
          if (inside.length === 0 || width === 0) continue
          expect(kept.has(Math.min(...inside))).toBe(true)
          expect(kept.has(Math.max(...inside))).toBe(true)
        }
      }),
    )
  })
})
