/** Orders runs, and measures each against the best of its experiment. */
import { metricGoal, isMetricId } from '../../protocol/metrics.ts'
import { type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import type { RunOrder } from './treeSettings.ts'

/** The value that counts: the best of a metric that has a direction, else the last. */
export function scoreOf(run: RunRow, metric: string): number | undefined {
  const summary = summaryOf(run, metric)
  if (summary === undefined) return undefined
  switch (goalOf(metric)) {
    case 'maximize':
      return summary.max
    case 'minimize':
      return summary.min
    default:
      return summary.last
  }
}

export function goalOf(metric: string): 'minimize' | 'maximize' | undefined {
  return isMetricId(metric) ? metricGoal[metric] : undefined
}

export function bestOf(runs: readonly RunRow[], metric: string): number | undefined {
  const scores = runs.flatMap(run => scoreOf(run, metric) ?? [])
  if (scores.length === 0) return undefined
  return goalOf(metric) === 'minimize' ? Math.min(...scores) : Math.max(...scores)
}

/** Starred ones first, then as asked; runs without the metric last. */
export function ordered(runs: readonly RunRow[], order: RunOrder, metric: string): RunRow[] {
  const direction = goalOf(metric) === 'minimize' ? 1 : -1
  const compare = (a: RunRow, b: RunRow): number => {
    switch (order) {
      case 'newest':
        return b.id - a.id
      case 'name':
        return a.name.localeCompare(b.name, undefined, { numeric: true }) || b.id - a.id
      case 'metric': {
        const [x, y] = [scoreOf(a, metric), scoreOf(b, metric)]
        if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined) || b.id - a.id
        return direction * (x - y) || b.id - a.id
      }
      case 'duration':
        return durationOf(b) - durationOf(a) || b.id - a.id
    }
  }
  return [...runs].sort((a, b) => Number(b.star) - Number(a.star) || compare(a, b))
}

function durationOf(run: RunRow): number {
  return run.started === null || run.ended === null ? 0 : run.ended - run.started
}
