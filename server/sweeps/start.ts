/** A sweep into the store. */
import type { ResolvedRun } from '../experiment/resolvedRun.ts'
import type { Store } from '../store/store.ts'
import type { SweepPlan } from './plan.ts'

/**
 * Queues a sweep with the runs that do not depend on results; `SweepKeeper` adds the others when there is room for them.
 * @returns the ids of the runs
 */
export function startSweep(
  store: Store,
  experiment: string,
  plan: SweepPlan,
  runs: readonly ResolvedRun[],
  priority = 0,
): number[] {
  return store.transaction(() => {
    const sweepId = store.addSweep(experiment, plan, priority)
    const cap = plan.runCap ?? Infinity
    const ids: number[] = []
    for (let at = 0, number = 0; at < runs.length; at += plan.repeats, number++)
      ids.push(...addTrials(store, sweepId, experiment, number, runs.slice(at, Math.min(at + plan.repeats, cap))))
    return ids
  })
}

/** Queues all repeats of one combination. */
export function addTrials(
  store: Store,
  sweepId: number,
  experiment: string,
  number: number,
  runs: readonly ResolvedRun[],
): number[] {
  return store.transaction(() => {
    const priority = store.sweep(sweepId)?.priority ?? 0
    const ids = store.queueRuns(runs.map(({ name, spec }) => ({ name, experiment, sweepId, spec, priority })))
    for (const [repeat, id] of ids.entries()) store.addTrial(sweepId, number, repeat, id, runs[repeat].axes)
    return ids
  })
}
