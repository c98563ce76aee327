import { describe, expect, test } from 'vitest'
import type { RunRow } from '../../protocol/runEvent.ts'
import { flatten } from '../../protocol/specDifference.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import { brushOn, marked, passing } from '../../webview/compare/brush.ts'
import { CompareModel } from '../../webview/compare/model.ts'
import { axisOf, parallelAxes } from '../../webview/compare/parallel.ts'
import { namesOf } from '../../webview/compare/names.ts'
import { groupCurve } from '../../webview/compare/seedCurves.ts'
import { differs, importance, repeats } from '../../webview/compare/statistics.ts'
import { columnsOf, resultRows, settingRows, sortedColumns } from '../../webview/compare/table.ts'
import { runRow } from './fixtures.ts'

function run(id: number, margin: number, seed: number, recall: number, loss = 0.1): RunRow {
  const { spec } = runRow()
  const summary = (value: number) => ({ last: value, lastStep: 1, min: value, minStep: 1, max: value, maxStep: 1 })
  return runRow({
    id,
    spec: { ...spec, seed, loss: { ...spec.loss, margin } },
    summaries: { 'test/recallAt1': summary(recall), loss: summary(loss) },
  })
}

describe('statistics', () => {
  test('repeats have a mean and an interval by Student', () => {
    expect(repeats([2])).toEqual({ mean: 2, halfWidth: null, count: 1 })
    const { mean, halfWidth } = repeats([1, 2, 3])
    expect(mean).toBe(2)
    expect(halfWidth).toBeCloseTo((4.303 * 1) / Math.sqrt(3), 3)
  })

  test('differences are told from chance', () => {
    expect(differs([0.61, 0.62, 0.6], [0.7, 0.71, 0.69])).toBe(true)
    expect(differs([0.6, 0.7, 0.5], [0.62, 0.68, 0.55])).toBe(false)
    expect(differs([0.6], [0.7, 0.8])).toBeNull()
    expect(differs([1, 1], [2, 2])).toBe(true)
  })

  test('a setting that decides everything explains everything', () => {
    expect(importance([1, 1, 2, 2], [0, 0, 1, 1])).toBe(1)
    expect(importance([1, 2, 1, 2], [0, 0, 1, 1])).toBe(0)
    expect(importance([1, 2, 3, 4], [0, 0, 1, 1])).toBeNull()
    expect(importance([1, 1], [0, 1])).toBeNull()
    const many = Array.from({ length: 40 }, (_, i) => i)
    expect(importance(many, many)).toBeGreaterThan(0.8)
  })
})

describe('the table', () => {
  const runs = [run(1, 0.1, 1, 0.6), run(2, 0.1, 2, 0.62), run(3, 0.5, 1, 0.7), run(4, 0.5, 2, 0.72)]

  test('lists only what differs', () => {
    expect(settingRows(columnsOf(runs, false), false).map(row => row.path)).toEqual(['loss.margin', 'seed'])
    expect(settingRows(columnsOf(runs, false), true).length).toBeGreaterThan(20)
  })

  test('groups seeds, marks the best and measures against a baseline', () => {
    const columns = columnsOf(runs, true)
    expect(columns.map(column => column.runs.map(one => one.id))).toEqual([
      [1, 2],
      [3, 4],
    ])
    const recall = resultRows(columns, 2).find(row => row.metric === 'test/recallAt1')
    expect(recall?.cells[0]).toMatchObject({ isBest: false, difference: null, count: 2 })
    expect(recall?.cells[1]?.isBest).toBe(true)
    expect(recall?.cells[1]?.mean).toBeCloseTo(0.71)
    expect(recall?.cells[1]?.difference).toBeCloseTo(0.1)
    expect(recall?.cells[1]?.significant).toBe(true)
  })

  test('of losses the smallest is the best', () => {
    const rows = resultRows(columnsOf([run(1, 0.1, 1, 0.6, 0.3), run(2, 0.5, 1, 0.6, 0.2)], false), null)
    expect(rows.find(row => row.metric === 'loss')?.cells.map(cell => cell?.isBest)).toEqual([false, true])
  })
})

