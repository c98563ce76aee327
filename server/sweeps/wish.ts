/** Pausing, resuming and stopping a sweep as a whole. */
import { endedStatuses } from '../../protocol/runEvent.ts'
import { requestWish } from '../queues/local.ts'
import type { Store } from '../store/store.ts'

/**
 * Asks a sweep and all its runs to go on, to pause or to stop. One that was stopped goes on with the runs that were
 * stopped with it, from their checkpoints. Call `ensureTrainingServer` afterwards.
 *
 * @returns whether there is such a sweep
 */
export function requestSweepWish(store: Store, sweepId: number, wish: 'run' | 'pause' | 'stop'): boolean {
  return store.transaction(() => {
    if (store.sweep(sweepId) === null) return false
    const runs = store.runs({ sweepId, metrics: [] })
    const heldRuns = new Set(store.trials(sweepId).flatMap(trial => (trial.held === null ? [] : [trial.runId])))
    // Oldest first, so that they go on in their order.
    for (const run of runs.toReversed()) {
      if (!endedStatuses.has(run.status) || (wish === 'run' && run.status === 'stopped' && !heldRuns.has(run.id)))
        requestWish(store, run.id, wish)
    }
    if (wish === 'stop') store.setSweepStatus(sweepId, 'stopped')
    else {
      store.setSweepWish(sweepId, wish)
      if (wish === 'run') store.setSweepStatus(sweepId, 'running')
    }
    return true
  })
}
