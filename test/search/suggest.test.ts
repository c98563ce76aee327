import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridPoints, gridSize } from '../../server/search/grid.ts'
import { fits, pointKey, type NumberAxis, type Space, type Trial } from '../../server/search/space.ts'
import { suggest, type Method, type Search } from '../../server/search/suggest.ts'
import { anySpace, finiteSpace } from './spaces.ts'

const methods: readonly Method[] = ['grid', 'random', 'bayes']
const anyMethod = fc.constantFrom(...methods)

function number(name: string, options: Partial<NumberAxis> = {}): NumberAxis {
  return { kind: 'number', name, min: 0, max: 1, scale: 'linear', step: null, condition: null, ...options }
}

/** Tries until nothing is left, or `most` trials stand. */
function run(
  space: Space,
  search: Search,
  most: number,
  value: (i: number) => number | null = i => (i * 7) % 5,
): Trial[] {
  const history: Trial[] = []
  while (history.length < most) {
    const point = suggest(space, history, search)
    if (point === null) break
    history.push({ point, value: value(history.length) })
  }
  return history
}

describe('every search', () => {
  it('suggests points of the space, the same ones for the same seed and history', () => {
    fc.assert(
      fc.property(anySpace, fc.constantFrom<Method>('random', 'bayes'), fc.integer(), (space, method, seed) => {
        const first = run(space, { method, seed }, 14)
        for (const { point } of first) expect(fits(space, point)).toBe(true)
        expect(run(space, { method, seed }, 14)).toEqual(first)
      }),
      { numRuns: 60 },
    )
  })

  it('visits each point of a finite space once and then has nothing more to say', () => {
    fc.assert(
      fc.property(finiteSpace, anyMethod, fc.integer(), (space, method, seed) => {
        const all = new Set([...gridPoints(space)].map(point => pointKey(space, point)))
        expect(all.size).toBe(gridSize(space))
        fc.pre(all.size <= 40)
        const tried = run(space, { method, seed }, all.size + 5, i => (i % 3 === 0 ? null : i % 4 === 1 ? Infinity : i))
        expect(tried.map(trial => pointKey(space, trial.point)).toSorted()).toEqual([...all].toSorted())
      }),
      { numRuns: 60 },
    )
  })

  it('goes on after trials that no longer fit, since the space was changed', () => {
    const wide: Space = [number('rate', { min: 0.001, max: 1, scale: 'log' })]
    const narrow: Space = [number('rate', { min: 0.01, max: 0.1, scale: 'log' })]
    const history = run(wide, { method: 'bayes', seed: 3 }, 20, i => i)
    const next = suggest(narrow, history, { method: 'bayes', seed: 3 })
    expect(next !== null && fits(narrow, next)).toBe(true)
  })

  it('refuses spaces that are none', () => {
    const wrong: Space[] = [
      [number('a'), number('a')],
      [{ kind: 'choice', name: 'a', count: 0, condition: null }],
      [number('a', { min: 2, max: 1 })],
      [number('a', { min: 0, max: 1, scale: 'log' })],
      [number('a', { min: 0.1, max: 0.4, step: 0.5 })],
      [
        number('a', { condition: { axis: 'b', options: [0] } }),
        { kind: 'choice', name: 'b', count: 2, condition: null },
      ],
    ]
    for (const space of wrong) expect(() => suggest(space, [], { method: 'random', seed: 1 })).toThrow(RangeError)
    expect(() => suggest([number('a')], [], { method: 'grid', seed: 1 })).toThrow('every number')
  })
})

