/** Edits of the tree → edits of the Language Server Protocol. */
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { TextEdit } from 'vscode-languageserver-types'
import type { Fix } from '../experiment/finding.ts'
import { toRange } from './range.ts'

export function toTextEdits(document: TextDocument, edits: Fix['edits']): TextEdit[] {
  return edits.map(({ span, text }) => ({ range: toRange(document, span), newText: text }))
}
