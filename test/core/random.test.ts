import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Random } from '../../server/core/random.ts'

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.word())

describe('random numbers', () => {
  test('the first words of xoshiro128** from the state 1, 2, 3, 4', () => {
    // From the authors' C program.
    const random = Random.fromState(Uint32Array.of(1, 2, 3, 4, 0, 0))
    expect(draw(random, 4)).toEqual([11520, 0, 5927040, 70819200])
  })

  test('a seed always gives the same numbers, another seed others', () => {
    expect(draw(Random.fromSeed(7), 5)).toEqual(draw(Random.fromSeed(7), 5))
    const firsts = new Set(Array.from({ length: 1000 }, (_, seed) => Random.fromSeed(seed - 500).word()))
    expect(firsts.size).toBe(1000)
    expect(draw(Random.fromSeed(2 ** 40), 3)).not.toEqual(draw(Random.fromSeed(0), 3))
  })

  test('an exported state continues exactly, forks included', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(50), (seed, before) => {
        const random = Random.fromSeed(seed)
        draw(random, before)
        const copy = Random.fromState(random.state())
        expect(draw(copy, 20)).toEqual(draw(random, 20))
        expect(draw(copy.fork('miner'), 5)).toEqual(draw(Random.fromSeed(seed).fork('miner'), 5))
      }),
    )
  })

  test('forks differ by label and from their source', () => {
    const random = Random.fromSeed(3)
    const streams = [
      random.fork('sampler'),
      random.fork('miner'),
      random.fork(''),
      random.fork('sampler').fork('sampler'),
    ]
    expect(new Set([random.word(), ...streams.map(stream => stream.word())]).size).toBe(5)
  })

  test('below(n) is uniform: chi-square over 6 and over a large n', () => {
    for (const n of [6, 3 * 2 ** 30]) {
      const random = Random.fromSeed(11)
      const bins = 6
      const counts = new Array<number>(bins).fill(0)
      for (let i = 0; i < 60_000; i++) counts[Math.floor((random.below(n) / n) * bins)]++
      const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
      expect(chi2).toBeLessThan(20.5) // 99.9 % point for 5 degrees of freedom
    }
  })

  test('uniform and normal have the right moments', () => {
    const random = Random.fromSeed(5)
    const n = 100_000
    let [u, x, x2, x4] = [0, 0, 0, 0]
    for (let i = 0; i < n; i++) {
      const uniform = random.uniform()
      if (uniform < 0 || uniform >= 1) expect.unreachable(`${uniform} is outside [0, 1)`)
      u += uniform / n
      const normal = random.normal()
      x += normal / n
      x2 += normal ** 2 / n
      x4 += normal ** 4 / n
    }
    expect(u).toBeCloseTo(0.5, 2)
    expect(Math.abs(x)).toBeLessThan(0.012)
    expect(Math.abs(x2 - 1)).toBeLessThan(0.02)
    expect(Math.abs(x4 - 3)).toBeLessThan(0.15)
  })

  test('shuffle keeps the items and gives each order equally often', () => {
    const random = Random.fromSeed(9)
    const counts = new Map<string, number>()
    for (let i = 0; i < 12_000; i++) {
      const items = Int32Array.of(9, 1, 2, 3)
      random.shuffle(items, 1)
      expect(items[0]).toBe(9)
      counts.set(items.join(), (counts.get(items.join()) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  test('what cannot be drawn is refused', () => {
    expect(() => Random.fromSeed(1.5)).toThrow(RangeError)
    expect(() => Random.fromState(new Uint32Array(6))).toThrow(RangeError)
    expect(() => Random.fromState(new Uint32Array(3))).toThrow(RangeError)
    for (const n of [0, -1, 1.5, NaN, 2 ** 33]) expect(() => Random.fromSeed(1).below(n)).toThrow(RangeError)
  })
})
