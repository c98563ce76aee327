import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast } from '../../server/search/forecast.ts'
import {
  bracketCount,
  bracketOf,
  promoted,
  rungOf,
  rungs,
  valueAtRung,
  type HalvingRun,
} from '../../server/search/halving.ts'
import { belowMedian } from '../../server/search/median.ts'
import type { Report } from '../../server/search/report.ts'

const options = { least: 1, most: 27, reduction: 3 }
const flat = (value: number, until: number): Report[] =>
  Array.from({ length: until }, (_, i) => ({ resource: i + 1, value }))

const anyRuns = fc
  .array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 15 })
  .map(curves =>
    curves.map((values, id): HalvingRun => ({ id, reports: values.map((value, i) => ({ resource: i + 1, value })) })),
  )

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

  it('gives the place of one that died at its rung to the next, and counts it among those that came', () => {
    const runs = Array.from({ length: 9 }, (_, id) => ({ id, reports: flat(id, 1), isDead: id === 1 }))
    expect([...promoted(runs, options, false)]).toEqual([0, 2, 3])
    expect([...promoted(runs.slice(0, 3), options, false)]).toEqual([0])
    // The best of three that came to the second rung is dead: another one goes on there.
    const second = runs.slice(0, 3).map(run => ({ ...run, reports: flat(run.id, 3), isDead: run.id === 0 }))
    expect([...promoted(second, options, false)]).toEqual([1])
    expect([...promoted([second[0]], options, true)]).toEqual([])
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

/** Reports of the epochs 1 … `until` on c − a/√t, negated as for a metric that is maximised. */
const rising = (c: number, a: number, until: number): Report[] =>
  Array.from({ length: until }, (_, i) => ({ resource: i + 1, value: a / Math.sqrt(i + 1) - c }))

describe('a forecast', () => {
  it('finds curves of its own family exactly, and those along a line over 1/√t as well as least squares can', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.integer({ min: 2, max: 30 }),
        (c, a, until) => {
          expect(forecast(rising(c, a, until), 81)).toBeCloseTo(a / 9 - c, 9)
        },
      ),
    )
    // By hand: times 1, 1/2, 1/3 (their mean 11/18), values 3, 1, 1: slope 3 · 18/14, so the value at 1/√36 = 1/6 is …
    const bent = [1, 4, 9].map((resource, i) => ({ resource, value: [3, 1, 1][i] }))
    const [across, along] = [(7 / 18) * (4 / 3) + (-2 / 18) * (-2 / 3) + (-5 / 18) * (-2 / 3), (49 + 4 + 25) / 324]
    expect(forecast(bent, 36)).toBeCloseTo(5 / 3 + (across / along) * (1 / 6 - 11 / 18), 12)
  })

  it('is none from fewer than two numbers, or from one moment', () => {
    expect(forecast([], 27)).toBeNull()
    expect(forecast(flat(1, 1), 27)).toBeNull()
    expect(forecast([...flat(1, 1), { resource: 2, value: Infinity }, { resource: 3, value: NaN }], 27)).toBeNull()
    expect(forecast([...flat(1, 1), ...flat(2, 1)], 27)).toBeNull()
  })
})

describe('successive halving by forecasts', () => {
  const ahead = { ...options, rank: 'forecast' } as const

  it('lets those go on that begin slowly and win late, beside the one that is best now', () => {
    // At epoch 3 the slow ones are last of nine; at 27 they are the best.
    const quick = Array.from({ length: 7 }, (_, id) => ({ id, reports: rising(0.2 - id / 1000, 0.05, 3) }))
    const slow = [7, 8].map(id => ({ id, reports: rising(0.25 + id / 1000, 0.25, 3) }))
    const runs = [...quick, ...slow]
    expect([...promoted(runs, options, false)]).toEqual([0, 1, 2])
    expect([...promoted(runs, ahead, false)]).toEqual([0, 8, 7])
  })

  it('sees no further back than the rung before: a bad first epoch says nothing about the last', () => {
    const steady = (id: number) => ({ id, reports: rising(0.2 - id / 100, 0.1, 9) })
    const late = rising(0.1, 0.1, 9)
    const runs = [steady(0), steady(1), { id: 2, reports: [{ resource: 1, value: 50 }, ...late.slice(1)] }]
    expect([...promoted(runs, { ...ahead, reduction: 1.5 }, false)]).toEqual([0, 1])
  })

  it('goes by values where a run has reported too seldom for a forecast', () => {
    const runs = Array.from({ length: 6 }, (_, id) => ({ id, reports: rising(0.2 + id / 20, 0.1 + id / 10, 3) }))
    const seldom = runs.map(run => (run.id === 3 ? { ...run, reports: run.reports.slice(2) } : run))
    expect(promoted(seldom, ahead, false)).toEqual(promoted(seldom, options, false))
    expect(promoted(runs, ahead, false)).not.toEqual(promoted(runs, options, false))
  })

  it('never holds back the best value of a rung, and does not depend on the order', () => {
    fc.assert(
      fc.property(anyRuns, fc.boolean(), (runs, exhausted) => {
        const chosen = promoted(runs, ahead, exhausted)
        const byValue = promoted(runs, options, exhausted)
        expect(promoted(runs.toReversed(), ahead, exhausted)).toEqual(chosen)
        const resources = rungs(options)
        for (const k of resources.keys()) {
          const first = runs
            .filter(run => rungOf(run.reports, resources) >= k)
            .map(run => ({ ...run, value: valueAtRung(run.reports, resources[k]) ?? Infinity }))
            .sort((a, b) => a.value - b.value || a.id - b.id)
            .at(0)
          if (first !== undefined && rungOf(first.reports, resources) === k)
            expect(chosen.has(first.id)).toBe(byValue.has(first.id))
        }
      }),
    )
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
