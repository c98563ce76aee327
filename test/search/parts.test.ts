import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { Halton, primes } from '../../server/search/halton.ts'
import { erfc, normalMass } from '../../server/search/normal.ts'
import { coordinateRange, fromCoordinate, toCoordinate } from '../../server/search/numberAxis.ts'
import { Parzen } from '../../server/search/parzen.ts'
import type { NumberAxis, Space } from '../../server/search/space.ts'

describe('the normal distribution', () => {
  it('agrees with the tables', () => {
    // Abramowitz and Stegun, tables 7.1 and 7.2
    const known = [
      [0, 1],
      [0.5, 0.4795001221869535],
      [1, 0.15729920705028513],
      [2, 0.004677734981047266],
      [3, 2.209049699858544e-5],
      [5, 1.5374597944280349e-12],
      [-1, 1.8427007929497148],
    ]
    for (const [x, expected] of known) expect(erfc(x) / expected).toBeCloseTo(1, 11)
  })

  it('has a mass of one, and the same mass on both sides', () => {
    expect(normalMass(-Infinity, Infinity)).toBeCloseTo(1, 14)
    expect(normalMass(8, 9)).toBeGreaterThan(0)
    fc.assert(
      fc.property(
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (low, width) => {
          const mass = normalMass(low, low + width)
          expect(mass).toBeGreaterThanOrEqual(0)
          expect(normalMass(-low - width, -low)).toBeCloseTo(mass, 12)
        },
      ),
    )
  })
})

describe('Halton’s sequence', () => {
  it('puts one point in each cell of a base, in every stretch of that many', () => {
    const sequence = new Halton(6, Random.fromSeed(4))
    for (const [dimension, base] of primes(6).entries())
      for (const start of [0, base, 7 * base]) {
        const cells = Array.from({ length: base }, (_, i) => Math.floor(sequence.at(start + i, dimension) * base))
        expect(cells.toSorted((a, b) => a - b)).toEqual(Array.from({ length: base }, (_, i) => i))
      }
  })
})

describe('a density', () => {
  const space: Space = [
    { kind: 'choice', name: 'a', count: 3, condition: null },
    { kind: 'number', name: 'n', min: 1, max: 6, scale: 'linear', step: 1, condition: { axis: 'a', options: [1] } },
    { kind: 'number', name: 'm', min: 8, max: 64, scale: 'log', step: 8, condition: null },
  ]
  const observed = [
    { a: 0, m: 8 },
    { a: 1, n: 3, m: 16 },
    { a: 1, n: 6, m: 64 },
  ]

  it('sums to one over a finite space', () => {
    const density = new Parzen(space, observed, 10)
    let sum = 0
    for (const a of [0, 1, 2])
      for (let n = 1; n <= 6; n++)
        for (let m = 8; m <= 64; m += 8)
          if (a === 1) sum += Math.exp(density.logDensity({ a, n, m }))
          else if (n === 1) sum += Math.exp(density.logDensity({ a, m }))
    expect(sum).toBeCloseTo(1, 10)
  })

  it('integrates to one over an interval', () => {
    const axis = { kind: 'number', name: 'x', min: 0.01, max: 10, scale: 'log', step: null, condition: null } as const
    const density = new Parzen([axis], [{ x: 0.02 }, { x: 5 }, { x: 5.5 }], 30)
    const { low, high } = coordinateRange(axis)
    const cells = 20_000
    let sum = 0
    for (let i = 0; i < cells; i++) {
      const x = Math.exp(low + ((i + 0.5) * (high - low)) / cells)
      sum += (Math.exp(density.logDensity({ x })) * (high - low)) / cells
    }
    expect(sum).toBeCloseTo(1, 5)
  })

  it('is sampled as it says', () => {
    const density = new Parzen(space, observed, 10)
    const random = Random.fromSeed(9)
    const draws = 20_000
    const counts = new Map<string, number>()
    for (let i = 0; i < draws; i++) {
      const key = JSON.stringify(density.sample(random))
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    let chiSquared = 0
    let cells = 0
    for (const [key, count] of counts) {
      const expected = draws * Math.exp(density.logDensity(JSON.parse(key) as Record<string, number>))
      if (expected < 10) continue
      chiSquared += (count - expected) ** 2 / expected
      cells++
    }
    expect(cells).toBeGreaterThan(20)
    expect(chiSquared).toBeLessThan(cells + 4 * Math.sqrt(2 * cells))
  })
})

describe('a number’s coordinate', () => {
  it('leads back to the number', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        fc.nat(),
        (log, first, more, at) => {
          const axis: NumberAxis = {
            kind: 'number',
            name: 'x',
            min: first * 0.1,
            max: (first + more) * 0.1,
            scale: log ? 'log' : 'linear',
            step: 0.1,
            condition: null,
          }
          const value = Number(((first + (at % (more + 1))) * 0.1).toPrecision(12))
          expect(fromCoordinate(axis, toCoordinate(axis, value))).toBe(value)
        },
      ),
    )
  })
})
