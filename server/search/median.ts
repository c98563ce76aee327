/**
 * The median rule: a run whose best value so far is worse than the median of what the others had on average by then is
 * not worth going on with. Golovin et al., Google Vizier, KDD 2017, §3.2.2.
 */
import type { Report } from './report.ts'

export interface MedianOptions {
  /** No run is stopped before this resource. */
  readonly least: number
  /** Nor before so many others have come as far. */
  readonly others: number
}

/**
 * Whether a run should stop now. The best run of all is never stopped, nor one that has reported nothing.
 *
 * @param reports of the run, oldest first; lower values are better
 * @param others of the runs it is compared with
 */
export function belowMedian(
  reports: readonly Report[],
  others: readonly (readonly Report[])[],
  { least, others: enough }: MedianOptions,
): boolean {
  const now = reports.at(-1)?.resource ?? 0
  if (now < least || reports.length === 0) return false
  const own = bestOf(reports)
  if (others.every(one => own <= bestOf(one))) return false
  const averages = others.filter(one => (one.at(-1)?.resource ?? 0) >= now).map(one => averageUntil(one, now))
  if (averages.length < Math.max(1, enough)) return false
  return own > median(averages)
}

function bestOf(reports: readonly Report[]): number {
  return reports.reduce((best, { value }) => Math.min(best, value), Infinity)
}

function averageUntil(reports: readonly Report[], resource: number): number {
  const until = reports.filter(one => one.resource <= resource)
  // One whose first report came later counts with it.
  const counted = until.length > 0 ? until : reports.slice(0, 1)
  return counted.reduce((sum, { value }) => sum + value, 0) / counted.length
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
