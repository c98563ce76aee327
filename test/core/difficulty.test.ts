import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import { createDifficultyMeter } from '../../server/core/difficulty.ts'
import { hardestTriplets } from '../../server/core/hardest.ts'
import { addAll, createHistogram } from '../../server/core/histogram.ts'
import { type LabelledRows, batches, distanceKinds, flat } from './arbitraries.ts'
import { validTriplets } from './oracles.ts'

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
        const counted = (counts: Uint32Array) => counts.reduce((sum, x) => sum + x, 0)
        expect(counted(meter.histograms.gap.counts)).toBe(valid.length)
        expect(counted(meter.histograms.ap.counts)).toBe(same.length)
        expect(counted(meter.histograms.an.counts)).toBe(different.length)
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
  const histogram = createHistogram(-1, 1, 4)
  addAll(histogram, Float64Array.of(-5, -1, -0.75, -0.5, 0, 0.25, 0.5, 1, 9), 9, 0)
  expect([...histogram.counts]).toEqual([3, 1, 2, 3])
  addAll(histogram, Float64Array.of(3, 99), 1, 3)
  expect([...histogram.counts]).toEqual([3, 1, 3, 3])
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
      const found = hardestTriplets(batch, limit)
      expect(found.map(t => t.ap - t.an)).toEqual([...best.values()].sort((x, y) => y - x).slice(0, limit))
      for (const t of found) expect(hardness([t.anchor, t.positive, t.negative])).toBe(t.ap - t.an)
    }),
  )
})
