/** Everything that is wrong with an experiment file: its JSON, its shape, and what only one who knows triplet loss sees. */
import * as l10n from '@vscode/l10n'
import type { Problem } from '../../protocol/requests.ts'
import type { DatasetSpec } from '../../protocol/runSpec.ts'
import type { DatasetState, ExperimentContext } from './context.ts'
import { toProblems, type Finding } from './finding.ts'
import { inspect } from './inspect.ts'
import { checkRules } from './rules/checkRules.ts'
import { checkSweep } from './rules/sweepRules.ts'
import type { ExperimentTree } from './tree.ts'

/** All problems, in the order of the text; those of the JSON included. Never throws. */
export function validateExperiment(tree: ExperimentTree, context: ExperimentContext): Problem[] {
  return toProblems(tree.text, findAll(tree, context))
}

interface Found {
  readonly context: Omit<ExperimentContext, 'dataset'>
  /** What was asked about datasets, and what was known of them. */
  readonly asked: ReadonlyMap<DatasetSpec, DatasetState | undefined>
  readonly findings: readonly Finding[]
}

/** An editor asks for diagnostics and then for quick fixes of the same text. */
const known = new WeakMap<ExperimentTree, Found>()

/** As `validateExperiment`, with offsets and quick fixes: for the editor. */
export function findAll(tree: ExperimentTree, context: ExperimentContext): readonly Finding[] {
  const before = known.get(tree)
  if (before !== undefined && holds(before, context)) return before.findings
  const asked = new Map<DatasetSpec, DatasetState | undefined>()
  const { dataset } = context
  const ask = (spec: DatasetSpec) => {
    const state = dataset?.(spec)
    asked.set(spec, state)
    return state
  }
  const findings = look(tree, dataset === undefined ? context : { ...context, dataset: ask })
  known.set(tree, { context, asked, findings })
  return findings
}

function holds({ context: before, asked }: Found, context: ExperimentContext): boolean {
  const same = (['folder', 'partial', 'network', 'engines'] as const).every(key => before[key] === context[key])
  return same && [...asked].every(([spec, state]) => context.dataset?.(spec) === state)
}

function look(tree: ExperimentTree, context: ExperimentContext): Finding[] {
  if (tree.root === null) return tree.text.trim() === '' ? [emptyFile(tree.text)] : [...tree.syntax]
  const inspection = inspect(tree)
  const start = tree.root.span.offset
  const isLeftOut = ({ code, span }: Finding) => context.partial === true && code === 'missing' && span.offset === start
  return [
    ...tree.syntax,
    ...inspection.findings.filter(one => !isLeftOut(one)),
    ...checkSweep(tree, inspection),
    ...checkRules(tree, inspection, context),
  ]
}

function emptyFile(text: string): Finding {
  return {
    code: 'empty-file',
    severity: 'error',
    span: { offset: 0, length: text.length },
    message: l10n.t('The file is empty. Start with { "dataset": { "name": "emoji" } }.'),
    fixes: [
      {
        title: l10n.t('Learn from the emoji that come with Triplet Lab'),
        edits: [{ span: { offset: 0, length: text.length }, text: '{\n  "dataset": { "name": "emoji" }\n}\n' }],
      },
    ],
  }
}
