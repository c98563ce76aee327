import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import { createDifficultyMeter } from '../../server/core/difficulty.ts'
import { DifficultyKernel } from '../../server/core/difficultyKernel.ts'
import { type Histogram, createHistogram } from '../../server/core/histogram.ts'
import { type LabelledRows, batches, distanceKinds, flat } from './arbitraries.ts'
import { validTriplets } from './oracles.ts'
import { Random } from '../../server/core/random.ts'

type Loss = Parameters<typeof createDifficultyMeter>[0]

function load(data: LabelledRows, distance: Loss['distance']): Batch {
  const n = data.labels.length
  const batch = new Batch({ distance, normalize: false, maxBatch: Math.max(1, n) })
  batch.load(flat(data.rows), n, n === 0 ? 0 : data.rows[0].length, Int32Array.from(data.labels))
  return batch
}

const lossOptions: fc.Arbitrary<Loss> = fc.record({
  margin: fc.constantFrom(0.2, 1, 2),
  distance: distanceKinds,
  normalize: fc.boolean(),
  softMargin: fc.boolean(),
  swap: fc.boolean(),
})

function summary(values: number[]) {
  if (values.length === 0) return { mean: NaN, p10: NaN, p90: NaN }
  const ascending = [...values].sort((x, y) => x - y)
  const rank = (share: number) => ascending[Math.ceil(share * values.length) - 1]
  return { mean: values.reduce((sum, x) => sum + x, 0) / values.length, p10: rank(0.1), p90: rank(0.9) }
}

/** Values less what is taken from them, counted in bins; what lies outside in the first or last. */
function binned({ low, high, counts }: Histogram, values: readonly (readonly [number, number])[]): number[] {
  const found = [...counts].fill(0)
  const perUnit = counts.length / (high - low)
  for (const [value, minus] of values) {
    const place = value * perUnit + -(minus + low) * perUnit
    found[Math.min(counts.length - 1, Math.max(0, Math.floor(place)))]++
  }
  return found
}

