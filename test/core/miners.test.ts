import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import type { DistanceKind } from '../../server/core/distances/pairwise.ts'
import { createMiner } from '../../server/core/miners/createMiner.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { Random } from '../../server/core/random.ts'
import { Triplets } from '../../server/core/triplets.ts'
import { type LabelledRows, batches, distanceKinds, flat, normalRows } from './arbitraries.ts'
import { type Matrix, type Triple, distanceMatrix, minedTriplets, validTriplets } from './oracles.ts'

type Deterministic = Parameters<typeof minedTriplets>[0]
const difficulties = ['hard', 'semi-hard', 'easy'] as const

const deterministic: readonly Deterministic[] = [
  { strategy: 'batch-all' },
  { strategy: 'batch-hard' },
  { strategy: 'semi-hard', fallback: 'farthest' },
  { strategy: 'semi-hard', fallback: 'skip' },
  ...(['all', ...difficulties] as const).map(select => ({ strategy: 'triplet-margin' as const, select })),
  ...difficulties.flatMap(positives =>
    difficulties
      .filter(negatives => positives !== 'semi-hard' || negatives !== 'semi-hard')
      .map(negatives => ({ strategy: 'batch-easy-hard' as const, positives, negatives })),
  ),
  { strategy: 'multi-similarity', epsilon: 0.1 },
  { strategy: 'multi-similarity', epsilon: 0 },
  { strategy: 'angular', angle: 30 },
  { strategy: 'angular', angle: 0 },
  { strategy: 'n-hard', from: 1, to: 1 },
  { strategy: 'n-hard', from: 2, to: 5 },
  { strategy: 'n-hard', from: 1, to: 100 },
  { strategy: 'closest-gap' },
]
const drawing: readonly MiningOptions[] = [
  { strategy: 'random', tripletsPerAnchor: 3 },
  { strategy: 'distance-weighted', cutoff: 0.5, nonzeroLossCutoff: 1.4 },
]

function load(data: LabelledRows, distance: DistanceKind, normalize: boolean): Batch {
  const n = data.labels.length
  const batch = new Batch({ distance, normalize, maxBatch: Math.max(1, n) })
  batch.load(flat(data.rows), n, n === 0 ? 0 : data.rows[0].length, Int32Array.from(data.labels))
  return batch
}

function mine(batch: Batch, mining: MiningOptions, margin: number, seed = 1): Triple[] {
  const found = new Triplets(1)
  createMiner(mining, Random.fromSeed(seed)).mine(batch, margin, found)
  return Array.from({ length: found.count }, (_, i) => [found.anchors[i], found.positives[i], found.negatives[i]])
}

/** What the batch computed: the oracle gets the same numbers, so that rounding decides no tie differently. */
function matrixOf(batch: Batch): number[][] {
  return Array.from({ length: batch.count }, (_, i) =>
    Array.from({ length: batch.count }, (_, j) => batch.distances[i * batch.count + j]),
  )
}

const sorted = (triplets: readonly Triple[]) => triplets.map(String).sort()

describe.each(deterministic.map(mining => [JSON.stringify(mining), mining] as const))('%s', (_, mining) => {
  test('chooses what a loop over all triplets chooses', () => {
    fc.assert(
      fc.property(batches(), distanceKinds, fc.constantFrom(0.2, 1, 3), (data, distance, margin) => {
        const batch = load(data, distance, false)
        const d = matrixOf(batch)
        const squared =
          distance === 'cosine' ? d.map(row => row.map(x => 2 * x)) : distanceMatrix(data.rows, 'squared-euclidean')
        const cosine = matrixOf(load(data, 'cosine', false))
        if (mining.strategy === 'angular' && nearThreshold(mining.angle, squared, data.labels)) return
        if (mining.strategy === 'multi-similarity' && nearEpsilon(mining.epsilon, cosine)) return
        expect(sorted(mine(batch, mining, margin))).toEqual(
          sorted(minedTriplets(mining, d, squared, cosine, data.labels, margin)),
        )
      }),
      { numRuns: 150 },
    )
  })
})

