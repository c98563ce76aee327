import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { SweepInfo, SweepTrial } from '../../protocol/sweeps.ts'
import { axisScale, bestSoFar, importances, surface } from '../../webview/sweep/analysis.ts'
import { ranked, SweepModel } from '../../webview/sweep/model.ts'
import { runRow } from './fixtures.ts'

const sweep: SweepInfo = {
  id: 1,
  experiment: 'a.triplet.json',
  status: 'running',
  wish: 'run',
  message: null,
  created: 0,
  ended: null,
  method: 'grid',
  metric: 'test/mapAtR',
  goal: 'maximize',
  runCap: null,
  repeats: 2,
  earlyTerminate: 'asha',
  axes: [{ path: 'loss.margin', values: [0.1, 0.2, 0.4], min: null, max: null, log: false }],
}
const reached = (value: number) => ({ last: value, lastStep: 9, min: value, minStep: 9, max: value, maxStep: 9 })

/** Two repeats of each margin, with what they reached. */
function modelOf(
  scores: readonly (readonly [number, number])[],
  change: (run: RunRow) => Partial<RunRow> = () => ({}),
) {
  const model = new SweepModel()
  const trials: SweepTrial[] = []
  const runs: RunRow[] = []
  for (const [number, repeats] of scores.entries())
    for (const [repeat, score] of repeats.entries()) {
      const id = number * 2 + repeat + 1
      const values = { 'loss.margin': [0.1, 0.2, 0.4][number] }
      trials.push({
        runId: id,
        number,
        repeat,
        values,
        retries: 0,
        stoppedEarly: number === 2 ? 'Others were better.' : null,
      })
      const run = runRow({
        id,
        status: number === 2 ? 'stopped' : 'done',
        ended: 100 - id,
        summaries: { 'test/mapAtR': reached(score) },
      })
      runs.push({ ...run, ...change(run) })
    }
  model.apply({ kind: 'runs', changed: runs, removed: [] })
  model.apply({ kind: 'sweep', sweep, trials })
  return model
}

describe('combinations', () => {
  const model = modelOf([
    [0.1, 0.3],
    [0.5, 0.5],
    [0.2, 0.2],
  ])

  test('have the mean of their repeats, and say why they ended', () => {
    const combinations = model.combinations()
    expect(combinations.map(one => one.score)).toEqual([0.2, 0.5, 0.2])
    expect(combinations.map(one => one.stoppedEarly)).toEqual([null, null, 'Others were better.'])
    expect(ranked(sweep, combinations).map(one => one.number)).toEqual([1, 0, 2])
  })

  test('become better over the time in which their results came', () => {
    // The last one ended first.
    expect(bestSoFar(sweep, model.combinations()).map(step => [step.combination.number, step.best])).toEqual([
      [2, 0.2],
      [1, 0.5],
      [0, 0.5],
    ])
  })

  test('come and go with their runs', () => {
    const changing = modelOf([[0.1, 0.3]])
    changing.apply({ kind: 'runs', changed: [], removed: [1] })
    expect(changing.combinations()[0].score).toBeCloseTo(0.3)
    changing.apply({ kind: 'runs', changed: [], removed: [2] })
    expect(changing.combinations()).toEqual([])
  })

  test('that failed say so', () => {
    const failed = modelOf([[0.1, 0.3]], ({ id }) => (id === 1 ? { status: 'failed', message: 'No folder.' } : {}))
    expect(failed.combinations()[0].failed).toBe('No folder.')
  })
})

test('an axis that decides everything explains everything', () => {
  const [first] = modelOf([[0.1, 0.3]]).combinations()
  const combinations = [0.1, 0.1, 0.2, 0.2, 0.4, 0.4].map((margin, number) => ({
    ...first,
    number,
    score: margin,
    values: new Map([['loss.margin', margin]]),
  }))
  expect(importances(sweep, combinations)).toEqual([{ path: 'loss.margin', share: 1 }])
})

describe('an axis', () => {
  test('of rates is as wide for every power of ten', () => {
    const scale = axisScale({ path: 'r', values: null, min: 1e-4, max: 1e-2, log: true }, [])
    expect([1e-4, 1e-3, 1e-2].map(value => scale.place(value))).toEqual([0, expect.closeTo(0.5), 1])
    expect(scale.ticks.map(tick => tick.label)).toEqual(['1e-4', '1e-3', '0.01'])
  })

  test('of names has even steps, objects among them', () => {
    const values = ['semi-hard', { strategy: 'n-hard', from: 1 }, 'batch-all']
    const scale = axisScale({ path: 'mining', values, min: null, max: null, log: false }, [])
    expect(['semi-hard', JSON.stringify(values[1]), 'batch-all'].map(value => scale.place(value))).toEqual([0, 0.5, 1])
    expect(scale.place(undefined)).toBeNull()
  })

  test('has a place for a value that it no longer lists', () => {
    const scale = axisScale({ path: 'm', values: [0.1, 0.2], min: null, max: null, log: false }, [0.4])
    expect(scale.place(0.4)).toBe(1)
  })
})

describe('a surface', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const result = fc.record({ x: share, y: share, score: fc.double({ min: -5, max: 5, noNaN: true }) })

  test('stays between the worst and the best result', () => {
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 12 }), results => {
        const values = surface(results, 9)
        const scores = results.map(one => one.score)
        expect(values).toHaveLength(81)
        expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-9)
        expect(Math.max(...values)).toBeLessThanOrEqual(Math.max(...scores) + 1e-9)
      }),
    )
  })

  test('is high where the high results are', () => {
    const results = [0, 0.5, 1].flatMap(x => [0, 0.5, 1].map(y => ({ x, y, score: x + 10 * y })))
    const values = surface(results, 11)
    expect(values[0]).toBeLessThan(values[10])
    expect(values[0]).toBeLessThan(values[110])
    expect(values[120]).toBe(Math.max(...values))
    expect(surface([], 5)).toHaveLength(0)
  })
})
