/** The text that an experiment file must have to ask for what a run did. A sweep becomes the one run. */
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Json } from '../catalog/entry.ts'
import { removeAt, setAt } from '../experiment/editText.ts'
import type { Fix } from '../experiment/finding.ts'
import { fileValues } from '../experiment/writeExperiment.ts'
import { member } from '../experiment/tree.ts'
import { editsToRun } from './applyRun.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'
import { factsOf } from './facts.ts'

/**
 * @param read parses a text of this file's
 * @returns `null` when the file asks for this already, or cannot be made to
 */
export function settingsOfRun(
  document: ExperimentDocument,
  context: LanguageContext,
  spec: RunSpec,
  read: (text: TextDocument) => ExperimentDocument,
): string | null {
  let current = document
  const apply = (edits: Fix['edits'] | null) => {
    if (edits === null) return
    const text = TextDocument.applyEdits(current.text, toTextEdits(current.text, edits))
    const { uri, languageId, version } = current.text
    current = read(TextDocument.create(uri, languageId, version, text))
  }
  const values = fileValues(spec, context.experiment.folder)
  // Outer axes first: with a miner chosen, axes of what it does not have are gone.
  for (let axis = current.inspection.axes.at(0), tries = 0; axis !== undefined && tries < 100; tries++) {
    const value = valueAt(values, axis.path)
    apply(value === undefined ? removeAt(current.tree, axis.path) : setAt(current.tree, axis.path, value))
    axis = current.inspection.axes.at(0)
  }
  if (document.inspection.axes.length > 0 && member(current.tree.own, 'sweep') !== undefined)
    apply(removeAt(current.tree, 'sweep'))
  apply(editsToRun(current, context, spec))
  for (const key of ['seed', 'image', 'evaluation'] as const) {
    const asked = factsOf(current, context)?.spec[key]
    if (asked !== undefined && JSON.stringify(asked) !== JSON.stringify(values[key]))
      apply(setAt(current.tree, key, values[key]))
  }
  const text = current.text.getText()
  return text === document.text.getText() ? null : text
}

function valueAt(values: Json, path: string): Json | undefined {
  let at: Json | undefined = values
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Array.isArray(at) ? (at as readonly Json[])[Number(step)] : (at as Readonly<Record<string, Json>>)[step]
  }
  return at
}
