import { parseExperiment } from '../../server/experiment/parse.ts'
import { resolveExperiment, type ResolvedRun } from '../../server/experiment/resolve.ts'
import { validateExperiment } from '../../server/experiment/validate.ts'
import type { ExperimentContext } from '../../server/experiment/context.ts'
import type { Fix } from '../../server/experiment/finding.ts'
import { knownFacts } from '../../server/catalog/datasets.ts'
import type { Problem } from '../../protocol/requests.ts'

/** MNIST's facts are known; of other datasets nothing is. */
export const context: ExperimentContext = {
  folder: '/lab',
  dataset: ({ kind }) => {
    const facts = knownFacts[kind]
    return facts && { kind: 'known', ...facts }
  },
}

export function problemsOf(text: string, within: ExperimentContext = context): Problem[] {
  return validateExperiment(parseExperiment(text).tree, within)
}

export function codesOf(text: string, within: ExperimentContext = context): string[] {
  return problemsOf(text, within).map(problem => problem.code)
}

export function resolved(text: string, within: ExperimentContext = context): readonly ResolvedRun[] {
  const resolution = resolveExperiment(parseExperiment(text).tree, within)
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems, null, 1))
  return resolution.specs
}

/** The text that a problem underlines; all ours are on one line. */
export function underlined(text: string, problem: Problem): string {
  return (text.split('\n')[problem.start.line] ?? '').slice(problem.start.character, problem.end.character)
}

/** The text after a fix. */
export function applyFix(text: string, { edits }: Fix): string {
  return edits
    .toSorted((a, b) => b.span.offset - a.span.offset)
    .reduce(
      (now, { span, text: piece }) => now.slice(0, span.offset) + piece + now.slice(span.offset + span.length),
      text,
    )
}
