import type { MetricId } from '../../protocol/metrics.ts'
import type { RunRow } from '../../protocol/runEvent.ts'

/** The newest value of a metric; `undefined` when there is none yet. */
export function lastValue({ summaries }: RunRow, metric: MetricId): number | undefined {
  return Object.hasOwn(summaries, metric) ? summaries[metric].last : undefined
}
