import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import { createMiner } from '../../server/core/miners/createMiner.ts'
import { Random } from '../../server/core/random.ts'
import { TripletSampler } from '../../server/core/samplers/tripletSampler.ts'
import { Triplets } from '../../server/core/triplets.ts'

const made = (count: number) => Int32Array.from({ length: 3 * count }, (_, i) => 10 * Math.floor(i / 3) + (i % 3))

/** Numbers of the triplets in some batches. */
function draw(sampler: TripletSampler, batches: number): number[][] {
  const into = new Int32Array(sampler.batchSize)
  return Array.from({ length: batches }, () => {
    sampler.next(into)
    return Array.from({ length: into.length / 3 }, (_, i) => {
      expect([...into.subarray(3 * i, 3 * i + 3)].map(index => index % 10)).toEqual([0, 1, 2])
      return into[3 * i] / 10
    })
  })
}

describe('triplets from a list', () => {
  test('come equally often, none twice in a batch, whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(),
        (count, perBatch, seed) => {
          fc.pre(perBatch <= count)
          const sampler = new TripletSampler({ triplets: made(count), perBatch, random: Random.fromSeed(seed) })
          expect(sampler.batchesPerEpoch).toBe(Math.max(1, Math.round(count / perBatch)))
          const batches = draw(sampler, 3 * count)
          for (const batch of batches) expect(new Set(batch).size).toBe(perBatch)
          const often = Array.from({ length: count }, (_, i) => batches.flat().filter(one => one === i).length)
          expect(new Set(often)).toEqual(new Set([3 * perBatch]))
        },
      ),
    )
  })

  test('go on from a state as if never interrupted, and not from one of other triplets', () => {
    const options = { triplets: made(11), perBatch: 4 }
    const undisturbed = new TripletSampler({ ...options, random: Random.fromSeed(1) })
    draw(undisturbed, 5)
    const state = undisturbed.state()
    const resumed = new TripletSampler({ ...options, random: Random.fromSeed(9) })
    resumed.restore(state)
    expect(draw(resumed, 9)).toEqual(draw(undisturbed, 9))
    const other = new TripletSampler({ triplets: made(12), perBatch: 4, random: Random.fromSeed(1) })
    expect(() => other.restore(state)).toThrow(RangeError)
  })

  test.each([0, 1.5, 4])('a batch of %d of three is refused', perBatch => {
    expect(() => new TripletSampler({ triplets: made(3), perBatch, random: Random.fromSeed(1) })).toThrow(RangeError)
  })
})

test('the miner takes the triplets as they lie in the batch, whatever the labels say', () => {
  const batch = new Batch({ distance: 'euclidean', normalize: false, maxBatch: 6 })
  const mine = (rows: number) => {
    batch.load(
      Float32Array.from({ length: rows }, (_, i) => i),
      rows,
      1,
      new Int32Array(rows),
    )
    const found = new Triplets()
    createMiner({ strategy: 'offline' }, Random.fromSeed(1)).mine(batch, 0.2, found)
    return Array.from({ length: found.count }, (_, i) => [found.anchors[i], found.positives[i], found.negatives[i]])
  }
  expect(mine(6)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
  expect(mine(0)).toEqual([])
  expect(mine(2)).toEqual([])
})
