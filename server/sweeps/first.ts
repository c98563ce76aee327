import type { Store } from '../store/store.ts'

/** A sweep's runs, those that it adds later among them, are trained before all that wait now. */
export function runSweepFirst(store: Store, sweepId: number): void {
  store.transaction(() => {
    const priority = store.highestPriority() + 1
    store.setSweepPriority(sweepId, priority)
    for (const run of store.runs({ sweepId, statuses: ['queued', 'interrupted', 'paused'], metrics: [] }))
      store.setPriority(run.id, priority)
  })
}