test('parallel axes put numbers by size and names evenly', () => {
  const runs = [run(1, 0.1, 1, 0.6), run(2, 0.2, 1, 0.7), run(3, 0.5, 1, 0.8)]
  const flats = runs.map(one => flatten(one.spec))
  const axes = parallelAxes(runs, flats, ['loss.margin', 'mining.strategy'], {
    name: 'R@1',
    values: [0.6, undefined, 0.8],
  })
  expect(axes[0].positions.map(at => Number(at?.toFixed(2)))).toEqual([0, 0.25, 1])
  expect(axes[1].positions).toEqual([0.5, 0.5, 0.5])
  expect(axes[2].positions).toEqual([0, null, 1])
})

test('columns of one name are told apart by their settings, and a group of seeds names no seed', () => {
  const called = (id: number, margin: number, seed: number, name: string) => ({ ...run(id, margin, seed, 0.5), name })
  const runs = [called(1, 0.1, 1, 'a'), called(2, 0.2, 1, 'a'), called(3, 0.1, 1, 'b')]
  expect([...namesOf(columnsOf(runs, false)).values()]).toEqual(['a · margin 0.1', 'a · margin 0.2', 'b'])
  const same = [called(1, 0.1, 1, 'a'), called(2, 0.1, 1, 'a')]
  expect([...namesOf(columnsOf(same, false)).values()]).toEqual(['a · #1', 'a · #2'])
  const seeds = [
    called(1, 0.1, 1, 'α 0.1 seed 1'),
    called(2, 0.1, 2, 'α 0.1 seed 2'),
    called(3, 0.2, 1, 'α 0.2 seed 1'),
  ]
  expect([...namesOf(columnsOf(seeds, true)).values()]).toEqual(['α 0.1', 'α 0.1', 'α 0.2 seed 1'])
})

test('a curve is asked for once for each step that its run reaches', () => {
  const model = new CompareModel()
  model.apply({ kind: 'runs', runs: [runRow({ id: 1, step: 5 }), runRow({ id: 2, step: 9 })] })
  expect(model.missing('loss')).toEqual([1, 2])
  expect(model.missing('loss')).toEqual([])
  model.apply({ kind: 'runs', runs: [runRow({ id: 1, step: 6 }), runRow({ id: 2, step: 9 })] })
  expect(model.missing('loss')).toEqual([1])
  model.apply({
    kind: 'curves',
    metric: 'loss',
    curves: [{ runId: 1, series: toArrays({ metric: 'loss', steps: [1], values: [2] }) }],
  })
  expect(model.curve('loss', 1)?.last).toBe(2)
  expect(model.curve('loss', 2)).toBeUndefined()
})

test('a curve is asked for again when its last evaluation comes, and when its run ends', () => {
  const at = (lastStep: number) => ({ last: 1, lastStep, min: 1, minStep: 1, max: 1, maxStep: 1 })
  const row = (lastStep: number, status: RunRow['status'] = 'running') =>
    runRow({ id: 1, step: 100, status, summaries: { 'test/recallAt1': at(lastStep), loss: at(100) } })
  const model = new CompareModel()
  model.apply({ kind: 'runs', runs: [row(90)] })
  expect([model.missing('test/recallAt1'), model.missing('loss')]).toEqual([[1], [1]])
  model.apply({ kind: 'runs', runs: [row(100)] })
  expect([model.missing('test/recallAt1'), model.missing('loss')]).toEqual([[1], []])
  model.apply({ kind: 'runs', runs: [row(100, 'done')] })
  expect([model.missing('test/recallAt1'), model.missing('loss')]).toEqual([[1], [1]])
  expect(model.missing('test/recallAt1')).toEqual([])
})

