/** Experiment → RunSpecs: every default written out, every path absolute, one spec per run of a sweep. */
import type { Problem } from '../../protocol/requests.ts'
import { startupTrials } from '../search/suggest.ts'
import { planOf, type SweepPlan } from '../sweeps/plan.ts'
import { nextRuns, withRepeats } from '../sweeps/suggestRuns.ts'
import type { ExperimentContext } from './context.ts'
import { runCap } from './countRuns.ts'
import { assignmentOf, combinations } from './grid.ts'
import { inspect } from './inspect.ts'
import type { ResolvedRun } from './resolvedRun.ts'
import { nameOfAssignment, nameOfSpec } from './runName.ts'
import { member, type ExperimentTree } from './tree.ts'
import { validateExperiment } from './validate.ts'

export type { ResolvedRun }

export type Resolution =
  /** `sweep`: how it goes on, where the file has axes; then `specs` are the runs that depend on no result. */
  | { readonly kind: 'resolved'; readonly specs: readonly ResolvedRun[]; readonly sweep: SweepPlan | null }
  | { readonly kind: 'refused'; readonly problems: Problem[] }

/**
 * All runs that an experiment file asks for, in the order in which a grid visits them: the last axis changes fastest.
 * Refused, with all problems, when one of them is an error. Never throws for what a file may contain.
 */
export function resolveExperiment(tree: ExperimentTree, context: ExperimentContext): Resolution {
  const problems = validateExperiment(tree, { ...context, partial: false })
  if (problems.some(problem => problem.severity === 'error')) return { kind: 'refused', problems }
  const { axes } = inspect(tree)
  const sweep = axes.length > 0 ? planOf(tree, context.folder) : null
  if (sweep !== null && sweep.method !== 'grid') return { kind: 'resolved', specs: firstRuns(sweep), sweep }
  const cap = runCap(tree)
  const title = member(tree.root, 'name')?.value
  const specs: ResolvedRun[] = []
  for (const combination of combinations(tree, axes, context.folder)) {
    if (specs.length >= cap) break
    const { result } = combination
    // Validation found nothing wrong: then catalog and protocol disagree, which is a bug.
    if (result.kind === 'none') throw new Error(`The catalog allows what the protocol refuses: ${result.why}`)
    const assignment = assignmentOf(combination)
    const parts = [
      ...(title?.kind === 'string' ? [title.value] : []),
      ...(axes.length > 0 ? [nameOfAssignment(assignment, axes)] : []),
    ]
    const run = { spec: result.spec, name: parts.join(': ') || nameOfSpec(result.spec), axes: assignment }
    specs.push(...withRepeats(run, Math.min(sweep?.repeats ?? 1, cap - specs.length)))
  }
  return { kind: 'resolved', specs, sweep }
}

/** What a search over intervals begins with, whatever comes of it. */
function firstRuns(sweep: SweepPlan): ResolvedRun[] {
  const runs: ResolvedRun[] = []
  const past: { readonly assignment: ResolvedRun['axes']; readonly value: null }[] = []
  while (sweep.method !== 'bayes' || past.length < startupTrials) {
    const next = nextRuns(sweep, past)
    const first = next?.at(0)
    if (next === null || first === undefined) break
    runs.push(...next)
    past.push({ assignment: first.axes, value: null })
  }
  return runs
}
