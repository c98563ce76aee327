/** How many runs a file asks for. */
import { countCombinations, type Axis } from './axes.ts'
import { member, type ExperimentTree } from './tree.ts'

/** The cap that the file sets; Infinity where it sets none. */
export function runCap(tree: ExperimentTree): number {
  const cap = member(member(tree.root, 'sweep')?.value, 'runCap')?.value
  return cap?.kind === 'number' ? cap.value : Infinity
}

/** Runs of each combination. */
export function runRepeats(tree: ExperimentTree): number {
  const written = member(member(tree.root, 'sweep')?.value, 'repeats')?.value
  return written?.kind === 'number' ? written.value : 1
}

/** 1 without axes; Infinity for a search over an interval without a cap. */
export function countRuns(tree: ExperimentTree, axes: readonly Axis[]): number {
  return Math.min(countCombinations(axes) * (axes.length > 0 ? runRepeats(tree) : 1), runCap(tree))
}
