import { expect, it } from 'vitest'
import { opened, queued, temporaryFolder } from './helpers.ts'

it('keeps events in order and says those of a step only once', () => {
  const store = opened(temporaryFolder())
  const [id = 0] = queued(store)
  store.addEvent(id, { step: 0, kind: 'started', message: 'Started.' })
  store.addEventOnce(id, { step: 20, kind: 'epoch', message: 'Epoch 1 of 2.' })
  store.addEventOnce(id, { step: 20, kind: 'epoch', message: 'Epoch 1 of 2.' })
  store.addEvent(id, { step: 0, kind: 'started', message: 'Started.' })
  const events = store.events(id)
  expect(events.map(event => event.kind)).toEqual(['started', 'epoch', 'started'])
  expect(store.events(id, events[1]?.id)).toEqual(events.slice(2))
})

it('finds the newest detail at or before a step', () => {
  const store = opened(temporaryFolder())
  const [id = 0] = queued(store)
  store.putDetail(id, 'histogram', 10, new Uint8Array([1]))
  store.putDetail(id, 'histogram', 20, new Uint8Array([2]))
  store.putDetail(id, 'histogram', 20, new Uint8Array([3]))
  expect(store.detail(id, 'histogram', 19)).toEqual({ step: 10, data: new Uint8Array([1]) })
  expect(store.detail(id, 'histogram')).toEqual({ step: 20, data: new Uint8Array([2]) })
  expect(store.detail(id, 'histogram', 9)).toBeNull()
  expect(store.detailSteps(id, 'histogram')).toEqual([10, 20])
})
