import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../../server/core/batch.ts'
import { type LossOptions, TripletLoss } from '../../server/core/loss/tripletLoss.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { Triplets } from '../../server/core/triplets.ts'
import { type LabelledRows, batches, distanceKinds, flat, normalRows } from './arbitraries.ts'
import { type Triple, distanceMatrix, tripletLoss, validTriplets } from './oracles.ts'

const losses: fc.Arbitrary<LossOptions> = fc.record({
  margin: fc.constantFrom(0.05, 0.2, 1, 3),
  distance: distanceKinds,
  normalize: fc.constant(false),
  softMargin: fc.boolean(),
  swap: fc.boolean(),
  reducer: fc.constantFrom('mean', 'mean-nonzero'),
})

function objective(loss: LossOptions, mining: MiningOptions = { strategy: 'batch-all' }, maxBatch = 16, size = 8) {
  return createObjective({ loss, mining, random: Random.fromSeed(1), maxBatch, size })
}

function evaluate(data: LabelledRows, loss: LossOptions, mining?: MiningOptions) {
  const n = data.labels.length
  const d = n === 0 ? 1 : data.rows[0].length
  return objective(loss, mining).evaluate(flat(data.rows), n, d, Int32Array.from(data.labels))
}

const plain: LossOptions = {
  margin: 0.2,
  distance: 'squared-euclidean',
  normalize: false,
  softMargin: false,
  swap: false,
  reducer: 'mean-nonzero',
}

describe('the loss', () => {
  test('equals a loop over all triplets, for every option', () => {
    fc.assert(
      fc.property(batches(), losses, (data, loss) => {
        const expected = tripletLoss(distanceMatrix(data.rows, loss.distance), validTriplets(data.labels), loss)
        const found = evaluate(data, loss)
        expect(found.minedTriplets).toBe(expected.mined)
        // Where a gap is the margin itself, rounding decides whether 0 is counted.
        const close = loss.reducer === 'mean' || found.activeTriplets === expected.active
        if (close) expect(found.loss).toBeCloseTo(expected.loss, 6)
        else expect(found.loss).toBeGreaterThanOrEqual(0)
        expect(found.activeFraction).toBe(expected.mined === 0 ? 0 : found.activeTriplets / expected.mined)
      }),
      { numRuns: 300 },
    )
  })

  test('is the same through a stream of negatives as triplet by triplet', () => {
    fc.assert(
      fc.property(batches(), losses, (data, loss) => {
        const n = data.labels.length
        fc.pre(n > 0)
        const asked = objective(loss, { strategy: 'triplet-margin', select: 'all' })
        const { loss: value } = asked.evaluate(flat(data.rows), n, data.rows[0].length, Int32Array.from(data.labels))
        const listed = new Triplets()
        asked.listTriplets(listed)
        const triplets = Array.from({ length: listed.count }, (_, i): Triple => [
          listed.anchors[i],
          listed.positives[i],
          listed.negatives[i],
        ])
        const expected = tripletLoss(distanceMatrix(data.rows, loss.distance), triplets, loss)
        if (loss.reducer === 'mean') expect(value).toBeCloseTo(expected.loss, 6)
      }),
    )
  })

  test('takes the margin of the step when one is given', () => {
    const data = { rows: [[0], [1], [1.1]], labels: [0, 0, 1] }
    const asked = objective(plain)
    const at = (margin?: number) => asked.evaluate(flat(data.rows), 3, 1, Int32Array.from(data.labels), margin).loss
    expect(at(2)).toBeGreaterThan(at())
    expect(at(2) - at(1)).toBeCloseTo(1, 6)
    expect(() => at(-1)).toThrow(RangeError)
    expect(() => at(NaN)).toThrow(RangeError)
  })
})