/** An angle that is the threshold itself: rounding decides, either way is right. */
function nearThreshold(angle: number, squared: Matrix, labels: readonly number[]): boolean {
  return validTriplets(labels).some(([a, p, n]) => {
    const toCentre = Math.sqrt(Math.max(0, squared[a][n] / 2 + squared[p][n] / 2 - squared[a][p] / 4))
    const degrees = (Math.atan2(Math.sqrt(squared[a][p]), 2 * toCentre) * 180) / Math.PI
    return Math.abs(degrees - angle) < 1e-6 && degrees !== 0
  })
}

function nearEpsilon(epsilon: number, cosine: Matrix): boolean {
  return cosine.some(row => row.some(x => row.some(y => Math.abs(Math.abs(x - y) - epsilon) < 1e-9)))
}

describe('every miner', () => {
  const all = [...deterministic, ...drawing]

  test('gives only valid triplets, on the sphere, for each distance', () => {
    const random = Random.fromSeed(2)
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const) {
      const labels = Array.from({ length: 20 }, (_, i) => i % 5)
      const batch = load({ rows: normalRows(random, 20, 6, true), labels }, distance, true)
      const valid = new Set(validTriplets(labels).map(String))
      for (const mining of all) expect(mine(batch, mining, 0.3).filter(t => !valid.has(String(t)))).toEqual([])
    }
  })

  test.each([
    ['empty', [], []],
    ['of one row', [[1, 0]], [0]],
    [
      'of one class',
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      [4, 4, 4],
    ],
    [
      'of single pictures',
      [
        [1, 0],
        [0, 1],
        [-1, 0],
      ],
      [0, 1, 2],
    ],
    [
      'of two rows',
      [
        [1, 0],
        [0, 1],
      ],
      [0, 1],
    ],
  ] as const)('gives nothing for a batch %s', (_, rows, labels) => {
    for (const mining of all) expect(mine(load({ rows, labels }, 'euclidean', true), mining, 0.2)).toEqual([])
  })

  test('survives points that are all the same', () => {
    const labels = [0, 0, 1, 1]
    const batch = load({ rows: labels.map(() => [0.6, 0.8]), labels }, 'squared-euclidean', true)
    const valid = sorted(validTriplets(labels))
    for (const mining of all) for (const t of mine(batch, mining, 0.2)) expect(valid).toContain(String(t))
    expect(mine(batch, { strategy: 'batch-hard' }, 0.2)).toEqual([
      [0, 1, 2],
      [1, 0, 2],
      [2, 3, 0],
      [3, 2, 0],
    ])
    expect(mine(batch, { strategy: 'semi-hard', fallback: 'skip' }, 0.2)).toEqual([])
  })

  test('a miner used for a small batch first works for a larger one', () => {
    const random = Random.fromSeed(4)
    const labels = [0, 0, 0, 1, 1, 1, 2, 2]
    const rows = normalRows(random, 8, 4, true)
    for (const mining of deterministic) {
      const miner = createMiner(mining, random)
      const small = new Triplets()
      miner.mine(load({ rows: rows.slice(0, 4), labels: labels.slice(0, 4) }, 'euclidean', true), 0.5, small)
      const large = new Triplets()
      const batch = load({ rows, labels }, 'euclidean', true)
      miner.mine(batch, 0.5, large)
      expect(large.count).toBe(mine(batch, mining, 0.5).length)
    }
  })
})

describe('settings outside their range', () => {
  test.each<MiningOptions>([
    { strategy: 'random', tripletsPerAnchor: 0 },
    { strategy: 'batch-easy-hard', positives: 'semi-hard', negatives: 'semi-hard' },
    { strategy: 'distance-weighted', cutoff: 0, nonzeroLossCutoff: 1.4 },
    { strategy: 'distance-weighted', cutoff: 1.5, nonzeroLossCutoff: 1.4 },
    { strategy: 'multi-similarity', epsilon: NaN },
    { strategy: 'angular', angle: 90 },
    { strategy: 'n-hard', from: 3, to: 2 },
    { strategy: 'n-hard', from: 0, to: 2 },
  ])('%j is refused', mining => {
    expect(() => createMiner(mining, Random.fromSeed(1))).toThrow(RangeError)
  })

  test('distance-weighted refuses embeddings off the sphere', () => {
    const batch = load({ rows: [[1], [2], [3]], labels: [0, 0, 1] }, 'euclidean', false)
    expect(() => mine(batch, drawing[1], 0.2)).toThrow(/unit sphere/)
  })
})
