/** An experiment's runs into the store: the same for the editor and the command line. */
import type { ResolvedRun } from './experiment/resolve.ts'
import type { Store } from './store/store.ts'

/**
 * Queues the runs of an experiment, as one sweep when there are several. Call `ensureTrainingServer` afterwards.
 *
 * @param experiment path of the file, relative to the workspace folder, with `/`
 * @returns their ids, in order
 */
export function queueExperiment(store: Store, experiment: string, specs: readonly ResolvedRun[]): number[] {
  return store.transaction(() => {
    const isSweep = specs.some(one => Object.keys(one.axes).length > 0)
    const sweepId = isSweep ? nextSweep(store) : null
    return store.queueRuns(specs.map(({ name, spec }) => ({ name, experiment, sweepId, spec })))
  })
}

function nextSweep(store: Store): number {
  let last = 0
  for (const run of store.runs({ metrics: [] })) last = Math.max(last, run.sweepId ?? 0)
  return last + 1
}