test('a close-up stands for its stretch alone, and for its metric', () => {
  const model = new CompareModel()
  const whole = toArrays({ metric: 'loss', steps: [0, 50, 100], values: [3, 2, 1] })
  const near = toArrays({ metric: 'loss', steps: [40, 45, 50], values: [2.5, 2.25, 2] })
  model.apply({ kind: 'curves', metric: 'loss', curves: [{ runId: 1, series: whole }] })
  const closeUp = { runId: 1, fromStep: 40, toStep: 50, series: near }
  model.apply({ kind: 'closeUp', metric: 'loss', curves: [closeUp] })
  expect([...(model.curveIn('loss', 1, 42, 48)?.values ?? [])]).toEqual([2.5, 2.25, 2])
  expect([...(model.curveIn('loss', 1, 30, 48)?.values ?? [])]).toEqual([3, 2, 1])
  expect(model.curveIn('test/loss', 1, 42, 48)).toBeUndefined()
})

test('a close-up of a stretch that a run has not finished gives way to the whole curve as that grows', () => {
  const model = new CompareModel()
  const upTo = (last: number) => ({
    runId: 1,
    series: toArrays({ metric: 'loss', steps: [0, last - 1, last], values: [3, 2, 1] }),
  })
  const near = toArrays({ metric: 'loss', steps: [40, 45, 50], values: [2.5, 2.25, 2] })
  model.apply({ kind: 'curves', metric: 'loss', curves: [upTo(50)] })
  model.apply({ kind: 'closeUp', metric: 'loss', curves: [{ runId: 1, fromStep: 40, toStep: 100, series: near }] })
  expect(model.curveIn('loss', 1, 42, 90)?.steps[0]).toBe(40)
  model.apply({ kind: 'curves', metric: 'loss', curves: [upTo(60)] })
  expect(model.curveIn('loss', 1, 42, 90)?.lastStep).toBe(60)
  expect(model.curveIn('loss', 1, 42, 50)?.steps[0]).toBe(40)
})

test('clocks are asked for like curves, and place steps in time', () => {
  const model = new CompareModel()
  model.apply({ kind: 'runs', runs: [runRow({ id: 1, step: 5 })] })
  expect(model.missingClocks()).toEqual([1])
  expect(model.missingClocks()).toEqual([])
  expect(model.clock(1).timeOf(3)).toBe(0)
  model.apply({ kind: 'clocks', clocks: [{ runId: 1, clock: { steps: [1, 5], times: [1000, 1400] } }] })
  expect(model.clock(1).timeOf(3)).toBe(200)
})

test('columns are sorted by a setting or a result, those without it last', () => {
  const runs = [run(1, 0.5, 1, 0.6), run(2, 0.1, 1, 0.9), { ...run(3, 0.2, 1, 0), summaries: {} }]
  const ids = (row: string, descending: boolean) =>
    sortedColumns(columnsOf(runs, false), { row, descending }).map(column => column.run.id)
  expect(ids('test/recallAt1', true)).toEqual([2, 1, 3])
  expect(ids('test/recallAt1', false)).toEqual([1, 2, 3])
  expect(ids('loss.margin', false)).toEqual([2, 3, 1])
  expect(ids('mining.strategy', false)).toEqual([1, 2, 3])
  expect(ids('nothing', true)).toEqual([1, 2, 3])
  expect(sortedColumns(columnsOf(runs, false), null).map(column => column.run.id)).toEqual([1, 2, 3])
})

