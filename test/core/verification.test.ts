import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultVerification, verification } from '../../server/core/metrics/verification.ts'
import { Random } from '../../server/core/random.ts'
import { batches, distanceKinds, flat, normalRows } from './arbitraries.ts'
import { distance } from './oracles.ts'

const fars = [0.5, 0.1, 0]

describe('verification', () => {
  test('equals trying every threshold', () => {
    fc.assert(
      fc.property(batches(12), distanceKinds, ({ rows, labels }, kind) => {
        const n = labels.length
        const found = verification(flat(rows), n, n === 0 ? 1 : rows[0].length, Int32Array.from(labels), {
          ...defaultVerification,
          distance: kind,
          fars,
        })
        const pairs = labels.flatMap((label, i) =>
          labels.slice(0, i).map((other, j) => ({ same: label === other, d: distance(rows[i], rows[j], kind) })),
        )
        const same = pairs.filter(pair => pair.same).map(pair => pair.d)
        const different = pairs.filter(pair => !pair.same).map(pair => pair.d)
        expect([found.samePairs, found.differentPairs]).toEqual([same.length, different.length])
        if (same.length === 0 || different.length === 0) {
          for (const score of [found.rocAuc, found.eer, found.bestAccuracy, found.tarAtFar[0].tar])
            expect(score).toBeNaN()
          return
        }
        fc.pre(
          wellSeparated(
            pairs.map(pair => pair.d),
            kind !== 'cosine',
          ),
        )
        const wins = same.flatMap(s => different.map(d => (s < d - 1e-9 ? 1 : Math.abs(s - d) <= 1e-9 ? 0.5 : 0)))
        expect(found.rocAuc).toBeCloseTo(wins.reduce<number>((sum, x) => sum + x, 0) / wins.length, 9)
        const rates = [-1, ...pairs.map(pair => pair.d)]
          .sort((x, y) => x - y)
          .map(threshold => ({
            tar: same.filter(d => d <= threshold + 1e-9).length / same.length,
            far: different.filter(d => d <= threshold + 1e-9).length / different.length,
          }))
        for (const [i, far] of fars.entries()) {
          expect(found.tarAtFar[i].tar).toBeCloseTo(Math.max(...rates.filter(r => r.far <= far).map(r => r.tar)), 9)
        }
        const accuracies = rates.map(r => (r.tar * same.length + (1 - r.far) * different.length) / pairs.length)
        expect(found.bestAccuracy).toBeCloseTo(Math.max(...accuracies), 9)
        const apart = Math.min(...rates.slice(1).map(r => Math.abs(r.far - 1 + r.tar)))
        const eers = rates
          .slice(1)
          .filter(r => Math.abs(r.far - 1 + r.tar) < apart + 1e-9)
          .map(r => (r.far + 1 - r.tar) / 2)
        expect(Math.min(...eers.map(eer => Math.abs(eer - found.eer)))).toBeLessThan(1e-9)
      }),
      { numRuns: 200 },
    )
  })

  test('the thresholds given reach the rates given', () => {
    const random = Random.fromSeed(3)
    const labels = Array.from({ length: 60 }, (_, i) => i % 6)
    const rows = normalRows(random, 60, 4, true).map((row, i) => row.map((x, k) => x + (k === labels[i] % 4 ? 1 : 0)))
    const found = verification(flat(rows), 60, 4, Int32Array.from(labels), {
      ...defaultVerification,
      distance: 'euclidean',
      fars: [0.1],
    })
    const [{ tar, threshold }] = found.tarAtFar
    const same = labels.flatMap((label, i) =>
      labels.slice(0, i).flatMap((other, j) => (label === other ? [distance(rows[i], rows[j], 'euclidean')] : [])),
    )
    expect(same.filter(d => d <= threshold + 1e-6).length / same.length).toBeCloseTo(tar, 9)
    expect(found.bestThreshold).toBeGreaterThan(0)
  })

  test('a sample of the pairs comes near to all of them, and is the same for the same seed', () => {
    const random = Random.fromSeed(5)
    const labels = Array.from({ length: 300 }, (_, i) => i % 10)
    const rows = normalRows(random, 300, 8, false).map((row, i) => row.map((x, k) => x + (k === labels[i] % 8 ? 2 : 0)))
    const score = (maxPairs: number) =>
      verification(flat(rows), 300, 8, Int32Array.from(labels), {
        ...defaultVerification,
        distance: 'squared-euclidean',
        maxPairs,
      })
    const all = score(1_000_000)
    const some = score(3000)
    expect(some.samePairs).toBe(3000)
    expect(some.differentPairs).toBe(3000)
    expect(Math.abs(some.rocAuc - all.rocAuc)).toBeLessThan(0.03)
    expect(Math.abs(some.bestAccuracy - all.bestAccuracy)).toBeLessThan(0.03)
    expect(score(3000)).toEqual(some)
  })

  test('distances that are no numbers end it', () => {
    const found = verification(Float32Array.of(NaN, 1, 2), 3, 1, Int32Array.of(0, 0, 1), {
      ...defaultVerification,
      distance: 'euclidean',
    })
    expect(found.samePairs).toBe(1)
  })

  test('impossible rates are refused', () => {
    expect(() =>
      verification(new Float32Array(2), 2, 1, new Int32Array(2), {
        ...defaultVerification,
        distance: 'euclidean',
        fars: [2],
      }),
    ).toThrow(RangeError)
    expect(() =>
      verification(new Float32Array(2), 3, 1, new Int32Array(3), { ...defaultVerification, distance: 'euclidean' }),
    ).toThrow(RangeError)
  })
})

/** Clearly apart, or equal where both computations give the same number: then rounding cannot change an order. */
function wellSeparated(distances: number[], equalsAllowed: boolean): boolean {
  const ascending = [...distances].sort((x, y) => x - y)
  return ascending.every((d, i) => i === 0 || (equalsAllowed && d === ascending[i - 1]) || d - ascending[i - 1] > 1e-6)
}
