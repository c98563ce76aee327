import { expect, test } from 'vitest'
import { DeltaBuffer } from '../../server/languageServer/deltaBuffer.ts'
import { runRow } from '../webview/fixtures.ts'

const changed = (...ids: number[]) => ({ kind: 'runs' as const, changed: ids.map(id => runRow({ id })), removed: [] })
const removed = (...ids: number[]) => ({ kind: 'runs' as const, changed: [], removed: ids })

function gathered(...deltas: Parameters<DeltaBuffer['add']>[0][]) {
  const buffer = new DeltaBuffer()
  for (const delta of deltas) buffer.add(delta)
  const all = buffer.take()
  expect(buffer.empty).toBe(true)
  return all.map(delta => (delta.kind === 'runs' ? [delta.changed.map(run => run.id), delta.removed] : delta))
}

test('of a run that goes and comes back, or comes and goes, the last is said', () => {
  expect(gathered(removed(1, 2), changed(1))).toEqual([[[1], [2]]])
  expect(gathered(changed(1, 2), removed(1))).toEqual([[[2], [1]]])
  expect(gathered(removed(1), changed(1), removed(1))).toEqual([[[], [1]]])
})

test('points of a metric are put together in their order', () => {
  const points = (steps: number[]) => ({
    kind: 'points' as const,
    runId: 1,
    series: [{ metric: 'loss', steps, values: steps.map(step => step / 10) }],
  })
  expect(gathered(points([1, 2]), points([3]))).toEqual([
    { kind: 'points', runId: 1, series: [{ metric: 'loss', steps: [1, 2, 3], values: [0.1, 0.2, 0.3] }] },
  ])
})
