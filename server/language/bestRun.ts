/** Which run of an experiment is the best so far, by the metric that the file names. */
import { isMetricId, metricGoal, type MetricId } from '../../protocol/metrics.ts'
import { summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import { member, type ExperimentTree } from '../experiment/tree.ts'

export interface Target {
  readonly metric: MetricId
  readonly goal: 'minimize' | 'maximize'
}

/** `sweep.metric` of the file; MAP@R where it names none. */
export function targetOf(tree: ExperimentTree): Target {
  const metric = member(member(tree.root, 'sweep')?.value, 'metric')?.value
  const name = member(metric, 'name')?.value
  const goal = member(metric, 'goal')?.value
  const written = name?.kind === 'string' ? [name.value, `test/${name.value}`].find(isMetricId) : undefined
  const id = written ?? 'test/mapAtR'
  const wanted = goal?.kind === 'string' && (goal.value === 'minimize' || goal.value === 'maximize') ? goal.value : null
  return { metric: id, goal: wanted ?? metricGoal[id] ?? 'maximize' }
}

/** The best value that a run has reached; `null` before its first. */
export function bestValue(run: RunRow, { metric, goal }: Target): number | null {
  const summary = summaryOf(run, metric)
  return summary === undefined ? null : goal === 'maximize' ? summary.max : summary.min
}

export function isBetter(a: number, b: number, { goal }: Target): boolean {
  return goal === 'maximize' ? a > b : a < b
}

export function bestOf(runs: readonly RunRow[], target: Target): { run: RunRow; value: number } | null {
  let best: { run: RunRow; value: number } | null = null
  for (const run of runs) {
    const value = bestValue(run, target)
    if (value === null) continue
    if (best === null || isBetter(value, best.value, target)) best = { run, value }
  }
  return best
}
