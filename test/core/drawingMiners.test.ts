import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import type { Floats } from '../../server/core/distances/pairwise.ts'
import { createMiner } from '../../server/core/miners/createMiner.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { Random } from '../../server/core/random.ts'
import { Triplets } from '../../server/core/triplets.ts'
import { validTriplets } from './oracles.ts'

/** How often each triplet came, over many batches of the same rows. */
function tally(mining: MiningOptions, x: Floats, d: number, labels: number[], rounds: number): Map<string, number> {
  const batch = new Batch({ distance: 'euclidean', normalize: true, maxBatch: labels.length })
  batch.load(x, labels.length, d, Int32Array.from(labels))
  const miner = createMiner(mining, Random.fromSeed(17))
  const found = new Triplets()
  for (let i = 0; i < rounds; i++) miner.mine(batch, 0.2, found)
  const counts = new Map<string, number>()
  for (let i = 0; i < found.count; i++) {
    const key = String([found.anchors[i], found.positives[i], found.negatives[i]])
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** Upper 99.99 % point of chi-square (Wilson and Hilferty). */
function chiSquareBound(freedom: number): number {
  return freedom * (1 - 2 / (9 * freedom) + 3.719 * Math.sqrt(2 / (9 * freedom))) ** 3
}

describe('random', () => {
  test('draws every valid triplet equally often, classes of different size included', () => {
    const labels = [0, 0, 0, 1, 1, 2]
    const rounds = 6000
    const counts = tally({ strategy: 'random', tripletsPerAnchor: 2 }, new Float32Array(6), 1, labels, rounds)
    const valid = validTriplets(labels)
    // Five rows have a positive; the sixth is never an anchor.
    const total = rounds * 2 * 5
    expect([...counts.values()].reduce((sum, x) => sum + x, 0)).toBe(total)
    const each = total / valid.length
    const chi2 = valid.reduce((sum, t) => sum + ((counts.get(String(t)) ?? 0) - each) ** 2 / each, 0)
    expect(chi2).toBeLessThan(chiSquareBound(valid.length - 1))
  })
})

describe('distance-weighted', () => {
  const d = 5
  /** Anchor and positive at the pole, negatives at the given distances from it. */
  function rows(distances: number[]): { x: Float64Array; labels: number[] } {
    const x = new Float64Array((distances.length + 2) * d)
    x[0] = 1
    x[d] = 1
    for (const [i, r] of distances.entries()) {
      const cos = 1 - r ** 2 / 2
      x[(i + 2) * d] = cos
      x[(i + 2) * d + 1] = Math.sqrt(1 - cos ** 2)
    }
    return { x, labels: [0, 0, ...distances.map((_, i) => i + 1)] }
  }

  test('draws negatives in proportion to r^(2−d) (1 − r²/4)^((3−d)/2), r at least the cutoff, none beyond 1.4', () => {
    const distances = [0.1, 0.3, 0.5, 0.6, 0.8, 1, 1.2, 1.39, 1.41, 1.7, 2]
    const { x, labels } = rows(distances)
    const rounds = 20_000
    const counts = tally({ strategy: 'distance-weighted', cutoff: 0.5, nonzeroLossCutoff: 1.4 }, x, d, labels, rounds)
    const density = distances.map(distance => {
      const r = Math.max(distance, 0.5)
      return r < 1.4 ? r ** (2 - d) * (1 - r ** 2 / 4) ** ((3 - d) / 2) : 0
    })
    const whole = density.reduce((sum, x) => sum + x, 0)
    for (const [anchor, positive] of [
      [0, 1],
      [1, 0],
    ] as const) {
      let chi2 = 0
      for (const [i, weight] of density.entries()) {
        const count = counts.get(String([anchor, positive, i + 2])) ?? 0
        const expected = (rounds * weight) / whole
        if (weight === 0) expect(count).toBe(0)
        else chi2 += (count - expected) ** 2 / expected
      }
      expect(chi2).toBeLessThan(chiSquareBound(7))
    }
  })

  test('gives no triplet to an anchor whose negatives are all too far', () => {
    const { x, labels } = rows([1.5, 1.9])
    expect(tally({ strategy: 'distance-weighted', cutoff: 0.5, nonzeroLossCutoff: 1.4 }, x, d, labels, 10).size).toBe(0)
  })

  test('stays exact where the weights leave the range of numbers', () => {
    // In 3000 dimensions a weight of 0.5^−2998 is infinite; the ratio of two such is not.
    const wide = 3000
    const x = new Float64Array(4 * wide)
    for (const [i, r] of [0, 0, 0.9, 0.9].entries()) {
      const cos = 1 - r ** 2 / 2
      x[i * wide] = cos
      x[i * wide + i] += Math.sqrt(1 - cos ** 2)
    }
    const counts = tally(
      { strategy: 'distance-weighted', cutoff: 0.5, nonzeroLossCutoff: 1.4 },
      x,
      wide,
      [0, 0, 1, 2],
      2000,
    )
    expect(Math.abs((counts.get('0,1,2') ?? 0) - 1000)).toBeLessThan(120)
    expect((counts.get('0,1,2') ?? 0) + (counts.get('0,1,3') ?? 0)).toBe(2000)
  })
})
