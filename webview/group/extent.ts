/** Both ends of an axis on which several runs are drawn. Pure. */
import type { AxisOf } from '../charts/layers.ts'
import type { Member } from './model.ts'

/**
 * From the first point to the last one of all runs; on a logarithmic axis from the first that has a place there. A run that
 * waits for its turn has no points, and no say.
 */
export function groupExtent(
  members: readonly Member[],
  axisOf: (runId: number) => AxisOf,
  logX: boolean,
): readonly [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const { run, model } of members) {
    const of = axisOf(run.id)
    const isShown = (step: number) => !logX || of(step) > 0
    if (![...model.curves.values()].some(curve => curve.steps.some(isShown))) continue
    low = Math.min(low, of(model.firstStep(isShown)))
    high = Math.max(high, of(model.lastStep))
  }
  if (low > high) low = high = logX ? 1 : 0
  return [low, Math.max(high, low + 1e-9)]
}
