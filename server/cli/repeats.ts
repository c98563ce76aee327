/** Runs that differ in nothing but chance (their seed, or which fold is held out): what they say together. */
import * as l10n from '@vscode/l10n'
import { metricName, metricValue } from '../../protocol/words.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { flatten, seedGroup } from '../../protocol/specDifference.ts'
import { type ConfidenceInterval, confidenceInterval } from '../core/metrics/confidence.ts'
import type { SweepPlan } from '../sweeps/plan.ts'
import type { RankedTrial } from './sweep.ts'

export interface Repeats extends ConfidenceInterval {
  readonly name: string
  readonly runs: readonly number[]
}

/** Groups of two runs or more that have a value, the best mean first. */
export function repeatsOf(trials: readonly RankedTrial[], goal: SweepPlan['goal']): Repeats[] {
  const groups = Map.groupBy(trials, ({ run }) => seedGroup(flatten(run.spec)))
  const sign = goal === 'maximize' ? -1 : 1
  return [...groups.values()]
    .flatMap(group => {
      const values = group.flatMap(({ best }) => best ?? [])
      const runs = group.map(({ run }) => run)
      if (values.length < 2) return []
      return [{ name: commonName(runs), runs: runs.map(run => run.id), ...confidenceInterval(values) }]
    })
    .toSorted((a, b) => sign * (a.mean - b.mean))
}

/** What the names have in common: `α 0.2` of `α 0.2 seed 1` and `α 0.2 seed 2`. */
function commonName(group: readonly RunRow[]): string {
  const [first, ...others] = group.map(run => run.name.split(' '))
  const differs = first.findIndex((word, i) => others.some(other => other[i] !== word))
  const common = differs < 0 ? first : first.slice(0, differs)
  // `seed` before the number that differs says nothing alone.
  if (differs > 0 && /^(seed|fold)$/.test(common.at(-1) ?? '')) common.pop()
  return common.join(' ')
}

/** `R@1  0.684 ± 0.012  5 runs  α 0.2` */
export function repeatsLine({ name, mean, halfWidth, count }: Repeats, metric: string): string {
  return [
    metricName(metric),
    `${metricValue(metric, mean)} ± ${metricValue(metric, halfWidth)}`,
    l10n.t('{0} runs, 95 % interval of the mean', count),
    name,
  ]
    .join('  ')
    .trimEnd()
}
