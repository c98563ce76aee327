/** Moving settings into a base: those that a selection covers, or those that two files have in common. */
import * as l10n from '@vscode/l10n'
import {
  CodeActionKind,
  type CodeAction,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver-types'
import { removeAt } from '../experiment/editText.ts'
import type { Span } from '../experiment/finding.ts'
import { contains, toJson, type Member } from '../experiment/tree.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'

const top: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }

/**
 * Moves the settings that this file and another have in common into a file that both then extend. Offered on one of them.
 * @param others files that are open
 */
export function extractCommon(
  document: ExperimentDocument,
  others: readonly ExperimentDocument[],
  selected: Span,
): CodeAction[] {
  const pointed = ownMembers(document).find(one => contains(one.span, selected.offset))
  if (pointed === undefined) return []
  return others.flatMap(other => {
    if (other.text.uri === document.text.uri || folderOf(other) !== folderOf(document)) return []
    const theirs = new Map(ownMembers(other).map(one => [one.key, one]))
    const shared = ownMembers(document).flatMap(one => {
      const same = theirs.get(one.key)
      return same !== undefined && jsonOf(same) === jsonOf(one) ? [{ here: one, there: same }] : []
    })
    if (shared.length < 2 || !shared.some(({ here }) => here === pointed)) return []
    const [a, b] = [document, other].map(one => nameOf(one))
    const name = `${a}-${b}.base${extension}`
    const text = `"extends": ${JSON.stringify(`./${name}`)}`
    const edits = [
      edited(document, shared.map(one => one.here), text), // prettier-ignore
      edited(other, shared.map(one => one.there), text), // prettier-ignore
    ]
    const changes = [document, other].flatMap((one, i) => {
      const own = edits[i]
      return own === null ? [] : [{ textDocument: { uri: one.text.uri, version: one.text.version }, edits: own }]
    })
    if (changes.length < 2) return []
    return [
      {
        title: l10n.t('Move the {0} settings that {1} and {2} share to {3}', shared.length, a, b, name),
        kind: CodeActionKind.RefactorExtract,
        edit: {
          documentChanges: [
            ...newFile(`${folderOf(document)}/${encodeURIComponent(name)}`, baseText(document, shared.map(one => one.here))), // prettier-ignore
            ...changes,
          ],
        },
      },
    ]
  })
}

const extension = '.triplet.json'

/** Settings that can move to a base: none where there is one already. */
function ownMembers({ tree: { own, inherited } }: ExperimentDocument): readonly Member[] {
  return own?.kind === 'object' && inherited === null ? own.members.filter(one => one.key !== 'name') : []
}

function jsonOf({ value }: Member): string {
  return value === null ? '' : JSON.stringify(toJson(value))
}

function folderOf({ text: { uri } }: ExperimentDocument): string {
  return uri.slice(0, uri.lastIndexOf('/'))
}

/** `emoji` of `emoji.triplet.json`. */
function nameOf({ text: { uri } }: ExperimentDocument): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1)).replace(/(\.triplet)?\.json$/, '')
}

function newFile(uri: string, text: string): NonNullable<WorkspaceEdit['documentChanges']> {
  return [
    { kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false } },
    { textDocument: { uri, version: null }, edits: [{ range: top, newText: text }] },
  ]
}

/** Moves the settings that a selection covers into a file beside this one, which is then extended. */
export function extractBase(document: ExperimentDocument, selected: Span): CodeAction[] {
  const { own, inherited } = document.tree
  if (own?.kind !== 'object' || inherited !== null || selected.length === 0) return []
  const end = selected.offset + selected.length
  const moved = own.members.filter(
    one => one.span.offset >= selected.offset && one.span.offset + one.span.length <= end && one.key !== 'name',
  )
  if (moved.length === 0 || moved.length === own.members.length) return []
  const { uri, version } = document.text
  const baseUri = uri.replace(/(\.triplet)?\.json$/, '') + '.base.triplet.json'
  const name = decodeURIComponent(baseUri.slice(baseUri.lastIndexOf('/') + 1))
  const edits = edited(document, moved, `"extends": ${JSON.stringify(`./${name}`)}`)
  if (edits === null) return []
  return [
    {
      title: l10n.t('Move these settings to {0} and extend it', name),
      kind: CodeActionKind.RefactorExtract,
      edit: {
        documentChanges: [...newFile(baseUri, baseText(document, moved)), { textDocument: { uri, version }, edits }],
      },
    },
  ]
}

/** The first setting that goes is replaced by the `extends`; the others go with their lines. */
function edited(document: ExperimentDocument, moved: readonly Member[], text: string): TextEdit[] | null {
  const first = moved[0]
  const edits = [{ span: first.span, text }]
  for (const one of moved.slice(1)) {
    const removal = removeAt(document.tree, one.key)
    if (removal === null) return null
    edits.push(...removal)
  }
  return toTextEdits(document.text, edits)
}

function baseText(document: ExperimentDocument, moved: readonly Member[]): string {
  const whole = document.text.getText()
  const lines = moved.map(({ span }) => `  ${whole.slice(span.offset, span.offset + span.length)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}
