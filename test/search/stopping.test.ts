import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bracketCount,
  bracketOf,
  promoted,
  rungOf,
  rungs,
  type HalvingRun,
  type Report,
} from '../../server/search/halving.ts'
import { belowMedian } from '../../server/search/median.ts'

const options = { least: 1, most: 27, reduction: 3 }
const flat = (value: number, until: number): Report[] =>
  Array.from({ length: until }, (_, i) => ({ resource: i + 1, value }))

describe('rungs', () => {
  it('are powers of the reduction below the whole', () => {
    expect(rungs(options)).toEqual([1, 3, 9])
    expect(rungs({ ...options, skip: 1 })).toEqual([3, 9])
    expect(rungs({ least: 2, most: 20, reduction: 2 })).toEqual([2, 4, 8, 16])
    expect(rungs({ least: 5, most: 5, reduction: 3 })).toEqual([])
    expect(() => rungs({ least: 0, most: 5, reduction: 3 })).toThrow(RangeError)
  })

  it('are reached with the first evaluation at or after them', () => {
    const reports = [2, 4, 6].map(resource => ({ resource, value: 1 }))
    expect(rungOf(reports, rungs(options))).toBe(1)
    expect(rungOf([], rungs(options))).toBe(-1)
  })
})

describe('successive halving', () => {
  it('lets a third go on, best first', () => {
    const runs = Array.from({ length: 9 }, (_, id) => ({ id, reports: flat(id, 1) }))
    expect([...promoted(runs, options, false)]).toEqual([0, 1, 2])
    expect([...promoted(runs.slice(0, 2), options, false)]).toEqual([])
    expect([...promoted(runs.slice(0, 2), options, true)]).toEqual([0])
  })

  it('on 27 runs with fixed values spends what the algorithm says: 27 · 1, 9 · 3, 3 · 9, 1 · 27 epochs', () => {
    const reached = new Map(Array.from({ length: 27 }, (_, id) => [id, 1]))
    const marks = [...rungs(options), options.most]
    for (;;) {
      const runs = [...reached].map(([id, until]) => ({ id, reports: flat((id * 11) % 27, until) }))
      const next = promoted(runs, options, false)
      const final = next.size === 0 ? promoted(runs, options, true) : next
      const moving = [...final].filter(id => (reached.get(id) ?? 0) < options.most)
      if (moving.length === 0) break
      for (const id of moving) reached.set(id, marks.find(mark => mark > (reached.get(id) ?? 0)) ?? options.most)
    }
    const counts = marks.map(mark => [...reached.values()].filter(until => until >= mark).length)
    expect(counts).toEqual([27, 9, 3, 1])
    expect(reached.get(0)).toBe(27)
  })

  const anyRuns = fc
    .array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 15 })
    .map(curves =>
      curves.map((values, id): HalvingRun => ({ id, reports: values.map((value, i) => ({ resource: i + 1, value })) })),
    )

  it('never holds the best run of a rung back once nothing else is left, and holds nobody twice', () => {
    fc.assert(
      fc.property(anyRuns, runs => {
        const chosen = promoted(runs, options, true)
        for (const id of promoted(runs, options, false)) expect(chosen.has(id)).toBe(true)
        const resources = rungs(options)
        const top = Math.max(-1, ...runs.map(run => rungOf(run.reports, resources)))
        if (top < 0) return
        const there = runs.filter(run => rungOf(run.reports, resources) === top)
        expect(there.some(run => chosen.has(run.id))).toBe(true)
      }),
    )
  })

  it('does not depend on the order in which runs are listed', () => {
    fc.assert(
      fc.property(anyRuns, runs => {
        expect(promoted(runs.toReversed(), options, false)).toEqual(promoted(runs, options, false))
      }),
    )
  })

  it('deals trials to Hyperband’s brackets so that the cheap ones have more', () => {
    const brackets = bracketCount(options)
    expect(brackets).toBe(4)
    const counts = Array.from({ length: brackets }, () => 0)
    for (let trial = 0; trial < 49; trial++) counts[bracketOf(trial, options)]++
    // Hyperband's own table for R = 27, η = 3: 27, 12, 6 and 4 configurations.
    expect(counts).toEqual([27, 12, 6, 4])
  })
})

describe('the median rule', () => {
  const rule = { least: 2, others: 3 }

  it('stops what is worse than the median of the others’ averages', () => {
    const others = [flat(1, 5), flat(2, 5), flat(3, 5)]
    expect(belowMedian(flat(2.5, 3), others, rule)).toBe(true)
    expect(belowMedian(flat(1.5, 3), others, rule)).toBe(false)
    expect(belowMedian(flat(2.5, 1), others, rule)).toBe(false)
    expect(belowMedian(flat(2.5, 3), others.slice(1), rule)).toBe(false)
    expect(belowMedian([], others, rule)).toBe(false)
  })

  it('never stops the best', () => {
    const curve = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(curve, { minLength: 1, maxLength: 8 }), curves => {
        const all = curves.map(values => values.map((value, i) => ({ resource: i + 1, value })))
        const best = Math.min(...curves.flat())
        for (const [i, reports] of all.entries())
          if (Math.min(...curves[i]) === best)
            expect(
              belowMedian(
                reports,
                all.filter((_, j) => j !== i),
                { least: 1, others: 1 },
              ),
            ).toBe(false)
      }),
    )
  })
})
