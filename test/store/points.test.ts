import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summariesOf } from '../../protocol/packedRuns.ts'
import { opened, points, queued, temporaryFolder } from './helpers.ts'

describe('points', () => {
  it('are the same whether they come one by one or many at a time, again or anew', () => {
    const store = opened(temporaryFolder())
    const values = Array.from({ length: 400 }, (_, i) => (i % 37 === 5 ? NaN : Math.sin(i * i)))
    const [one = 0, many = 0] = queued(store, 2)
    for (const [i, value] of values.entries()) expect(store.appendPoints(one, [points('loss', [value], i)])).toBe(1)
    const part = (from: number, to: number) => store.appendPoints(many, [points('loss', values.slice(from, to), from)])
    expect([part(0, 3), part(3, 150), part(100, 230), part(50, 100), part(231, 400), part(220, 240)]).toEqual([
      3, 147, 80, 0, 169, 1,
    ])
    // Not ascending: each is looked at.
    const mixed = {
      metric: 'loss',
      steps: [...Array<number>(20).fill(400), 401],
      values: Array<number>(21).fill(1),
      times: Array<number>(21).fill(0),
    }
    expect(store.appendPoints(many, [mixed])).toBe(2)
    expect(store.appendPoints(one, [points('loss', [1, 1], 400)])).toBe(2)
    expect(store.rawPoints(many, 'loss').values).toEqual(store.rawPoints(one, 'loss').values)
    const known = ({ loss }: Readonly<Record<string, unknown>>) => loss
    expect(known(store.run(many)?.summaries ?? {})).toEqual(known(store.run(one)?.summaries ?? {}))
    expect(store.series(many, { maxPoints: 10 })).toEqual(store.series(one, { maxPoints: 10 }))
  })

  it('keep their first value when a run is repeated from its checkpoint, and the summary counts them once', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    expect(store.appendPoints(id, [points('loss', [3, 1, 2])])).toBe(3)
    expect(store.appendPoints(id, [points('loss', [9, 9, 5], 2)])).toBe(1)
    expect(store.series(id)).toEqual([{ metric: 'loss', steps: [1, 2, 3, 4], values: [3, 1, 2, 5] }])
    expect(store.run(id)?.summaries).toEqual({
      loss: { last: 5, lastStep: 4, min: 1, minStep: 2, max: 5, maxStep: 4 },
    })
  })

  it('leave a hole where a value is not finite', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    store.appendPoints(id, [points('loss', [1, NaN, Infinity, 2])])
    expect(store.series(id)).toEqual([{ metric: 'loss', steps: [1, 4], values: [1, 2] }])
    expect(store.run(id)?.summaries['loss']).toMatchObject({ max: 2, min: 1 })
  })

  it('answer with the metrics and steps asked for', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    store.appendPoints(id, [points('loss', [1, 2, 3]), points('easy', [0, 0.5, 1])])
    expect(store.series(id, { metrics: ['easy'], fromStep: 2 })).toEqual([
      { metric: 'easy', steps: [2, 3], values: [0.5, 1] },
    ])
  })

  it('answer with a stretch in the middle, thinned on its own', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    store.appendPoints(id, [
      points(
        'loss',
        Array.from({ length: 1000 }, (_, i) => (i === 499 ? 9 : i % 7)),
      ),
    ])
    expect(store.series(id, { fromStep: 3, toStep: 5 })[0]?.steps).toEqual([3, 4, 5])
    const [thin] = store.series(id, { fromStep: 401, toStep: 600, maxPoints: 20 })
    expect(thin.steps.length).toBeLessThanOrEqual(24)
    expect(thin.steps.at(0)).toBe(401)
    expect(thin.steps.at(-1)).toBe(600)
    expect(thin.values[thin.steps.indexOf(500)]).toBe(9)
  })

  it('know when steps were made', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    const steps = Array.from({ length: 1000 }, (_, i) => i + 1)
    const times = steps.map(step => 1_000_000 + step * 20)
    store.appendPoints(id, [{ metric: 'loss', steps, values: steps, times }])
    const clock = store.clock(id, 50)
    expect(clock.steps.length).toBeGreaterThan(40)
    expect(clock.steps.length).toBeLessThanOrEqual(52)
    expect(clock.steps[0]).toBe(1)
    for (const [i, step] of clock.steps.entries()) expect(clock.times[i]).toBe(1_000_000 + step * 20)
    expect(store.clock(id + 1, 50)).toEqual({ steps: [], times: [] })
  })

  it('are thinned without losing the ends, the extremes or the order', () => {
    const store = opened(temporaryFolder())
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 4, max: 60 }),
        (values, maxPoints) => {
          const [id = 0] = queued(store)
          store.appendPoints(id, [points('loss', values, 5)])
          const [series] = store.series(id, { maxPoints })
          const steps = series.steps
          expect(steps.length).toBeLessThanOrEqual(Math.max(maxPoints, 4))
          expect(steps.at(0)).toBe(5)
          expect(steps.at(-1)).toBe(4 + values.length)
          expect(steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0))).toBe(true)
          expect(Math.min(...series.values)).toBe(Math.min(...values) || 0)
          expect(Math.max(...series.values)).toBe(Math.max(...values) || 0)
          steps.forEach((step, i) => expect(series.values[i]).toBe((values[step - 5] ?? NaN) || 0))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('summarise like a plain loop over what was kept', () => {
    const store = opened(temporaryFolder())
    const chunk = fc.record({
      first: fc.integer({ min: 1, max: 30 }),
      values: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 12 }),
    })
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 6 }), chunks => {
        const [id = 0] = queued(store)
        const kept = new Map<number, number>()
        for (const { first, values } of chunks) {
          store.appendPoints(id, [points('loss', values, first)])
          values.forEach((value, i) => kept.has(first + i) || kept.set(first + i, value))
        }
        const summary = store.run(id)?.summaries['loss']
        const all = [...kept].toSorted(([a], [b]) => a - b)
        expect(summary?.last).toBe(all.at(-1)?.[1])
        expect(summary?.lastStep).toBe(all.at(-1)?.[0])
        expect(summary?.min).toBe(Math.min(...kept.values()))
        expect(summary?.max).toBe(Math.max(...kept.values()))
        expect(kept.get(summary?.minStep ?? 0)).toBe(summary?.min)
        expect(kept.get(summary?.maxStep ?? 0)).toBe(summary?.max)
      }),
      { numRuns: 40 },
    )
  })

  it('are written in bulk, thinned, and summarised over many runs', () => {
    const store = opened(temporaryFolder())
    const ids = queued(store, 10_000)
    const values = Array.from({ length: 200_000 }, (_, i) => Math.sin(i))
    store.appendPoints(ids[0] ?? 0, [points('loss', values)])
    store.transaction(() => ids.slice(1).forEach(id => store.appendPoints(id, [points('loss', [1, 2])])))
    expect([...summariesOf(store.summaryTable('loss'))].map(({ runId }) => runId)).toEqual(ids)
    const [series] = store.series(ids[0] ?? 0, { maxPoints: 1000 })
    expect(series.steps.length).toBeGreaterThan(500)
    // And both ends.
    expect(series.steps.length).toBeLessThanOrEqual(1000 + 2)
  })
})
