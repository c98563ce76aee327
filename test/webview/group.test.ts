import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { FromGroup, GroupState, ToGroup } from '../../protocol/group.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import { groupExtent } from '../../webview/group/extent.ts'
import { dashOf, groupCharts } from '../../webview/group/charts.ts'
import { curveKey, GroupModel, runOfKey } from '../../webview/group/model.ts'
import { runRow } from './fixtures.ts'

const clock = { steps: [], times: [] }
const show = (id: number, values: number[]) => ({
  kind: 'show' as const,
  run: runRow({ id, name: `run ${id}` }),
  series: [toArrays({ metric: 'loss', steps: values.map((_, i) => i + 1), values })],
  events: [],
  clock,
})

function group(): GroupModel {
  const model = new GroupModel()
  model.apply({ kind: 'members', runIds: [3, 1] }, 0)
  model.apply(show(1, [0.5, 0.4]), 0)
  model.apply(show(3, [0.9]), 0)
  return model
}

describe('GroupModel', () => {
  test('keeps the runs in the order of the group, each with its own curves', () => {
    const model = group()
    expect(model.members.map(({ run }) => run.id)).toEqual([3, 1])
    expect([...(model.curves.get(curveKey('loss', 1))?.values ?? [])]).toEqual([0.5, 0.4])
    expect([...(model.curves.get(curveKey('loss', 3))?.values ?? [])]).toEqual([0.9])
  })

  test('deltas go to the run that they are of', () => {
    const model = group()
    const series = [{ metric: 'loss', steps: [3], values: [0.3] }]
    const changed = [runRow({ id: 3, status: 'paused' })]
    model.apply(
      {
        kind: 'deltas',
        deltas: [
          { kind: 'points', runId: 1, series },
          { kind: 'runs', changed, removed: [] },
        ],
      },
      1,
    )
    expect(model.members.map(({ run, model: one }) => [run.id, run.status, one.lastStep])).toEqual([
      [3, 'paused', 1],
      [1, 'running', 3],
    ])
  })

  test('a run that is removed leaves', () => {
    const model = group()
    model.apply({ kind: 'deltas', deltas: [{ kind: 'runs', changed: [], removed: [3] }] }, 1)
    expect(model.members.map(({ run }) => run.id)).toEqual([1])
  })
})

test('the axis goes from the first point of all runs to the last; those without points are left out', () => {
  const model = group()
  const own = (step: number) => step
  const waiting = { ...show(2, []), run: runRow({ id: 2, status: 'queued' }) }
  model.apply({ kind: 'members', runIds: [3, 1, 2] }, 0)
  model.apply(waiting, 0)
  expect(groupExtent(model.members, () => own, false)).toEqual([1, 2])
  expect(groupExtent(model.members, () => own, true)).toEqual([1, 2])
  // The first step is at time 0, where a logarithmic axis has no place.
  const timeOf = (step: number) => (step - 1) * 1000
  expect(groupExtent(model.members, () => timeOf, true)).toEqual([1000, 1000 + 1e-9])
  const none = model.members.filter(({ run }) => run.id === 2)
  expect(groupExtent(none, () => own, true)).toEqual([1, 1 + 1e-9])
  expect(groupExtent(none, () => own, false)).toEqual([0, 1e-9])
})

test('a chart has a line for each run, and none where no run has values', () => {
  const charts = groupCharts([runRow({ id: 3 }), runRow({ id: 1 })], key => key.startsWith('loss'))
  expect(charts.map(chart => chart.metric)).toEqual(['loss'])
  expect(charts[0].definition.layers).toMatchObject([
    { metric: 'loss@3', color: 'run3' },
    { metric: 'loss@1', color: 'run1' },
  ])
  expect(runOfKey(curveKey('test/recallAt1', 12))).toBe(12)
})

test('runs that share a colour differ in their strokes', () => {
  const runs = [1, 9, 2, 17].map(id => ({ id }))
  expect(runs.map((_, i) => dashOf(runs, i).length > 0)).toEqual([false, true, false, true])
  expect(dashOf(runs, 1)).not.toEqual(dashOf(runs, 3))
})

test('what does not fit is refused on both sides', () => {
  for (const message of [null, {}, { kind: 'members' }, { kind: 'show', run: {} }])
    expect(v.safeParse(ToGroup, message).success).toBe(false)
  for (const message of [{ kind: 'wish', runId: 1, wish: 'fly' }, { kind: 'open' }, 3])
    expect(v.safeParse(FromGroup, message).success).toBe(false)
  expect(v.safeParse(GroupState, { runIds: [] }).success).toBe(false)
})
