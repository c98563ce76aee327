import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { l2Normalize, l2NormalizeBackward } from '../../server/core/distances/normalize.ts'
import { areUnits, type DistanceKind, pairwiseDistances, takeSquared } from '../../server/core/distances/pairwise.ts'
import { batches, distanceKinds, flat } from './arbitraries.ts'
import { distanceMatrix, isZero } from './oracles.ts'

function distances(kind: DistanceKind, x: Float32Array, n: number, d: number): Float64Array {
  const into = new Float64Array(n * n).fill(-7)
  pairwiseDistances(kind, x, n, d, into)
  return into
}

describe('pairwise distances', () => {
  test('equal the definition, are symmetric, never negative, 0 for equal rows', () => {
    fc.assert(
      fc.property(batches(), distanceKinds, ({ rows, labels }, kind) => {
        const n = labels.length
        const found = distances(kind, flat(rows), n, n === 0 ? 0 : rows[0].length)
        const expected = distanceMatrix(rows, kind)
        for (let i = 0; i < n; i++) {
          expect(found[i * n + i]).toBe(0)
          for (let j = 0; j < n; j++) {
            expect(found[i * n + j]).toBe(found[j * n + i])
            expect(found[i * n + j]).toBeGreaterThanOrEqual(0)
            expect(found[i * n + j]).toBeCloseTo(expected[i][j], 7)
            const same = rows[i].every((x, k) => x === rows[j][k])
            const zero = isZero(rows[i])
            if (same && !(kind === 'cosine' && zero)) expect(found[i * n + j]).toBe(0)
          }
        }
      }),
    )
  })

  test('close points far from the origin keep their distance', () => {
    const x = Float32Array.of(1000, 1000, 1000, 1000.0625)
    expect(distances('euclidean', x, 2, 2)[1]).toBe(0.0625)
  })

  test('rows that are no numbers are never taken for zeros', () => {
    for (const kind of ['euclidean', 'squared-euclidean', 'cosine'] as const) {
      for (const bad of [NaN, Infinity])
        expect(Number.isFinite(distances(kind, Float32Array.of(bad, 1, 1, 1), 2, 2)[1])).toBe(false)
    }
  })

  test('are taken from squared ones that somebody has measured', () => {
    fc.assert(
      fc.property(batches(), fc.constantFrom('euclidean' as const, 'squared-euclidean' as const), ({ rows }, kind) => {
        const n = rows.length
        const d = n === 0 ? 0 : rows[0].length
        const into = new Float64Array(n * n).fill(-7)
        takeSquared(kind, distances('squared-euclidean', flat(rows), n, d), n, into)
        expect(into).toEqual(distances(kind, flat(rows), n, d))
      }),
    )
  })

  test('of unit rows the cosine is half of the squared one', () => {
    fc.assert(
      fc.property(batches(), ({ rows }) => {
        const n = rows.length
        const d = n === 0 ? 0 : rows[0].length
        const units = new Float32Array(n * d)
        for (const [i, row] of rows.entries()) {
          const norm = Math.hypot(...row)
          units.set(norm === 0 ? row.map((_, k) => Number(k === 0)) : row.map(x => x / norm), i * d)
        }
        expect(areUnits(units, n, d)).toBe(true)
        const into = new Float64Array(n * n).fill(-7)
        takeSquared('cosine', distances('squared-euclidean', units, n, d), n, into)
        for (const [i, distance] of distances('cosine', units, n, d).entries()) expect(into[i]).toBeCloseTo(distance, 6)
      }),
    )
  })

  test('rows that are no units are known', () => {
    for (const row of [
      [0, 0],
      [1, 0.01],
      [NaN, 1],
      [Infinity, 0],
    ])
      expect(areUnits(Float32Array.of(0.6, 0.8, ...row), 2, 2)).toBe(false)
  })

  test('arrays that are too short are refused', () => {
    expect(() => takeSquared('euclidean', new Float32Array(3), 2, new Float64Array(4))).toThrow(RangeError)
    expect(() => takeSquared('euclidean', new Float32Array(4), 2, new Float64Array(3))).toThrow(RangeError)
    expect(() => pairwiseDistances('cosine', new Float32Array(3), 2, 2, new Float64Array(4))).toThrow(RangeError)
    expect(() => pairwiseDistances('cosine', new Float32Array(4), 2, 2, new Float64Array(3))).toThrow(RangeError)
  })
})

describe('l2 normalisation', () => {
  test('gives unit rows, keeps zero rows, works in place', () => {
    const x = Float32Array.of(3, 4, 0, 0, -2, 0)
    l2Normalize(x, 3, 2, x)
    expect([...x]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0, -1, 0])
  })

  test('its backward pass agrees with finite differences', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 }), numbers => {
        const x = Float64Array.from(numbers.slice(0, 3))
        const weights = numbers.slice(3)
        fc.pre(Math.hypot(...x) > 0.1)
        const value = (at: Float64Array) => {
          const u = new Float64Array(3)
          l2Normalize(at, 1, 3, u)
          return u.reduce((sum, ui, i) => sum + ui * weights[i], 0)
        }
        const gradient = new Float64Array(3)
        l2NormalizeBackward(x, Float64Array.from(weights), 1, 3, gradient)
        for (let k = 0; k < 3; k++) {
          const [up, down] = [x.slice(), x.slice()]
          up[k] += 1e-5
          down[k] -= 1e-5
          expect(gradient[k]).toBeCloseTo((value(up) - value(down)) / 2e-5, 4)
        }
      }),
    )
  })

  test('a zero row has gradient zero', () => {
    const into = new Float32Array(2).fill(5)
    l2NormalizeBackward(new Float32Array(2), Float32Array.of(1, 1), 1, 2, into)
    expect([...into]).toEqual([0, 0])
  })
})
