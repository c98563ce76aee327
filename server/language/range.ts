/** Offsets of the tree → ranges of the Language Server Protocol. */
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Range } from 'vscode-languageserver-types'
import type { Span } from '../experiment/finding.ts'

export function toRange(document: TextDocument, span: Span): Range {
  return { start: document.positionAt(span.offset), end: document.positionAt(span.offset + span.length) }
}
