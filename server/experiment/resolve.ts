/** Experiment → RunSpecs: every default written out, every path absolute, one spec per run of a sweep. */
import type { Problem } from '../../protocol/requests.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Assignment } from './axes.ts'
import type { ExperimentContext } from './context.ts'
import { runCap } from './countRuns.ts'
import { assignmentOf, combinations } from './grid.ts'
import { inspect } from './inspect.ts'
import { nameOfAssignment, nameOfSpec } from './runName.ts'
import { member, type ExperimentTree } from './tree.ts'
import { validateExperiment } from './validate.ts'

export interface ResolvedRun {
  readonly spec: RunSpec
  /** Short: what differs from its siblings. */
  readonly name: string
  /** Its value at each axis, by path; empty when the file is no sweep. */
  readonly axes: Assignment
}

export type Resolution =
  | { readonly kind: 'resolved'; readonly specs: readonly ResolvedRun[] }
  | { readonly kind: 'refused'; readonly problems: Problem[] }

/**
 * All runs that an experiment file asks for, in the order in which a grid visits them: the last axis changes fastest.
 * Refused, with all problems, when one of them is an error. Never throws for what a file may contain.
 */
export function resolveExperiment(tree: ExperimentTree, context: ExperimentContext): Resolution {
  const problems = validateExperiment(tree, { ...context, partial: false })
  if (problems.some(problem => problem.severity === 'error')) return { kind: 'refused', problems }
  const { axes } = inspect(tree)
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
    specs.push({ spec: result.spec, name: parts.join(': ') || nameOfSpec(result.spec), axes: assignment })
  }
  return { kind: 'resolved', specs }
}
