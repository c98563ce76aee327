import { describe, expect, it } from 'vitest'
import type { RunStatus } from '../../protocol/runEvent.ts'
import type { Store } from '../../server/store/store.ts'
import { opened, points, queued, spec, temporaryFolder } from './helpers.ts'

function ended(store: Store, count: number, status: RunStatus = 'done') {
  return queued(store, count).map(id => {
    store.appendPoints(id, [points('loss', [3, 2, 1])])
    store.setStatus(id, status)
    return { id, created: store.run(id)?.created ?? 0 }
  })
}

describe('the trash', () => {
  it('hides a run from everybody at once, and gives it back whole', () => {
    const store = opened(temporaryFolder())
    const [first, second] = ended(store, 2)
    const tail = store.tail()
    const before = store.revision()
    expect(store.trashRuns([first])).toEqual([first.id])
    expect(store.run(first.id)).toBeNull()
    expect(store.runs().map(run => run.id)).toEqual([second.id])
    expect(store.runsSince(before)).toEqual({ changed: [], removed: [first.id] })
    expect(store.trash()).toMatchObject([{ id: first.id, name: 'run 0' }])
    expect(store.restoreRuns([first.id, second.id, 99])).toEqual([first.id])
    expect(store.trash()).toEqual([])
    expect(store.run(first.id)?.summaries['loss']).toMatchObject({ min: 1, last: 1 })
    expect(store.series(first.id)).toMatchObject([{ values: [3, 2, 1] }])
    store.close()
    tail.close()
  })

  it('takes no run that trains, and none that only has the number of the one that was meant', () => {
    const store = opened(temporaryFolder())
    const [queuedRun] = queued(store).map(id => ({ id, created: store.run(id)?.created ?? 0 }))
    const [other] = ended(store, 1)
    expect(store.trashRuns([queuedRun, { id: other.id, created: other.created - 1 }, { id: 99, created: 0 }])).toEqual(
      [],
    )
    expect(store.runs()).toHaveLength(2)
    // It was asked for twice: by two windows, say.
    expect(store.trashRuns([other, other])).toEqual([other.id])
    store.requeue(other.id)
    expect(store.claimNext()?.id).toBe(queuedRun.id)
    expect(store.claimNext()).toBeNull()
  })

  it('is emptied of what is old enough, for good', () => {
    const store = opened(temporaryFolder())
    const [first, second, kept] = ended(store, 3)
    store.trashRuns([first, second])
    const [{ trashed }] = store.trash()
    expect(store.emptyTrash(trashed - 60_000)).toEqual([])
    store.restoreRuns([second.id])
    const before = store.revision()
    expect(store.emptyTrash(Date.now() + 1)).toEqual([first.id])
    expect(store.restoreRuns([first.id])).toEqual([])
    expect(store.runsSince(before).removed).toEqual([first.id])
    expect(store.runs().map(run => run.id)).toEqual([kept.id, second.id])
    expect(store.metricsOf(first.id)).toEqual([])
    expect(store.series(second.id)).toMatchObject([{ values: [3, 2, 1] }])
  })
})

describe('emptying the trash of what somebody was shown', () => {
  it('leaves what was deleted since', () => {
    const store = opened(temporaryFolder())
    const [first, second, later] = ended(store, 3)
    store.trashRuns([first, second])
    const shown = store.trash()
    store.trashRuns([later])
    const before = store.revision()
    expect(store.removeTrashed(shown).toSorted()).toEqual([first.id, second.id])
    expect(store.trash().map(run => run.id)).toEqual([later.id])
    expect(store.runsSince(before).removed.toSorted()).toEqual([first.id, second.id])
    expect(store.metricsOf(first.id)).toEqual([])
    // Asked twice, by two windows: there is nothing more to do.
    expect(store.removeTrashed(shown)).toEqual([])
    store.close()
  })

  it('leaves what was taken back, also when it was deleted again', () => {
    const store = opened(temporaryFolder())
    const [back, again] = ended(store, 2)
    store.trashRuns([back, again])
    // As if that had been a while ago.
    const shown = store.trash().map(run => ({ ...run, trashed: run.trashed - 1 }))
    store.restoreRuns([back.id])
    expect(store.removeTrashed([...shown, { id: 99, trashed: 1 }])).toEqual([])
    expect(store.runs().map(run => run.id)).toEqual([back.id])
    expect(store.trash().map(run => run.id)).toEqual([again.id])
    store.close()
  })
})

describe('places and headings', () => {
  it('are kept, and the runs that a sweep adds go where the others are', () => {
    const store = opened(temporaryFolder())
    const add = (sweepId: number | null) =>
      store.queueRuns([{ name: 'a', experiment: 'a.triplet.json', sweepId, spec }])[0] ?? 0
    const [one, two, single] = [add(1), add(1), add(null)]
    for (const id of [one, two]) store.annotate(id, { heading: 'paper' })
    expect(store.run(add(1))?.heading).toBe('paper')
    store.annotate(two, { heading: '' })
    expect(store.run(add(1))?.heading).toBe('')
    expect(store.run(add(null))?.heading).toBe('')
    store.placeRuns([two, single])
    expect([one, two, single].map(id => store.run(id)?.place)).toEqual([null, 0, 1])
    const before = store.revision()
    store.placeRuns([two, single])
    expect(store.runsSince(before).changed).toEqual([])
  })

  it('say once that a run ended, to whoever asks first', () => {
    const store = opened(temporaryFolder())
    const [{ id }] = ended(store, 1)
    expect([store.claimNotice(id), store.claimNotice(id)]).toEqual([true, false])
    store.requeue(id)
    expect(store.claimNotice(id)).toBe(false)
    store.setStatus(id, 'done')
    expect([store.claimNotice(id), store.claimNotice(id)]).toEqual([true, false])
  })
})
