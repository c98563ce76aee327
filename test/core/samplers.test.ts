import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { PkSampler } from '../../server/core/samplers/pkSampler.ts'
import { ShuffledCycle } from '../../server/core/samplers/shuffledCycle.ts'

const classSizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 8 })

function labelsOf(sizes: readonly number[]): Int32Array {
  // Interleaved, so that classes are not contiguous.
  const labels = sizes.flatMap((size, label) => new Array<number>(size).fill(label * 3))
  const mixed = Int32Array.from(labels)
  Random.fromSeed(99).shuffle(mixed)
  return mixed
}

function draw(sampler: PkSampler, batches: number): number[][] {
  const into = new Int32Array(sampler.batchSize)
  return Array.from({ length: batches }, () => {
    sampler.next(into)
    return [...into]
  })
}

describe('P×K batches', () => {
  test('hold P classes with K samples, without repetition where a class has enough', () => {
    fc.assert(
      fc.property(
        classSizes,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        (sizes, P, K, seed) => {
          const usable = sizes.filter(size => size >= 2).length
          fc.pre(usable >= P)
          const labels = labelsOf(sizes)
          const sampler = new PkSampler({ labels, classes: P, samplesPerClass: K, random: Random.fromSeed(seed) })
          expect(sampler.leftOut).toBe(sizes.length - usable)
          for (const batch of draw(sampler, 5)) {
            const byClass = Map.groupBy(batch, index => labels[index])
            expect(byClass.size).toBe(P)
            for (const [label, members] of byClass) {
              expect(members.length).toBe(K)
              const size = sizes[label / 3]
              expect(size).toBeGreaterThanOrEqual(2)
              expect(new Set(members).size).toBe(Math.min(K, size))
            }
          }
        },
      ),
    )
  })

  test('show classes equally often, and the samples of a class too', () => {
    const sizes = [2, 3, 5, 10, 30]
    const labels = labelsOf(sizes)
    const sampler = new PkSampler({ labels, classes: 2, samplesPerClass: 3, random: Random.fromSeed(5) })
    const counts = new Map<number, number>()
    const rounds = 500
    for (const index of draw(sampler, rounds).flat()) counts.set(index, (counts.get(index) ?? 0) + 1)
    for (const [label, size] of sizes.entries()) {
      const ofClass = [...counts].filter(([index]) => labels[index] === label * 3).map(([, count]) => count)
      const total = ofClass.reduce((sum, x) => sum + x, 0)
      expect(total).toBe((rounds * 2 * 3) / sizes.length)
      expect(ofClass.length).toBe(size)
      // Each once a round; the last round may be unfinished. A class of two gives three samples with one twice.
      expect(Math.max(...ofClass) - Math.min(...ofClass)).toBeLessThanOrEqual(1)
    }
  })

  test('are a function of the seed', () => {
    const make = (seed: number) =>
      draw(
        new PkSampler({ labels: labelsOf([4, 4, 4]), classes: 2, samplesPerClass: 2, random: Random.fromSeed(seed) }),
        20,
      )
    expect(make(1)).toEqual(make(1))
    expect(make(1)).not.toEqual(make(2))
  })

  test('continue from an exported state as if never interrupted', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(), (before, seed) => {
        const options = { labels: labelsOf([2, 3, 9, 4]), classes: 3, samplesPerClass: 4 }
        const undisturbed = new PkSampler({ ...options, random: Random.fromSeed(seed) })
        draw(undisturbed, before)
        const resumed = new PkSampler({ ...options, random: Random.fromSeed(seed + 1) })
        resumed.restore(undisturbed.state())
        expect(draw(resumed, 25)).toEqual(draw(undisturbed, 25))
      }),
      { numRuns: 30 },
    )
  })

  test('refuse the state of other data', () => {
    const make = (sizes: number[]) =>
      new PkSampler({ labels: labelsOf(sizes), classes: 2, samplesPerClass: 2, random: Random.fromSeed(1) })
    expect(() => make([4, 4, 4]).restore(make([4, 4, 5]).state())).toThrow(/another dataset/)
    const state = make([4, 4, 4]).state()
    state[state.length - 1] = 1000
    expect(() => make([4, 4, 4]).restore(state)).toThrow(/another dataset/)
  })

  test('count an epoch as showing as many samples as there are', () => {
    const sampler = (sizes: number[], classes: number) =>
      new PkSampler({ labels: labelsOf(sizes), classes, samplesPerClass: 2, random: Random.fromSeed(1) })
    expect(sampler([10, 10, 1], 2).batchesPerEpoch).toBe(5)
    expect(sampler([2, 2], 2).batchesPerEpoch).toBe(1)
  })

  test('that cannot be made are refused', () => {
    const make = (labels: number[], classes: number, samplesPerClass: number) => () =>
      new PkSampler({ labels: Int32Array.from(labels), classes, samplesPerClass, random: Random.fromSeed(1) })
    expect(make([0, 0, 1, 2, 3], 2, 2)).toThrow('batches of 2 classes, but only 1 have two samples or more')
    expect(make([], 1, 1)).toThrow(RangeError)
    expect(make([0, 0], 0, 2)).toThrow(RangeError)
    expect(make([0, 0], 1, 1.5)).toThrow(RangeError)
    expect(() => {
      make([0, 0], 1, 2)().next(new Int32Array(1))
    }).toThrow(RangeError)
  })
})

describe('a shuffled cycle', () => {
  test('gives each item once a round, and none twice in a draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.nat(), (length, k, seed) => {
        fc.pre(k <= length)
        const cycle = new ShuffledCycle(Int32Array.from({ length }, (_, i) => i * 10))
        const random = Random.fromSeed(seed)
        const into = new Int32Array(k)
        const drawn: number[] = []
        for (let i = 0; i < 3 * length; i++) {
          cycle.draw(k, random, into, 0)
          expect(new Set(into).size).toBe(k)
          drawn.push(...into)
        }
        for (let i = 0; i < drawn.length; i += length) expect(new Set(drawn.slice(i, i + length)).size).toBe(length)
      }),
    )
  })

  test('puts every item first equally often', () => {
    const counts = new Array<number>(5).fill(0)
    for (let seed = 0; seed < 5000; seed++) {
      const into = new Int32Array(1)
      new ShuffledCycle(Int32Array.of(0, 1, 2, 3, 4)).draw(1, Random.fromSeed(seed), into, 0)
      counts[into[0]]++
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })
})
