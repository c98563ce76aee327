/**
 * The queue on this machine: the store itself. Takes queued runs up to the slots, notices trainers that died, and puts
 * their runs in line again, from their checkpoints.
 */
import * as l10n from '@vscode/l10n'
import { endedStatuses, type RunRow, type RunWish } from '../../protocol/runEvent.ts'
import type { Placement } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import type { Slots } from './slots.ts'

/** How the queue starts and sees trainers: processes in the training server, anything in a test. */
export interface Trainers {
  start(run: RunRow, place: Placement): void
  /** Whether a trainer of this run lives. One that was started a moment ago counts, though it holds no lock yet. */
  isAlive(runId: number): boolean
  /** Where a person finds what the trainer had to say. */
  logOf(runId: number): string
}

/** Whoever looks after the sweeps of a store. */
export interface Sweeps {
  /** Looks at what has changed. */
  tick(): void
  /** Queues one more run, for a slot that is free. @returns whether there was one to queue */
  queueNext(): boolean
}
const noSweeps: Sweeps = { tick: () => undefined, queueNext: () => false }

/** Deaths in a row without a step of progress before a run counts as failed. */
export const patience = 5

/** More than any machine has room for. */
const endless = 1_000

const names: { readonly metrics: readonly string[] } = { metrics: [] }

/** Whether something waits for a training server: what nobody works at and nobody wants to wait. */
export function needsTrainingServer(store: Store): boolean {
  const runs = store.runs({ ...names, statuses: ['queued', 'running', 'interrupted', 'paused'] })
  return (
    runs.some(run => (run.status === 'running' ? true : run.wish !== 'pause')) ||
    store.sweeps().some(sweep => sweep.wish === 'run')
  )
}

/**
 * Asks a run to go on, to pause or to stop. Its trainer obeys before the next batch; a run that waits in line is stopped
 * here; one that was stopped or has failed is put in line again when it is to go on.
 * Call `ensureTrainingServer` afterwards.
 *
 * @returns the run as it is now; `null` when there is none of this id
 */
export function requestWish(store: Store, runId: number, wish: RunWish): RunRow | null {
  return store.transaction(() => {
    const run = store.run(runId)
    if (!run) return null
    if (endedStatuses.has(run.status)) {
      if (wish === 'run' && (run.status === 'stopped' || run.status === 'failed')) store.requeue(runId)
    } else {
      store.setWish(runId, wish)
      if (wish === 'stop' && run.status === 'queued') stopWithoutTrainer(store, run)
    }
    return store.run(runId)
  })
}

function stopWithoutTrainer(store: Store, run: RunRow): void {
  store.transaction(() => {
    store.setStatus(run.id, 'stopped')
    store.addEvent(run.id, { step: run.step, kind: 'stopped', message: l10n.t('Stopped.') })
  })
}

export class LocalQueue {
  private readonly store: Store
  private readonly trainers: Trainers
  private readonly slots: Slots
  private readonly sweeps: Sweeps

  constructor(store: Store, trainers: Trainers, slots: Slots, sweeps: Sweeps = noSweeps) {
    this.sweeps = sweeps
    this.store = store
    this.trainers = trainers
    this.slots = slots
  }

  /**
   * One look at the store. Paused trainers hold no slot: they do not compute. One that is to go on holds its slot from then
   * on: it computes as soon as it sees the wish.
   * @returns whether there is still something to wait for
   */
  tick(): boolean {
    const runs = this.store.runs({ ...names, statuses: ['running', 'paused', 'interrupted', 'queued'] })
    this.sweeps.tick()
    let alive = 0
    const running: Placement[] = []
    for (const run of runs) {
      if (run.status !== 'queued' && this.trainers.isAlive(run.id)) {
        alive++
        if (run.status === 'running' || run.wish === 'run') running.push(this.store.placement(run.id))
      } else this.withoutTrainer(run)
    }
    for (let waiting = this.waiting(); ; waiting--) {
      const place = this.slots.next(running, waiting)
      if (place === null) break
      const run = this.store.claimNext(place) ?? (this.sweeps.queueNext() ? this.store.claimNext(place) : null)
      if (!run) break
      this.trainers.start(run, place)
      alive++
      running.push(this.store.placement(run.id))
    }
    return alive > 0 || needsTrainingServer(this.store)
  }

  /** Runs that would be taken; a sweep always has more. */
  private waiting(): number {
    const sweeps = this.store.sweeps().some(sweep => sweep.wish === 'run')
    const queued = this.store.runs({ ...names, statuses: ['queued'] }).filter(run => run.wish === 'run').length
    return sweeps ? Math.max(queued, endless) : queued
  }

  /** A run that no trainer works at: what becomes of it depends on what it was and what is wished of it. */
  private withoutTrainer(run: RunRow): void {
    if (run.wish === 'stop') {
      stopWithoutTrainer(this.store, run)
      return
    }
    if (run.status === 'running') this.died(run)
    // A paused run may lose its trainer, when the machine is restarted for one: it waits until it is wanted again.
    else if (run.status === 'interrupted' || (run.status === 'paused' && run.wish === 'run')) this.store.putBack(run.id)
  }

  private died(run: RunRow): void {
    this.store.transaction(() => {
      // It may have ended properly since the store was read.
      if (this.store.run(run.id)?.status !== 'running') return
      const deaths = this.store.countStall(run.id)
      if (deaths <= patience) {
        this.store.addEvent(run.id, {
          step: run.step,
          kind: 'interrupted',
          message: l10n.t('The trainer died near step {0}. The run goes on from its last checkpoint.', run.step),
        })
        this.store.setStatus(run.id, 'interrupted')
        return
      }
      const message = l10n.t(
        'The trainer died {0} times at step {1} without getting any further. {2} may say why.',
        deaths,
        run.step,
        this.trainers.logOf(run.id),
      )
      this.store.setStatus(run.id, 'failed', message)
      this.store.addEvent(run.id, { step: run.step, kind: 'failed', message })
    })
  }
}
