/**
 * What the values of a sweep have reached. A result belongs to the text: a run counts for a value when the file, as it
 * stands, still asks for exactly that run. So results survive edits elsewhere, undo, renaming and reloading, and go when
 * their axis goes.
 */
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Assignment } from '../experiment/axes.ts'
import { combinations } from '../experiment/grid.ts'
import { toJson, type Value } from '../experiment/tree.ts'
import { bestOf, bestValue, isBetter, targetOf, type Target } from './bestRun.ts'
import { specKey } from './specText.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'

export interface ValueResult {
  readonly value: Value
  readonly best: number
  readonly mean: number
  /** Runs that have a result. */
  readonly count: number
  /** No other value of this axis has reached more. */
  readonly isBest: boolean
}

/** Larger sweeps are not looked through: the panel shows them. */
const mostCombinations = 1_000

interface Asked {
  readonly byAxis: ReadonlyMap<string, ReadonlyMap<Value, ReadonlySet<string>>>
}
const asked = new WeakMap<ExperimentDocument, Asked>()

/** By axis path; values without a result are left out. */
export function resultsOf(document: ExperimentDocument, context: LanguageContext): Map<string, ValueResult[]> {
  const target = targetOf(document.tree)
  const reached = new Map<string, number[]>()
  for (const run of context.runs) {
    const value = bestValue(run, target)
    if (value === null) continue
    const key = specKey(run.spec)
    const known = reached.get(key)
    if (known === undefined) reached.set(key, [value])
    else known.push(value)
  }
  const results = new Map<string, ValueResult[]>()
  if (reached.size === 0) return results
  for (const [path, values] of specsAsked(document, context).byAxis) {
    const found = [...values].flatMap(([value, specs]) => {
      const own = [...specs].flatMap(spec => reached.get(spec) ?? [])
      return own.length === 0 ? [] : [summarise(value, own, target)]
    })
    const best = found.reduce<number | null>((a, { best: b }) => (a === null || isBetter(b, a, target) ? b : a), null)
    if (found.length > 0)
      results.set(
        path,
        found.map(one => ({ ...one, isBest: one.best === best && found.length > 1 })),
      )
  }
  return results
}

function summarise(value: Value, own: readonly number[], target: Target): Omit<ValueResult, 'isBest'> {
  const best = own.reduce((a, b) => (isBetter(b, a, target) ? b : a))
  return { value, best, mean: own.reduce((a, b) => a + b, 0) / own.length, count: own.length }
}

/** Which specs the file asks for at each value of each axis. */
function specsAsked(document: ExperimentDocument, context: LanguageContext): Asked {
  const known = asked.get(document)
  if (known !== undefined) return known
  const byAxis = new Map<string, Map<Value, Set<string>>>()
  let visited = 0
  for (const { result, chosen } of combinations(document.tree, document.inspection.axes, context.experiment.folder)) {
    if (++visited > mostCombinations) break
    if (result.kind === 'none') continue
    const key = specKey(result.spec)
    for (const [path, value] of chosen) {
      const values = byAxis.get(path) ?? new Map<Value, Set<string>>()
      byAxis.set(path, values)
      const specs = values.get(value) ?? new Set<string>()
      values.set(value, specs)
      specs.add(key)
    }
  }
  const found = { byAxis }
  asked.set(document, found)
  return found
}

/** The values of the best run that the file asks for, at each axis; `null` before a first result. */
export function bestValues(document: ExperimentDocument, context: LanguageContext): Assignment | null {
  const { byAxis } = specsAsked(document, context)
  if (byAxis.size === 0) return null
  const wanted = new Set([...byAxis.values()].flatMap(values => [...values.values()].flatMap(specs => [...specs])))
  const best = bestOf(
    context.runs.filter(run => wanted.has(specKey(run.spec))),
    targetOf(document.tree),
  )
  if (best === null) return null
  const key = specKey(best.run.spec)
  const found = [...byAxis].flatMap(([path, values]) => {
    const own = [...values].find(([, specs]) => specs.has(key))
    return own === undefined ? [] : [[path, toJson(own[0])] as const]
  })
  return Object.fromEntries(found)
}

/** What a run has at a setting of the file; `undefined` where the setting means nothing to it. */
export function valueInRun(run: RunRow, path: string): unknown {
  let at: unknown = path === 'optimizer.clipNorm' ? run.spec.clipNorm : run.spec
  if (path === 'optimizer.clipNorm') return at
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string, unknown>)[step]
  }
  return at
}

export function sameJson(a: unknown, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(toJson(b))
}
