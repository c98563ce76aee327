import { expect, it } from 'vitest'
import { opened, points, queued, temporaryFolder, throwAway } from './helpers.ts'

it('gives only what is new, of watched runs the points and events, of all runs the rows', () => {
  const store = opened(temporaryFolder())
  const [first = 0, second = 0] = queued(store, 2)
  store.appendPoints(first, [points('loss', [1, 2])])
  const tail = store.tail()
  expect(tail.poll()).toEqual([])
  tail.watch(first)

  store.appendPoints(first, [points('loss', [3, 4], 3), points('easy', [0.1], 3)])
  store.appendPoints(second, [points('loss', [7])])
  store.addEvent(first, { step: 4, kind: 'epoch', message: 'Epoch 1.' })
  const deltas = tail.poll()
  expect(deltas.map(delta => delta.kind)).toEqual(['runs', 'points', 'events'])
  expect(deltas[0]).toMatchObject({ changed: [{ id: second }, { id: first }], removed: [] })
  expect(deltas[1]).toEqual({
    kind: 'points',
    runId: first,
    series: [
      { metric: 'loss', steps: [3, 4], values: [3, 4] },
      { metric: 'easy', steps: [3], values: [0.1] },
    ],
  })
  expect(deltas[2]).toMatchObject({ runId: first, events: [{ kind: 'epoch', step: 4 }] })
  expect(tail.poll()).toEqual([])

  tail.unwatch(first)
  store.appendPoints(first, [points('loss', [5], 5)])
  expect(tail.poll().map(delta => delta.kind)).toEqual(['runs'])
  throwAway(store, second)
  expect(tail.poll()).toMatchObject([{ kind: 'runs', changed: [], removed: [second] }])
  tail.close()
})

it('hands out a flood in parts and misses nothing', () => {
  const store = opened(temporaryFolder())
  const [id = 0] = queued(store)
  const tail = store.tail()
  tail.watch(id)
  const values = Array.from({ length: 25_000 }, (_, i) => i)
  store.appendPoints(id, [points('loss', values)])
  const seen: number[] = []
  for (let i = 0; i < 5; i++)
    for (const delta of tail.poll()) if (delta.kind === 'points') seen.push(...(delta.series[0]?.values ?? []))
  expect(seen).toEqual(values)
  expect(tail.poll()).toEqual([])
  tail.close()
})
