/** Across files: where a setting comes from, and renaming. */
import { relative, sep, dirname } from 'node:path'
import {
  type LocationLink,
  type Position,
  type Range,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-types'
import type { Span } from '../experiment/finding.ts'
import { contains, member } from '../experiment/tree.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'
import { toRange } from './range.ts'
import { siteSpan, sitesAt } from './sites.ts'

const top: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }

/**
 * From `extends` to the file; from a setting to where the file that is extended sets it.
 * @param base the file that the document extends
 */
export function definition(
  document: ExperimentDocument,
  base: ExperimentDocument | null,
  position: Position,
): LocationLink[] {
  if (base === null) return []
  const offset = document.text.offsetAt(position)
  const site = sitesAt(document, offset).findLast(one => one.path !== '')
  if (site === undefined) return []
  const originSelectionRange = toRange(document.text, site.member?.keySpan ?? siteSpan(site))
  const targetUri = base.text.uri
  if (site.path === 'extends') {
    const range = toRange(document.text, site.value.span)
    return [{ originSelectionRange: range, targetUri, targetRange: top, targetSelectionRange: top }]
  }
  const other = base.inspection.sites.find(one => one.path === site.path && one.axisPath === null)
  if (other === undefined) return []
  const targetRange = toRange(base.text, siteSpan(other))
  const targetSelectionRange = toRange(base.text, other.member?.keySpan ?? other.value.span)
  return [{ originSelectionRange, targetUri, targetRange, targetSelectionRange }]
}

/** What can be renamed: the experiment's `name`, and the file behind `extends`. Without the quotes. */
function renamable(
  document: ExperimentDocument,
  position: Position,
): { key: 'name' | 'extends'; span: Span; value: string } | null {
  const offset = document.text.offsetAt(position)
  for (const key of ['name', 'extends'] as const) {
    const one = member(document.tree.own, key)
    if (one?.value?.kind !== 'string' || !contains(one.span, offset)) continue
    const { offset: start, length } = one.value.span
    return { key, span: { offset: start + 1, length: Math.max(0, length - 2) }, value: one.value.value }
  }
  return null
}

export function prepareRename(
  document: ExperimentDocument,
  position: Position,
): { range: Range; placeholder: string } | null {
  const found = renamable(document, position)
  return found === null ? null : { range: toRange(document.text, found.span), placeholder: found.value }
}

/**
 * @param others files that may extend the same file
 * @param resolve the address of a path as it is written in the document
 */
export function rename(
  document: ExperimentDocument,
  position: Position,
  newName: string,
  others: readonly ExperimentDocument[],
  resolve: (path: string) => string,
): WorkspaceEdit | null {
  const found = renamable(document, position)
  if (found === null || newName.trim() === '') return null
  const written = JSON.stringify(newName).slice(1, -1)
  if (found.key === 'name') {
    const edits = toTextEdits(document.text, [{ span: found.span, text: written }])
    return { documentChanges: [{ textDocument: { uri: document.text.uri, version: document.text.version }, edits }] }
  }
  const oldUri = resolve(found.value)
  const newUri = resolve(newName)
  const changed = followExtends([document, ...others.filter(one => one.text.uri !== document.text.uri)], oldUri, newUri)
  return { documentChanges: [{ kind: 'rename', oldUri, newUri }, ...changed] }
}

/** Edits by which files that extend one that moves go on extending it. */
export function followExtends(
  files: readonly ExperimentDocument[],
  oldUri: string,
  newUri: string,
): TextDocumentEdit[] {
  return files.flatMap(one => {
    const value = member(one.tree.own, 'extends')?.value
    if (value?.kind !== 'string' || !isAddressOf(one, value.value, oldUri)) return []
    const edits = toTextEdits(one.text, [{ span: value.span, text: JSON.stringify(relativeUri(one.text.uri, newUri)) }])
    // Files that are not open have no version.
    return [{ textDocument: { uri: one.text.uri, version: one.text.version || null }, edits }]
  })
}

/** Whether a path, as written in a file, leads to this address. */
function isAddressOf({ text }: ExperimentDocument, path: string, uri: string): boolean {
  return URL.canParse(path, text.uri) && decodeURIComponent(new URL(path, text.uri).href) === decodeURIComponent(uri)
}

function relativeUri(from: string, to: string): string {
  const path = (uri: string) => decodeURIComponent(new URL(uri).pathname)
  const way = relative(dirname(path(from)), path(to))
    .split(sep)
    .join('/')
  return way.startsWith('.') ? way : `./${way}`
}