describe('the gradient', () => {
  test('agrees with finite differences, for every option', () => {
    const random = Random.fromSeed(31)
    const labels = [0, 0, 0, 1, 1, 2, 2, 2]
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const)
      for (const softMargin of [false, true])
        for (const swap of [false, true])
          for (const reducer of ['mean', 'mean-nonzero'] as const) {
            const loss: LossOptions = { margin: 0.7, distance, normalize: false, softMargin, swap, reducer }
            const rows = normalRows(random, 8, 3, false)
            const x = Float64Array.from(rows.flat())
            const { gradient } = objective(loss).evaluate(x, 8, 3, Int32Array.from(labels))
            const value = (at: Float64Array) => objective(loss).evaluate(at, 8, 3, Int32Array.from(labels)).loss
            for (let k = 0; k < x.length; k++) {
              const [up, down] = [x.slice(), x.slice()]
              up[k] += 1e-6
              down[k] -= 1e-6
              expect(gradient[k], `${JSON.stringify(loss)} at ${k}`).toBeCloseTo((value(up) - value(down)) / 2e-6, 4)
            }
          }
  })

  test('moves nothing on the whole: its sum over rows is 0 for Euclidean distances, for cosine it is across each row', () => {
    fc.assert(
      fc.property(batches(), losses, (data, loss) => {
        const { gradient } = evaluate(data, loss)
        const d = data.labels.length === 0 ? 1 : data.rows[0].length
        for (const value of gradient) expect(Number.isFinite(value)).toBe(true)
        if (loss.distance === 'cosine') {
          for (const [i, row] of data.rows.entries()) {
            const along = row.reduce((sum, x, k) => sum + x * gradient[i * d + k], 0)
            expect(Math.abs(along)).toBeLessThan(1e-4)
          }
          return
        }
        for (let k = 0; k < d; k++) {
          let sum = 0
          for (let i = 0; i < data.labels.length; i++) sum += gradient[i * d + k]
          expect(Math.abs(sum)).toBeLessThan(1e-4)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('is the same from a list of the few weights as from a look at all of them, batch after batch', () => {
    const random = Random.fromSeed(37)
    const labels = Int32Array.from({ length: 64 }, (_, i) => i >> 3)
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const)
      for (const change of [{}, { swap: true }, { softMargin: true }]) {
        const options = { ...plain, ...change, distance, margin: 1 }
        const batch = new Batch({ distance, normalize: false, maxBatch: 64 })
        const [listed, looked] = [new TripletLoss(options, batch), new TripletLoss(options, batch)]
        for (let step = 0; step < 3; step++) {
          batch.load(Float64Array.from(normalRows(random, 64, 4, false).flat()), 64, 4, labels)
          listed.begin(1)
          looked.begin(1)
          for (let i = 0; i < 12; i++) {
            const anchor = Math.floor(random.uniform() * 64)
            const positive = anchor ^ 1
            const negatives = Int32Array.from([8, 17], away => (anchor + away) % 64)
            looked.add(anchor, positive, negatives, 2)
            for (const negative of negatives) listed.add(anchor, positive, Int32Array.of(negative), 1)
          }
          const [few, all] = [new Float32Array(256), new Float32Array(256)]
          listed.gradient(few)
          looked.gradient(all)
          expect(all.some(x => x !== 0)).toBe(true)
          for (const [i, value] of all.entries()) expect(few[i]).toBeCloseTo(value, 6)
          const again = new Float32Array(256)
          listed.gradient(again)
          expect(again).toEqual(few)
        }
      }
  })

  test('is 0 at coincident points', () => {
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const) {
      const data = {
        rows: [
          [1, 1],
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        labels: [0, 0, 1, 1],
      }
      const { loss, gradient } = evaluate(data, { ...plain, distance })
      expect(loss).toBeCloseTo(0.2, 12)
      for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-12)
    }
  })
})

describe('degenerate batches', () => {
  test.each([
    ['empty', [], []],
    ['one row', [[1, 2]], [0]],
    [
      'one class',
      [
        [1, 2],
        [3, 4],
      ],
      [0, 0],
    ],
    [
      'single pictures',
      [
        [1, 2],
        [3, 4],
      ],
      [0, 1],
    ],
  ] as const)('%s: loss 0, gradient 0', (_, rows, labels) => {
    const found = evaluate({ rows, labels }, plain)
    expect(found).toMatchObject({ loss: 0, minedTriplets: 0, activeTriplets: 0, activeFraction: 0 })
    expect([...found.gradient].every(x => x === 0)).toBe(true)
    expect(found.gradient.length).toBe(rows.length * 2 * (rows.length > 0 ? 1 : 0))
  })

  test('an embedding that is no finite number makes the loss NaN, for every miner and distance', () => {
    const minings: MiningOptions[] = [
      { strategy: 'batch-all' },
      { strategy: 'batch-hard' },
      { strategy: 'semi-hard', fallback: 'farthest' },
      { strategy: 'random', tripletsPerAnchor: 1 },
    ]
    for (const bad of [NaN, Infinity, -Infinity])
      for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const)
        for (const mining of minings) {
          const data = {
            rows: [
              [1, 0],
              [0, bad],
              [1, 1],
              [2, 1],
            ],
            labels: [0, 0, 1, 1],
          }
          const { loss, gradient } = evaluate(data, { ...plain, distance }, mining)
          expect(loss).toBeNaN()
          expect([...gradient]).toEqual(new Array(8).fill(0))
        }
  })

  test.each([NaN, Infinity])('a measured distance of %d makes the loss NaN, wherever it stands', bad => {
    const rows = normalRows(Random.fromSeed(5), 20, 2, true)
    const labels = Int32Array.from(rows, (_, i) => i % 4)
    for (const distance of ['euclidean', 'squared-euclidean', 'cosine'] as const)
      for (const [i, j] of [
        [0, 1],
        [3, 17],
        [18, 19],
      ]) {
        const squared = new Float32Array(400).fill(1)
        for (let k = 0; k < 20; k++) squared[k * 20 + k] = 0
        const measured = () =>
          objective({ ...plain, distance }, undefined, 20, 2).evaluate(flat(rows), 20, 2, labels, 0.2, squared)
        expect(measured().loss).not.toBeNaN()
        squared[i * 20 + j] = squared[j * 20 + i] = bad
        expect(measured().loss).toBeNaN()
      }
  })

  test('a batch that does not fit is refused', () => {
    const asked = objective(plain, undefined, 2, 2)
    expect(() => asked.evaluate(new Float32Array(6), 3, 2, new Int32Array(3))).toThrow(RangeError)
    expect(() => asked.evaluate(new Float32Array(6), 2, 3, new Int32Array(2))).toThrow(RangeError)
    expect(() => asked.evaluate(new Float32Array(3), 2, 2, new Int32Array(2))).toThrow(RangeError)
    expect(() => asked.evaluate(new Float32Array(4), 2, 2, new Int32Array(1))).toThrow(RangeError)
  })
})

test('a smaller batch after a larger one leaves no trace of it', () => {
  const random = Random.fromSeed(8)
  const rows = normalRows(random, 12, 4, true)
  const labels = Array.from({ length: 12 }, (_, i) => i % 3)
  const small: LabelledRows = { rows: rows.slice(0, 5), labels: labels.slice(0, 5) }
  const used = objective(plain)
  used.evaluate(flat(rows), 12, 4, Int32Array.from(labels))
  const again = used.evaluate(flat(small.rows), 5, 4, Int32Array.from(small.labels))
  const fresh = evaluate(small, plain)
  expect(again.loss).toBe(fresh.loss)
  expect([...again.gradient]).toEqual([...fresh.gradient])
})
