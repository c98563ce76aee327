/** The next runs of a sweep: a pure function of its plan and of the trials so far. */
import type { Assignment } from '../experiment/axes.ts'
import { inspect } from '../experiment/inspect.ts'
import { parseExperiment } from '../experiment/parse.ts'
import type { ResolvedRun } from '../experiment/resolvedRun.ts'
import { nameOfAssignment } from '../experiment/runName.ts'
import { specMaker } from '../experiment/spec.ts'
import { member, toJson } from '../experiment/tree.ts'
import type { Trial } from '../search/space.ts'
import { suggest } from '../search/suggest.ts'
import { overridden, type SweepPlan } from './plan.ts'
import { toPoint, toSpace, toValues } from './searchSpace.ts'

export interface PastTrial {
  readonly assignment: Assignment
  /** As `Trial.value`: lower is better. */
  readonly value: number | null
}

/** The runs of the next combination, one a repeat; `null` when the cap is reached or every combination was tried. */
export function nextRuns(plan: SweepPlan, past: readonly PastTrial[]): ResolvedRun[] | null {
  const left = plan.runCap === null ? plan.repeats : plan.runCap - past.length * plan.repeats
  if (left <= 0) return null
  const { tree } = parseExperiment(plan.text)
  const { axes } = inspect(tree)
  const history = past.flatMap(({ assignment, value }): Trial[] => {
    const point = toPoint(assignment, axes)
    return point === null ? [] : [{ point, value }]
  })
  const point = suggest(toSpace(axes), history, { method: plan.method, seed: plan.seed })
  if (point === null) return null
  const values = toValues(point, axes)
  const result = specMaker(tree, axes, plan.folder)((path, written) => values.get(path) ?? written)
  // The file was checked before the sweep began: then catalog and protocol disagree, which is a bug.
  if (result.kind === 'none') throw new Error(`The catalog allows what the protocol refuses: ${result.why}`)
  const assignment = Object.fromEntries([...values].map(([path, value]) => [path, toJson(value)]))
  const title = member(tree.root, 'name')?.value
  const name = [...(title?.kind === 'string' ? [title.value] : []), nameOfAssignment(assignment, axes)].join(': ')
  return withRepeats(
    { spec: overridden(result.spec, plan.overrides), name, axes: assignment },
    Math.min(plan.repeats, left),
  )
}

/** The same run with seeds that follow one another. */
export function withRepeats(run: ResolvedRun, repeats: number): ResolvedRun[] {
  if (repeats === 1) return [run]
  return Array.from({ length: repeats }, (_, i) => {
    const seed = run.spec.seed + i
    return { ...run, spec: { ...run.spec, seed }, name: `${run.name} seed ${seed}` }
  })
}
