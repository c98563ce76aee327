/** The value that counts of a run, and orders by it: the same in sidebar, comparison and terminal. */
import * as v from 'valibot'
import { assertNever } from './assertNever.ts'
import { metricGoal, isMetricId } from './metrics.ts'
import { type RunRow, summaryOf } from './runEvent.ts'

/** `hand`: as a person has put them. */
export const RunOrder = v.picklist(['newest', 'name', 'metric', 'duration', 'hand'])
export type RunOrder = v.InferOutput<typeof RunOrder>

/** The metric of a line where nobody chose one. */
export const headlineMetric = 'test/recallAt1'

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

/** Starred ones first, then as asked; runs without the metric last. By hand, those that nobody has placed come first. */
export function ordered(runs: readonly RunRow[], order: RunOrder, metric: string): RunRow[] {
  const direction = goalOf(metric) === 'minimize' ? 1 : -1
  const scores = new Map(order === 'metric' ? runs.map(run => [run.id, scoreOf(run, metric)]) : [])
  const compare = (a: RunRow, b: RunRow): number => {
    switch (order) {
      case 'newest':
        return 0
      case 'name':
        return names.compare(a.name, b.name)
      case 'metric': {
        const [x, y] = [scores.get(a.id), scores.get(b.id)]
        return x === undefined || y === undefined
          ? Number(x === undefined) - Number(y === undefined)
          : direction * (x - y)
      }
      case 'duration':
        return durationOf(b) - durationOf(a)
      case 'hand':
        return (a.place ?? -1) - (b.place ?? -1)
      default:
        return assertNever(order)
    }
  }
  // What a person has put in order keeps it; stars are a help where nobody has.
  const starred = (run: RunRow) => Number(run.star && order !== 'hand')
  return [...runs].sort((a, b) => starred(b) - starred(a) || compare(a, b) || b.created - a.created || b.id - a.id)
}

const names = new Intl.Collator(undefined, { numeric: true })

function durationOf(run: RunRow): number {
  return run.started === null || run.ended === null ? 0 : run.ended - run.started
}