describe('difficulty', () => {
  test('equals a loop over all valid triplets and pairs', () => {
    fc.assert(
      fc.property(batches(), lossOptions, (data, loss) => {
        const batch = load(data, loss.distance)
        const n = data.labels.length
        const d = (i: number, j: number) => batch.distances[i * n + j]
        const valid = validTriplets(data.labels)
        const gaps = valid.map(([a, p, q]) => d(a, q) - d(a, p))
        const active = valid.filter(([a, p, q]) => {
          const an = loss.swap ? Math.min(d(a, q), d(p, q)) : d(a, q)
          return loss.softMargin || an - d(a, p) < loss.margin
        })
        const pairs = data.labels.flatMap((_, i) => data.labels.slice(0, i).map((_, j) => [i, j] as const))
        const same = pairs.filter(([i, j]) => data.labels[i] === data.labels[j]).map(([i, j]) => d(i, j))
        const different = pairs.filter(([i, j]) => data.labels[i] !== data.labels[j]).map(([i, j]) => d(i, j))

        const meter = createDifficultyMeter(loss, batch.maxBatch)
        const found = meter.measure(batch, loss.margin, true)
        expect(found.validTriplets).toBe(valid.length)
        expect(found.easy).toBe(gaps.filter(gap => gap > loss.margin).length)
        expect(found.semiHard).toBe(gaps.filter(gap => gap > 0 && gap <= loss.margin).length)
        expect(found.hard).toBe(gaps.filter(gap => gap <= 0).length)
        expect(found.activeFraction).toBe(valid.length === 0 ? 0 : active.length / valid.length)
        for (const [side, values] of [
          ['ap', same],
          ['an', different],
        ] as const) {
          const expected = summary(values)
          if (values.length === 0) expect(found[side].mean).toBeNaN()
          else expect(found[side].mean).toBeCloseTo(expected.mean, 10)
          expect(found[side].p10).toBe(expected.p10)
          expect(found[side].p90).toBe(expected.p90)
        }
        for (const [histogram, values] of [
          [meter.histograms.gap, valid.map(([a, p, q]) => [d(a, q), d(a, p)] as const)],
          [meter.histograms.ap, same.map(value => [value, 0] as const)],
          [meter.histograms.an, different.map(value => [value, 0] as const)],
        ] as const)
          expect([...histogram.counts]).toEqual(binned(histogram, values))
      }),
      { numRuns: 300 },
    )
  })

  test('norm and variance equal their definitions', () => {
    const batch = load(
      {
        rows: [
          [3, 4],
          [0, 1],
          [0, -5],
        ],
        labels: [0, 0, 1],
      },
      'euclidean',
    )
    const loss: Loss = { margin: 1, distance: 'euclidean', normalize: false, softMargin: false, swap: false }
    const found = createDifficultyMeter(loss, 3).measure(batch, 1, false)
    expect(found.embeddingNorm).toBeCloseTo((5 + 1 + 5) / 3, 12)
    expect(found.embeddingVariance).toBeCloseTo((4 + 16 + 1 + 1 + 1 + 25) / 3, 12)
  })

  test('histograms start anew each time, and only when asked for', () => {
    const loss: Loss = { margin: 1, distance: 'euclidean', normalize: false, softMargin: false, swap: false }
    const meter = createDifficultyMeter(loss, 3)
    const batch = load({ rows: [[0], [1], [3]], labels: [0, 0, 1] }, 'euclidean')
    meter.measure(batch, 1, true)
    const first = [...meter.histograms.gap.counts]
    meter.measure(batch, 1, true)
    expect([...meter.histograms.gap.counts]).toEqual(first)
    meter.measure(load({ rows: [[0]], labels: [0] }, 'euclidean'), 1, false)
    expect([...meter.histograms.gap.counts]).toEqual(first)
  })
})

test('histogram bins: an inner edge belongs to the bin above, what lies outside to the first or last', () => {
  // Distances of one point to others on a line, so that every edge is met exactly.
  const fill = (places: number[], reach: number) => {
    const edges = createHistogram(0, reach, 4)
    const kernel = new DifficultyKernel(places.length + 1)
    const rows = [0, ...places].map(place => [place])
    const batch = load({ rows, labels: rows.map((_, i) => Number(i > 0)) }, 'euclidean')
    const { different } = kernel.count(batch, 1, null)
    kernel.fill(edges, different)
    return [...edges.counts]
  }
  expect(fill([0, 0.25, 0.5, 1, 1.25, 1.5, 2, 9], 2)).toEqual([2, 1, 2, 3])
  expect(fill([0.5], 2)).toEqual([0, 1, 0, 0])
  expect(() => createHistogram(1, 1, 4)).toThrow(RangeError)
  expect(() => createHistogram(0, 1, 0)).toThrow(RangeError)
})

test('the hardest triplets: one an anchor, hardest first', () => {
  fc.assert(
    fc.property(batches(), distanceKinds, fc.nat(5), (data, distance, limit) => {
      const batch = load(data, distance)
      const n = data.labels.length
      const hardness = ([a, p, q]: readonly [number, number, number]) =>
        batch.distances[a * n + p] - batch.distances[a * n + q]
      const best = new Map<number, number>()
      for (const t of validTriplets(data.labels)) best.set(t[0], Math.max(best.get(t[0]) ?? -Infinity, hardness(t)))
      const meter = createDifficultyMeter({ margin: 1, distance, normalize: false, softMargin: false, swap: false }, n)
      meter.measure(batch, 1, false)
      const found = meter.hardest(batch, limit)
      expect(found.map(t => t.ap - t.an)).toEqual([...best.values()].sort((x, y) => y - x).slice(0, limit))
      for (const t of found) expect(hardness([t.anchor, t.positive, t.negative])).toBe(t.ap - t.an)
    }),
  )
})

