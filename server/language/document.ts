/** An experiment file as the editor shows it, parsed once per version. */
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Bases } from '../experiment/extend.ts'
import { inspect, type Inspection } from '../experiment/inspect.ts'
import { parseExperiment } from '../experiment/parse.ts'
import type { ExperimentTree } from '../experiment/tree.ts'

export interface ExperimentDocument {
  readonly text: TextDocument
  readonly tree: ExperimentTree
  readonly inspection: Inspection
}

/** @param bases how the file that it extends is read */
export function readDocument(text: TextDocument, bases?: Bases): ExperimentDocument {
  const { tree } = parseExperiment(text.getText(), bases)
  return { text, tree, inspection: inspect(tree) }
}
