import { describe, expect, it } from 'vitest'
import { opened, points, queued, spec, temporaryFolder, throwAway } from './helpers.ts'

describe('runs', () => {
  it('come back as they were queued, newest first', () => {
    const store = opened(temporaryFolder())
    const ids = store.queueRuns([
      { name: 'α 0.1', experiment: 'a.triplet.json', sweepId: 4, spec: { ...spec, seed: 7 } },
      { name: 'α 0.2', experiment: 'b.triplet.json', spec },
    ])
    expect(store.runs().map(run => run.id)).toEqual(ids.toReversed())
    expect(store.run(ids[0] ?? 0)).toMatchObject({
      name: 'α 0.1',
      experiment: 'a.triplet.json',
      sweepId: 4,
      status: 'queued',
      wish: 'run',
      attempt: 0,
      spec: { ...spec, seed: 7 },
      epochs: 2,
      started: null,
      ended: null,
      summaries: {},
    })
    expect(store.run(99)).toBeNull()
    expect(store.runs({ experiment: 'a.triplet.json' })).toHaveLength(1)
    expect(store.runs({ limit: 1 }).map(run => run.name)).toEqual(['α 0.2'])
  })

  it('are claimed oldest first, each once, and not while someone wants them to wait', () => {
    const store = opened(temporaryFolder())
    const [first = 0, second = 0, third = 0] = queued(store, 3)
    store.setWish(first, 'pause')
    expect(store.claimNext()).toMatchObject({ id: second, status: 'running', attempt: 1 })
    expect(store.claimNext()?.id).toBe(third)
    expect(store.claimNext()).toBeNull()
    store.setWish(first, 'run')
    expect(store.claimNext()?.id).toBe(first)
    expect(store.claimed(first)).toBeGreaterThan(Date.now() - 5000)
    store.trainerArrived(first)
    expect(store.claimed(first)).toBeNull()
  })

  it('carry the time and the reason of their end, and can be put in line again for more epochs', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    store.claimNext()
    store.setStatus(id, 'failed', 'The folder is gone.')
    expect(store.run(id)).toMatchObject({ status: 'failed', message: 'The folder is gone.' })
    expect(store.run(id)?.ended).not.toBeNull()
    store.requeue(id, 5)
    expect(store.run(id)).toMatchObject({
      status: 'queued',
      message: null,
      ended: null,
      epochs: 5,
      spec: { epochs: 5 },
    })
  })

  it('count deaths without progress, and forget them after progress', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    expect([store.countStall(id), store.countStall(id), store.countStall(id)]).toEqual([1, 2, 3])
    store.setProgress(id, { step: 10 })
    expect([store.countStall(id), store.countStall(id)]).toEqual([1, 2])
  })

  it('say what changed and what was removed since a revision', () => {
    const store = opened(temporaryFolder())
    const [first = 0, second = 0, third = 0] = queued(store, 3)
    const before = store.revision()
    expect(store.runsSince(before)).toEqual({ changed: [], removed: [] })
    store.setWish(second, 'stop')
    store.appendPoints(third, [points('loss', [1])])
    throwAway(store, first)
    const { changed, removed } = store.runsSince(before)
    expect(changed.map(run => run.id)).toEqual([third, second])
    expect(removed).toEqual([first])
    expect(store.series(first)).toEqual([])
    throwAway(store, third)
    expect(store.runsSince(store.revision() - 1).removed).toEqual([third])
  })

  it('keep what people write about them and what they ran with', () => {
    const store = opened(temporaryFolder())
    const [id = 0] = queued(store)
    store.annotate(id, { name: 'baseline', notes: 'for figure 2', tags: ['paper'], star: true })
    const environment = {
      version: '0.1.0',
      node: '24.0.0',
      platform: 'linux x64',
      processor: 'some',
      cores: 2,
      memoryBytes: 8e9,
      gitCommit: null,
      libraries: { tfjs: '4.22.0' },
      dataset: { name: 'emoji', fingerprint: 'ab', images: 10, classes: 2, train: 5, test: 5, skipped: 0 },
    }
    store.setProgress(id, { environment, engine: 'tfjs-wasm', steps: 40 })
    expect(store.record(id)).toEqual({
      environment,
      parentId: null,
      notes: 'for figure 2',
      tags: ['paper'],
      star: true,
      archived: false,
    })
    expect(store.run(id)).toMatchObject({ name: 'baseline', engine: 'tfjs-wasm', steps: 40 })
  })
})
