/** What the axes of a sweep have reached: see `RunMatcher` for which runs count. */
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Assignment, Axis } from '../experiment/axes.ts'
import { runRepeats } from '../experiment/countRuns.ts'
import { RunMatcher, valueInSpec, type Chosen } from '../experiment/matchRun.ts'
import { specKey } from '../experiment/specText.ts'
import { toJson, type Value } from '../experiment/tree.ts'
import { bestValue, isBetter, targetOf, type Target } from './bestRun.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'

export interface ValueResult {
  readonly value: Value
  /** Of the combinations with this value; a combination's result is the mean of its repeats. */
  readonly best: number
  readonly mean: number
  /** Runs that have a result. */
  readonly count: number
  /** No other value of this axis has reached more. */
  readonly isBest: boolean
}

/** What is known of an axis: of each listed value, or of the best number of an interval. */
export interface AxisResults {
  readonly axis: Axis
  readonly values: readonly ValueResult[]
}

/** A combination that was tried, with all of its repeats. */
export interface Tried {
  readonly chosen: Chosen
  readonly score: number
  readonly runs: readonly RunRow[]
}

const matchers = new WeakMap<ExperimentDocument, { readonly folder: string; readonly matcher: RunMatcher }>()

export function matcherOf(document: ExperimentDocument, { experiment: { folder } }: LanguageContext): RunMatcher {
  const known = matchers.get(document)
  if (known?.folder === folder) return known.matcher
  const matcher = new RunMatcher(document.tree, document.inspection.axes, folder)
  matchers.set(document, { folder, matcher })
  return matcher
}

/** The combinations that the file asks for and that have a result, in the order in which they were first run. */
export function triedIn(document: ExperimentDocument, context: LanguageContext): Tried[] {
  if (document.inspection.axes.length === 0) return []
  const target = targetOf(document.tree)
  const matcher = matcherOf(document, context)
  // Repeats differ in their seed; where the seed is an axis itself, there are none.
  const repeated = runRepeats(document.tree) > 1
  const groups = new Map<string, { chosen: Chosen; runs: RunRow[]; scores: number[] }>()
  for (const run of context.runs.toReversed()) {
    const score = bestValue(run, target)
    const chosen = score === null ? null : matcher.match(run.spec)
    if (score === null || chosen === null) continue
    const key = specKey(repeated ? { ...run.spec, seed: 0 } : run.spec)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { chosen, runs: [run], scores: [score] })
    else {
      known.runs.push(run)
      known.scores.push(score)
    }
  }
  return [...groups.values()].map(({ chosen, runs, scores }) => ({ chosen, runs, score: mean(scores) }))
}

export function resultsOf(document: ExperimentDocument, context: LanguageContext): AxisResults[] {
  const tried = triedIn(document, context)
  if (tried.length === 0) return []
  const target = targetOf(document.tree)
  return document.inspection.axes.flatMap(axis => {
    const own = tried.filter(one => one.chosen.has(axis.path))
    if (own.length === 0) return []
    return [
      { axis, values: axis.domain.kind === 'values' ? byValue(axis, own, target) : ofInterval(axis, own, target) },
    ]
  })
}

function byValue(axis: Axis, tried: readonly Tried[], target: Target): ValueResult[] {
  const found = [...Map.groupBy(tried, one => one.chosen.get(axis.path))].flatMap(([value, own]) =>
    value === undefined ? [] : [summarise(value, own, target)],
  )
  const best = bestScore(found, target)
  return found.map(one => ({ ...one, isBest: one.best === best && found.length > 1 }))
}

/** The best number of an interval; the mean is over all of them. */
function ofInterval({ path }: Axis, tried: readonly Tried[], target: Target): ValueResult[] {
  const best = bestTried(tried, target)
  const value = best?.chosen.get(path)
  return value === undefined ? [] : [{ ...summarise(value, tried, target), isBest: true }]
}

function summarise(value: Value, own: readonly Tried[], target: Target): Omit<ValueResult, 'isBest'> {
  return {
    value,
    best: bestTried(own, target)?.score ?? NaN,
    mean: mean(own.map(one => one.score)),
    count: own.reduce((sum, one) => sum + one.runs.length, 0),
  }
}

function bestScore(results: readonly { readonly best: number }[], target: Target): number | undefined {
  return results
    .map(one => one.best)
    .reduce<number | undefined>((a, b) => (a === undefined || isBetter(b, a, target) ? b : a), undefined)
}

export function bestTried(tried: readonly Tried[], target: Target): Tried | undefined {
  return tried.reduce<Tried | undefined>(
    (a, b) => (a === undefined || isBetter(b.score, a.score, target) ? b : a),
    undefined,
  )
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** The values of the best combination that the file asks for, at each axis; `null` before a first result. */
export function bestValues(document: ExperimentDocument, context: LanguageContext): Assignment | null {
  const best = bestTried(triedIn(document, context), targetOf(document.tree))
  return best === undefined ? null : Object.fromEntries([...best.chosen].map(([path, value]) => [path, toJson(value)]))
}

/** What a run has at a setting of the file; `undefined` where the setting means nothing to it. */
export function valueInRun(run: RunRow, path: string): unknown {
  return valueInSpec(run.spec, path)
}

export function sameJson(a: unknown, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(toJson(b))
}
