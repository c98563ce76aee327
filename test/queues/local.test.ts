import { describe, expect, it } from 'vitest'
import { LocalQueue, needsTrainingServer, patience, requestWish } from '../../server/queues/local.ts'
import { runsAtOnce } from './machine.ts'
import type { Store } from '../../server/store/store.ts'
import { opened, queued, temporaryFolder } from '../store/helpers.ts'

/** Trainers that live until they are told not to. */
function someTrainers() {
  const alive = new Set<number>()
  return {
    alive,
    start: (run: { id: number }) => void alive.add(run.id),
    isAlive: (runId: number) => alive.has(runId),
    logOf: (runId: number) => `run-${runId}.log`,
  }
}

function setUp(slots = 1): { store: Store; trainers: ReturnType<typeof someTrainers>; queue: LocalQueue } {
  const store = opened(temporaryFolder())
  const trainers = someTrainers()
  return { store, trainers, queue: new LocalQueue(store, trainers, runsAtOnce(slots)) }
}

describe('the local queue', () => {
  it('starts as many trainers as there are slots, oldest run first, and is idle when all is done', () => {
    const { store, trainers, queue } = setUp(2)
    expect(queue.tick()).toBe(false)
    const [first = 0, second = 0, third = 0] = queued(store, 3)
    expect(queue.tick()).toBe(true)
    expect([...trainers.alive]).toEqual([first, second])
    trainers.alive.delete(first)
    store.setStatus(first, 'done')
    queue.tick()
    expect([...trainers.alive]).toEqual([second, third])
    for (const id of [second, third]) store.setStatus(id, 'done')
    trainers.alive.clear()
    expect(queue.tick()).toBe(false)
  })

  it('takes runs with a higher priority first', () => {
    const { store, trainers, queue } = setUp()
    const [first = 0, second = 0, third = 0] = queued(store, 3)
    store.setPriority(third, 1)
    expect(store.highestPriority()).toBe(1)
    const order: number[] = []
    for (let i = 0; i < 3; i++) {
      queue.tick()
      const [id = 0] = trainers.alive
      order.push(id)
      trainers.alive.clear()
      store.setStatus(id, 'done')
    }
    expect(order).toEqual([third, first, second])
  })

  it('keeps the threads of a run that has begun, so that its curve stays the same', () => {
    const { store, trainers, queue } = setUp(4)
    const [id = 0] = queued(store)
    queue.tick()
    expect(store.placement(id)).toEqual({ threads: 2, device: null })
    store.setProgress(id, { step: 5 })
    trainers.alive.clear()
    const alone = new LocalQueue(store, trainers, runsAtOnce(1))
    alone.tick()
    alone.tick()
    expect(store.run(id)).toMatchObject({ status: 'running', attempt: 2 })
    expect(store.placement(id)).toEqual({ threads: 2, device: null })
  })

  it('puts a run whose trainer died in line again and says so', () => {
    const { store, trainers, queue } = setUp()
    const [id = 0] = queued(store)
    queue.tick()
    store.setProgress(id, { step: 12 })
    trainers.alive.clear()
    queue.tick()
    expect(store.run(id)?.status).toBe('interrupted')
    queue.tick()
    expect(store.run(id)).toMatchObject({ status: 'running', attempt: 2 })
    expect(store.events(id)).toMatchObject([{ kind: 'interrupted', step: 12 }])
  })

  it('gives up on a run that dies again and again without progress', () => {
    const { store, trainers, queue } = setUp()
    const [id = 0] = queued(store)
    for (let i = 0; i < 20; i++) {
      queue.tick()
      trainers.alive.clear()
    }
    expect(store.run(id)).toMatchObject({ status: 'failed', attempt: patience + 1 })
    expect(store.run(id)?.message).toContain('run-1.log')
  })

  it('keeps trying as long as there is progress', () => {
    const { store, trainers, queue } = setUp()
    const [id = 0] = queued(store)
    for (let i = 1; i <= 40; i++) {
      queue.tick()
      if (trainers.alive.size > 0) store.setProgress(id, { step: i })
      trainers.alive.clear()
    }
    expect(store.run(id)?.status).not.toBe('failed')
    expect(store.run(id)?.attempt).toBeGreaterThan(10)
  })

  it('does not count a run as dead that ended between two looks', () => {
    const { store, queue, trainers } = setUp()
    const [id = 0] = queued(store)
    queue.tick()
    trainers.isAlive = () => {
      store.setStatus(id, 'done')
      return false
    }
    queue.tick()
    expect(store.run(id)?.status).toBe('done')
    expect(store.events(id)).toEqual([])
  })

  it('gives the slot of a paused run that is to go on to nobody else', () => {
    const { store, trainers, queue } = setUp()
    const [first = 0, second = 0] = queued(store, 2)
    queue.tick()
    for (const id of [first, second]) requestWish(store, id, 'pause')
    store.setStatus(first, 'paused')
    queue.tick()
    expect([...trainers.alive]).toEqual([first])
    // Its trainer has not seen the wish yet.
    for (const id of [first, second]) requestWish(store, id, 'run')
    queue.tick()
    expect([...trainers.alive]).toEqual([first])
    expect(store.run(second)?.status).toBe('queued')
  })

  it('lets a paused run give its slot to the next, and wait without a trainer', () => {
    const { store, trainers, queue } = setUp()
    const [first = 0, second = 0] = queued(store, 2)
    queue.tick()
    requestWish(store, first, 'pause')
    store.setStatus(first, 'paused')
    queue.tick()
    expect([...trainers.alive]).toEqual([first, second])
    trainers.alive.delete(first)
    store.setStatus(second, 'done')
    trainers.alive.delete(second)
    expect(queue.tick()).toBe(false)
    expect(store.run(first)?.status).toBe('paused')
    requestWish(store, first, 'run')
    expect(needsTrainingServer(store)).toBe(true)
    queue.tick()
    queue.tick()
    expect(store.run(first)).toMatchObject({ status: 'running', attempt: 2 })
  })

  it('stops what waits at once, and what lost its trainer as soon as it looks', () => {
    const { store, trainers, queue } = setUp()
    const [first = 0, second = 0] = queued(store, 2)
    expect(requestWish(store, second, 'stop')).toMatchObject({ status: 'stopped' })
    queue.tick()
    trainers.alive.clear()
    expect(requestWish(store, first, 'stop')).toMatchObject({ status: 'running', wish: 'stop' })
    expect(queue.tick()).toBe(false)
    expect(store.run(first)?.status).toBe('stopped')
    expect(requestWish(store, 99, 'stop')).toBeNull()
  })

  it('puts a stopped run in line again when it is to go on, and leaves one that is done alone', () => {
    const { store } = setUp()
    const [first = 0, second = 0] = queued(store, 2)
    requestWish(store, first, 'stop')
    expect(requestWish(store, first, 'run')).toMatchObject({ status: 'queued', wish: 'run', ended: null })
    store.setStatus(second, 'done')
    expect(requestWish(store, second, 'run')).toMatchObject({ status: 'done' })
    expect(requestWish(store, second, 'stop')).toMatchObject({ status: 'done', wish: 'run' })
  })
})
