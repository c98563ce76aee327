/** An experiment file as the editor shows it, parsed once per version. */
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { inspect, type Inspection } from '../experiment/inspect.ts'
import { parseExperiment } from '../experiment/parse.ts'
import type { ExperimentTree } from '../experiment/tree.ts'

export interface ExperimentDocument {
  readonly text: TextDocument
  readonly tree: ExperimentTree
  readonly inspection: Inspection
}

export function readDocument(text: TextDocument): ExperimentDocument {
  const { tree } = parseExperiment(text.getText())
  return { text, tree, inspection: inspect(tree) }
}