test('percentiles of many pairs, of pairs that are all alike, and of distances beyond all numbers', () => {
  const random = Random.fromSeed(5)
  const loss: Loss = { margin: 0.2, distance: 'squared-euclidean', normalize: false, softMargin: false, swap: false }
  const far = 1e200
  for (const place of [
    () => random.normal(),
    () => (random.uniform() < 0.9 ? 0 : random.normal()),
    () => 1,
    () => (random.uniform() < 0.5 ? far : -far),
    () => random.normal() * 1e-160,
  ]) {
    const rows = Array.from({ length: 61 }, () => [place(), place(), place()])
    const labels = rows.map((_, i) => i % 7)
    const batch = load({ rows, labels }, loss.distance)
    const { ap, an } = createDifficultyMeter(loss, 64).measure(batch, 0.2, false)
    for (const [found, isSame] of [
      [ap, true],
      [an, false],
    ] as const) {
      const values = labels.flatMap((label, i) =>
        labels.flatMap((other, j) => (j > i && (label === other) === isSame ? [batch.distances[i * 61 + j]] : [])),
      )
      const expected = summary(values)
      expect([found.p10, found.p90]).toEqual([expected.p10, expected.p90])
      expect(found.mean / expected.mean || 1).toBeCloseTo(1, 12)
    }
  }
})

test('embeddings that grow larger from batch to batch find room', () => {
  const loss: Loss = { margin: 0.2, distance: 'euclidean', normalize: false, softMargin: false, swap: false }
  const meter = createDifficultyMeter(loss, 4)
  for (const size of [1, 2, 3, 50_000]) {
    const rows = [1, 2, 3, 5].map(value => Array.from({ length: size }, () => value))
    const found = meter.measure(load({ rows, labels: [0, 0, 1, 1] }, 'euclidean'), 0.2, true)
    expect(found.embeddingNorm / Math.sqrt(size)).toBeCloseTo(11 / 4, 9)
    expect(found.embeddingVariance / size).toBeCloseTo(35 / 16, 9)
    expect(meter.hardest(load({ rows, labels: [0, 0, 1, 1] }, 'euclidean'), 1)).toMatchObject([
      { anchor: 2, positive: 3, negative: 1 },
    ])
  }
})

test('triplets just at the margin are neither above nor below it, however the distances are rounded', () => {
  const random = Random.fromSeed(8)
  for (let round = 0; round < 300; round++) {
    const margin = [0, 0.2, 0.3, 1, 1e-3][round % 5]
    const scale = [1, 1e-9, 1e6, 3][round % 4]
    // The anchor at 0, positives anywhere, and negatives about a margin farther: many exactly there.
    const aps = Array.from({ length: 5 }, (_, i) => (i === 0 ? 0 : random.uniform() * scale))
    const ans = aps.flatMap(ap => [ap, ap + margin, ap + margin * (1 + 2 ** -52), ap + margin * (1 - 2 ** -53), margin])
    const rows = [0, ...aps, ...ans].map(place => [place])
    const labels = rows.map((_, i) => Number(i > aps.length))
    const loss: Loss = { margin, distance: 'euclidean', normalize: false, softMargin: false, swap: false }
    const batch = load({ rows, labels }, 'euclidean')
    const found = createDifficultyMeter(loss, rows.length).measure(batch, margin, false)
    const d = (i: number, j: number) => batch.distances[i * rows.length + j]
    const gaps = validTriplets(labels).map(([a, p, q]) => d(a, q) - d(a, p))
    expect([found.easy, found.hard, found.activeFraction * found.validTriplets]).toEqual([
      gaps.filter(gap => gap > margin).length,
      gaps.filter(gap => gap <= 0).length,
      expect.closeTo(gaps.filter(gap => gap < margin).length, 6),
    ])
  }
})
