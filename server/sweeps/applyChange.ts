/** A change of a sweep into the store. */
import { endedStatuses } from '../../protocol/runEvent.ts'
import type { ResolvedRun } from '../experiment/resolvedRun.ts'
import type { ExperimentTree } from '../experiment/tree.ts'
import type { Store } from '../store/store.ts'
import { changeSweep } from './change.ts'
import { overridden, planIn, type SweepPlan } from './plan.ts'

export type AppliedChange =
  | { readonly kind: 'changed'; readonly added: number; readonly dropped: number; readonly kept: number }
  /** The file asks for none of the sweep's runs: it would be another sweep. */
  | { readonly kind: 'unrelated' }
  | { readonly kind: 'unknown' }

/**
 * Goes on with a sweep as its file is now: what was run stays, what waits and is no longer asked for goes, what is asked
 * for and missing is queued. Call `ensureTrainingServer` afterwards.
 */
export function applyChange(
  store: Store,
  sweepId: number,
  tree: ExperimentTree,
  { specs, sweep }: { readonly specs: readonly ResolvedRun[]; readonly sweep: SweepPlan },
): AppliedChange {
  return store.transaction((): AppliedChange => {
    const row = store.sweep(sweepId)
    if (row === null) return { kind: 'unknown' }
    const plan = { ...sweep, overrides: planIn(row).overrides }
    const runs = new Map(store.runs({ sweepId, metrics: [] }).map(run => [run.id, run]))
    const trials = store.trials(sweepId)
    const members = trials.flatMap(({ runId, number, repeat }) => {
      const run = runs.get(runId)
      return run === undefined ? [] : [{ run, number, repeat }]
    })
    const grid = specs.map((run, i) => ({ ...run, spec: overridden(run.spec, repeated(plan, i)) }))
    // Runs in the trash keep their places: nobody else gets their numbers.
    const taken = new Set(trials.map(one => `${one.number} ${one.repeat}`))
    const next = 1 + trials.reduce((last, one) => Math.max(last, one.number), -1)
    const change = changeSweep(tree, plan, members, grid, next)
    if (change.kept.size === 0 && members.length > 0) return { kind: 'unrelated' }
    for (const id of change.dropped) store.dropQueued(id)
    for (const [runId, assignment] of change.kept) store.updateTrial(runId, { assignment })
    for (const { number, repeat, run } of change.added) {
      if (taken.has(`${number} ${repeat}`)) continue
      const { name, spec, axes } = run
      const [id] = store.queueRuns([{ name, experiment: row.experiment, sweepId, spec, priority: row.priority }])
      store.addTrial(sweepId, number, repeat, id, axes)
      if (row.wish === 'pause') store.setWish(id, 'pause')
    }
    store.setSweepPlan(sweepId, plan)
    const unfinished = change.added.length > 0 || [...runs.values()].some(run => !endedStatuses.has(run.status))
    if (unfinished || plan.method === 'bayes') store.setSweepStatus(sweepId, 'running')
    return { kind: 'changed', added: change.added.length, dropped: change.dropped.length, kept: change.kept.size }
  })
}

/** A seed that was given in place of the file's is that of the first repeat. */
function repeated({ overrides, repeats }: SweepPlan, i: number): SweepPlan['overrides'] {
  return overrides.seed === undefined ? overrides : { ...overrides, seed: overrides.seed + (i % repeats) }
}