describe('brushes', () => {
  const a = axisOf('a', [0, 5, 10])
  const b = axisOf('b', [undefined, 2, 9])
  const numbers = (low: number, high: number) => ({ kind: 'numbers', low, high }) as const

  test('pick out the runs that lie in all that is marked', () => {
    expect(passing([a, b], new Map(), 3)).toEqual([true, true, true])
    expect(passing([a, b], new Map([['a', numbers(4, 10)]]), 3)).toEqual([false, true, true])
    expect(passing([a, b], new Map([['b', numbers(2, 9)]]), 3)).toEqual([false, true, true])
    const both = new Map([
      ['a', numbers(4, 10)],
      ['b', numbers(0, 5)],
    ])
    expect(passing([a, b], both, 3)).toEqual([false, true, false])
  })

  test('are what lies between two positions, from end to end whatever the scale', () => {
    expect(brushOn(a, 0.8, 0.3)).toEqual(numbers(3, 8))
    expect(brushOn(a, 0.5, 0.51)).toBeNull()
    expect(brushOn(a, -1, 2)).toEqual(numbers(0, 10))
    const rates = axisOf('rate', [1e-5, 3e-4, 0.0123])
    expect(brushOn(rates, 0, 1)).toEqual(numbers(1e-5, 0.0123))
    const [[low, high]] = marked(rates, brushOn(rates, 0.25, 0.75) ?? numbers(0, 0))
    expect([low, high]).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)])
  })

  test('mean the same values when other runs move the ends of their axis', () => {
    const brush = brushOn(a, 0.4, 1) ?? numbers(0, 0)
    const wider = axisOf('a', [0, 5, 10, 40])
    expect(passing([wider], new Map([['a', brush]]), 4)).toEqual([false, true, true, false])
    expect(marked(wider, brush)).toEqual([[0.1, 0.25]])
    // A run that has a word where the others have numbers: now the values are listed.
    const listed = axisOf('a', [0, 5, 10, 'auto'])
    expect(passing([listed], new Map([['a', brush]]), 4)).toEqual([false, true, true, false])
  })

  test('of listed values are those values, wherever they stand', () => {
    const axis = axisOf('miner', ['batch-all', 'semi-hard', 'batch-hard'])
    const brush = brushOn(axis, 0.4, 1) ?? numbers(0, 0)
    expect(brush).toEqual({ kind: 'names', names: new Set(['batch-hard', 'semi-hard']) })
    expect(marked(axis, brush)).toEqual([[0.47, 1]])
    const more = axisOf('miner', ['batch-all', 'semi-hard', 'batch-hard', 'n-hard', undefined])
    expect(passing([more], new Map([['miner', brush]]), 5)).toEqual([false, true, true, false, false])
    expect(marked(more, brush).map(([low, high]) => [low.toFixed(2), high.toFixed(2)])).toEqual([
      ['0.22', '0.28'],
      ['0.72', '0.78'],
    ])
    expect(brushOn(axis, 0.1, 0.4)).toBeNull()
  })

  test('of a single number mean that number', () => {
    const axis = axisOf('a', [3, 3])
    expect(brushOn(axis, 0.6, 0.9)).toBeNull()
    const brush = brushOn(axis, 0.3, 0.9) ?? numbers(0, 0)
    expect(passing([axisOf('a', [3, 3, 4])], new Map([['a', brush]]), 3)).toEqual([true, true, false])
    expect(marked(axis, brush)).toEqual([[0.47, 0.53]])
  })
})

test('curves of repeats are their mean, with the interval around it, where all of them are', () => {
  const placed = (xs: number[], values: number[]) => ({
    steps: Float64Array.from(xs),
    xs: Float64Array.from(xs),
    values: Float64Array.from(values),
  })
  const { xs, mean, low, high } = groupCurve([placed([0, 10, 20], [1, 2, 3]), placed([10, 20, 30], [4, 5, 6])])
  expect([...xs]).toEqual([10, 20])
  expect([...mean]).toEqual([3, 4])
  const { halfWidth } = repeats([2, 4])
  expect([...low]).toEqual([3 - (halfWidth ?? 0), 4 - (halfWidth ?? 0)])
  expect([...high]).toEqual([3 + (halfWidth ?? 0), 4 + (halfWidth ?? 0)])
  // Between two points the value lies on the line between them.
  expect([...groupCurve([placed([0, 4], [0, 4]), placed([0, 1, 4], [0, 3, 0])]).mean]).toEqual([0, 2])
  const long = placed(
    Array.from({ length: 1000 }, (_, i) => i),
    Array.from({ length: 1000 }, (_, i) => 2 * i),
  )
  const grouped = groupCurve([long, long])
  expect(grouped.xs).toHaveLength(200)
  expect(grouped.mean[100]).toBeCloseTo(2 * grouped.xs[100])
})
