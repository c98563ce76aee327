import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clusterAgreement } from '../../server/core/metrics/clusterAgreement.ts'
import { confidenceInterval } from '../../server/core/metrics/confidence.ts'
import { kMeans } from '../../server/core/metrics/kMeans.ts'
import { Random } from '../../server/core/random.ts'

const labeling = (n: number) => fc.array(fc.integer({ min: 0, max: 4 }), { minLength: n, maxLength: n })
const pairs = fc.integer({ min: 1, max: 40 }).chain(n => fc.tuple(labeling(n), labeling(n)))
const agreement = (a: readonly number[], b: readonly number[]) =>
  clusterAgreement(Int32Array.from(a), Int32Array.from(b))

describe('agreement of two labelings', () => {
  test('is symmetric, at most 1, and does not depend on what labels are called', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const { nmi, ami } = agreement(a, b)
        expect(nmi).toBeGreaterThanOrEqual(0)
        expect(nmi).toBeLessThanOrEqual(1 + 1e-9)
        expect(ami).toBeLessThanOrEqual(1 + 1e-9)
        expect(agreement(b, a).nmi).toBeCloseTo(nmi, 9)
        expect(agreement(b, a).ami).toBeCloseTo(ami, 9)
        expect(
          agreement(
            a.map(x => 7 - 3 * x),
            b,
          ).ami,
        ).toBeCloseTo(ami, 9)
      }),
    )
  })

  test('is 1 for the same labeling', () => {
    fc.assert(
      fc.property(pairs, ([a]) => {
        expect(agreement(a, a).nmi).toBeCloseTo(1, 9)
        expect(agreement(a, a).ami).toBeCloseTo(1, 9)
      }),
    )
  })

  test('adjusted, it is 0 on average over random labelings', () => {
    const random = Random.fromSeed(2)
    const labels = Int32Array.from({ length: 40 }, (_, i) => i % 4)
    const clusters = Int32Array.from({ length: 40 }, (_, i) => i % 5)
    let ami = 0
    let nmi = 0
    for (let i = 0; i < 2000; i++) {
      random.shuffle(clusters)
      const found = clusterAgreement(labels, clusters)
      ami += found.ami / 2000
      nmi += found.nmi / 2000
    }
    expect(Math.abs(ami)).toBeLessThan(0.005)
    expect(nmi).toBeGreaterThan(0.05)
  })

  test('of different lengths is refused', () => {
    expect(() => agreement([1], [1, 2])).toThrow(RangeError)
  })
})

describe('k-means', () => {
  test('finds clusters that are far apart', () => {
    const random = Random.fromSeed(4)
    const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3)
    const x = Float32Array.from(
      { length: 180 },
      (_, i) => labels[i >> 1] * 20 * (i % 2 === 0 ? 1 : -1) + random.normal(),
    )
    for (let seed = 0; seed < 10; seed++) {
      expect(clusterAgreement(labels, kMeans(x, 90, 2, 3, Random.fromSeed(seed))).nmi).toBeCloseTo(1, 9)
    }
  })

  test('leaves no cluster empty, and every row with the nearest centre', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), fc.nat(), (n, k, seed) => {
        fc.pre(k <= n)
        const random = Random.fromSeed(seed)
        const x = Float64Array.from({ length: n * 2 }, () => random.normal())
        const clusters = kMeans(x, n, 2, k, random, 200)
        expect(new Set(clusters).size).toBe(k)
        const centres = Array.from({ length: k }, (_, c) => {
          const members = [...clusters.keys()].filter(i => clusters[i] === c)
          return [0, 1].map(j => members.reduce((sum, i) => sum + x[i * 2 + j], 0) / members.length)
        })
        for (let i = 0; i < n; i++) {
          const to = centres.map(centre => Math.hypot(x[i * 2] - centre[0], x[i * 2 + 1] - centre[1]))
          expect(to[clusters[i]]).toBeCloseTo(Math.min(...to), 9)
        }
      }),
    )
  })

  test('survives rows that are all the same, and refuses more clusters than rows', () => {
    expect(kMeans(new Float32Array(8), 4, 2, 2, Random.fromSeed(1)).length).toBe(4)
    expect(() => kMeans(new Float32Array(8), 4, 2, 5, Random.fromSeed(1))).toThrow(RangeError)
  })
})

test('thousands of classes and clusters are compared in no time and no memory', () => {
  const labels = Int32Array.from({ length: 40_000 }, (_, i) => i >> 2)
  const clusters = labels.map(label => label >> 1)
  const { nmi, ami } = clusterAgreement(labels, clusters)
  // I = H(clusters) = ln 5000, H(labels) = ln 10000
  expect(nmi).toBeCloseTo((2 * Math.log(5000)) / (Math.log(5000) + Math.log(10_000)), 9)
  expect(ami).toBeGreaterThan(0.5)
})

describe('the 95 % interval', () => {
  test('of three results, by the book', () => {
    // 4.302653 × 1 / √3
    expect(confidenceInterval([1, 2, 3])).toMatchObject({ mean: 2, deviation: 1, count: 3 })
    expect(confidenceInterval([1, 2, 3]).halfWidth).toBeCloseTo(2.484, 3)
  })

  test('covers the truth 95 times of 100, for few and for many seeds', () => {
    const random = Random.fromSeed(6)
    for (const seeds of [3, 5, 40]) {
      let covered = 0
      for (let i = 0; i < 4000; i++) {
        const { mean, halfWidth } = confidenceInterval(Array.from({ length: seeds }, () => 7 + 2 * random.normal()))
        if (Math.abs(mean - 7) <= halfWidth) covered++
      }
      expect(Math.abs(covered / 4000 - 0.95)).toBeLessThan(0.015)
    }
  })

  test('of one result is unknown, of none refused', () => {
    expect(confidenceInterval([0.5])).toMatchObject({ mean: 0.5, halfWidth: NaN })
    expect(() => confidenceInterval([])).toThrow(RangeError)
  })
})