describe('a grid', () => {
  const space: Space = [
    { kind: 'choice', name: 'miner', count: 3, condition: null },
    { kind: 'choice', name: 'fallback', count: 2, condition: { axis: 'miner', options: [1] } },
    number('size', { min: 0.1, max: 0.35, step: 0.1 }),
  ]

  it('turns the last axis fastest and leaves out what has no meaning', () => {
    expect(gridSize(space)).toBe(12)
    expect(run(space, { method: 'grid', seed: 0 }, 5).map(trial => trial.point)).toEqual([
      { miner: 0, size: 0.1 },
      { miner: 0, size: 0.2 },
      { miner: 0, size: 0.3 },
      { miner: 1, fallback: 0, size: 0.1 },
      { miner: 1, fallback: 0, size: 0.2 },
    ])
  })

  it('in random order is another order of the same points', () => {
    const order = (seed: number) =>
      run(space, { method: 'grid', seed, order: 'random' }, 99).map(one => pointKey(space, one.point))
    expect(order(1)).not.toEqual(order(2))
    expect(order(1).toSorted()).toEqual(order(2).toSorted())
    expect(order(1)).toHaveLength(12)
  })
})

describe('random search', () => {
  it('spreads more evenly than independent draws: every sixteenth of an axis is met by 32 points', () => {
    const space = [number('x'), number('y', { min: 1e-4, max: 1, scale: 'log' })]
    const points = run(space, { method: 'random', seed: 5 }, 32).map(trial => trial.point)
    const cells = (shares: number[]) => new Set(shares.map(share => Math.floor(share * 16))).size
    expect(cells(points.map(({ x }) => x))).toBe(16)
    expect(cells(points.map(({ y }) => 1 + Math.log10(y) / 4))).toBeGreaterThanOrEqual(14)
  })

  it('draws whole numbers and multiples as often as each other', () => {
    const space = [number('n', { min: 1, max: 4, step: 1 }), number('q', { min: 0.2, max: 1, step: 0.25 }), number('z')]
    const points = run(space, { method: 'random', seed: 1 }, 1200).map(trial => trial.point)
    for (const [name, values] of [
      ['n', [1, 2, 3, 4]],
      ['q', [0.25, 0.5, 0.75, 1]],
    ] as const)
      for (const value of values) {
        const count = points.filter(point => point[name] === value).length
        expect(Math.abs(count - 300)).toBeLessThan(30)
      }
  })
})

describe('bayes', () => {
  it('does not crowd around trials that still run: it goes to other good places', () => {
    const space = [number('x')]
    const known = Array.from({ length: 41 }, (_, i) => i / 40).map(x => ({
      point: { x },
      value: Math.min(Math.abs(x - 0.2), Math.abs(x - 0.8)),
    }))
    const near = (history: readonly Trial[]) =>
      Array.from({ length: 60 }, (_, seed) => suggest(space, history, { method: 'bayes', seed })).filter(
        point => point !== null && Math.abs(point['x'] - 0.2) < 0.05,
      ).length
    const running = [0.18, 0.19, 0.2, 0.21, 0.22].map(x => ({ point: { x }, value: null }))
    expect(near(known)).toBeGreaterThan(50)
    expect(near([...known, ...running])).toBeLessThan(10)
  })

  it('goes where the good trials were, on every axis that they had', () => {
    const space: Space = [
      { kind: 'choice', name: 'miner', count: 3, condition: null },
      number('cutoff', { condition: { axis: 'miner', options: [2] } }),
      number('rate', { min: 1e-5, max: 1, scale: 'log' }),
    ]
    const value = ({ miner, rate, ...rest }: Record<string, number>) =>
      (miner === 2 ? (rest['cutoff'] - 0.3) ** 2 : 1) + 0.1 * (Math.log10(rate) + 3) ** 2
    const history: Trial[] = []
    for (let i = 0; i < 60; i++) {
      const point = suggest(space, history, { method: 'bayes', seed: 2 })
      if (point !== null) history.push({ point, value: value(point) })
    }
    const late = history.slice(-20)
    expect(late.filter(trial => trial.point['miner'] === 2).length).toBeGreaterThan(14)
    expect(Math.min(...history.map(trial => trial.value ?? Infinity))).toBeLessThan(0.01)
  })

  it('has no use for failures, but does not fall over them', () => {
    const space = [number('x')]
    const failed = Array.from({ length: 30 }, (_, i) => ({ point: { x: i / 30 }, value: Infinity }))
    expect(suggest(space, failed, { method: 'bayes', seed: 1 })).not.toBeNull()
  })
})
