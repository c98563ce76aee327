/** An experiment's runs into the store: the same for the editor and the command line. */
import type { ResolvedRun } from './experiment/resolvedRun.ts'
import type { Store } from './store/store.ts'
import type { SweepPlan } from './sweeps/plan.ts'
import { startSweep } from './sweeps/start.ts'

/**
 * Queues what an experiment file asks for: one run, or a sweep. Call `ensureTrainingServer` afterwards.
 *
 * @param experiment path of the file, relative to the workspace folder, with `/`
 * @param priority runs with a higher one are trained first
 * @returns the ids of the runs queued now, in order; a sweep may add others later
 */
export function queueExperiment(
  store: Store,
  experiment: string,
  { specs, sweep }: { readonly specs: readonly ResolvedRun[]; readonly sweep: SweepPlan | null },
  priority = 0,
): number[] {
  if (sweep !== null) return startSweep(store, experiment, sweep, specs, priority)
  return store.queueRuns(specs.map(({ name, spec }) => ({ name, experiment, spec, priority })))
}
