/** Completion: from the schema, with values in the order in which they were used here, and paths of datasets. */
import { getLocation } from 'jsonc-parser'
import {
  CompletionItemKind,
  type CompletionItem,
  type CompletionList,
  type Position,
} from 'vscode-languageserver-types'
import type { Setting, TextSetting } from '../catalog/entry.ts'
import { contains, type Span, type Value } from '../experiment/tree.ts'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { sitesAt } from './sites.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { jsonService } from './jsonService.ts'
import { toRange } from './range.ts'
import { valueInRun } from './results.ts'

export const completionTriggers = ['"', ':', ' ', '/', '.']

export async function complete(
  document: ExperimentDocument,
  context: LanguageContext,
  position: Position,
): Promise<CompletionList> {
  const paths = await pathItems(document, context, position)
  if (paths !== null) return { isIncomplete: false, items: paths }
  const json = jsonService()
  const text = withoutSiblings(document, document.text.offsetAt(position))
  const list = await json.doComplete(text, position, json.parseJSONDocument(text))
  const items = list?.items ?? []
  const { path, isAtPropertyKey } = getLocation(document.text.getText(), document.text.offsetAt(position))
  if (!isAtPropertyKey) orderByUse(items, context, path)
  return { isIncomplete: list?.isIncomplete ?? false, items: distinct(items) }
}

/**
 * The text with everything blanked out that has no say in what belongs at an offset: objects and lists beside the way to
 * it, and the entries of a list but for the nearest. All offsets stay. The schema is matched against the whole text,
 * which takes long where that is long.
 */
function withoutSiblings({ text, tree }: ExperimentDocument, offset: number): TextDocument {
  const whole = text.getText()
  const parts: string[] = []
  let at = 0
  const blank = (from: number, to: number, left = '') => {
    if (to - from <= left.length) return
    parts.push(whole.slice(at, from), left, whole.slice(from + left.length, to).replace(/[^\r\n]/g, ' '))
    at = to
  }
  const visit = (value: Value) => {
    if (value.kind !== 'object' && value.kind !== 'array') return
    if (!contains(value.span, offset)) blank(value.span.offset, endOf(value.span), 'null')
    else if (value.kind === 'array') visitNear(value.items)
    else for (const one of value.members) if (one.value !== null) visit(one.value)
  }
  const visitNear = (items: readonly Value[]) => {
    const here = items.findIndex(one => endOf(one.span) >= offset)
    const near = here < 0 ? items.slice(-1) : items.slice(Math.max(0, here - 1), here + 2)
    const [first, last] = [near.at(0), near.at(-1)]
    if (first === undefined || last === undefined) return
    blank(items[0].span.offset, first.span.offset)
    for (const item of near) visit(item)
    blank(endOf(last.span), endOf(items[items.length - 1].span))
  }
  if (tree.own !== null) visit(tree.own)
  if (parts.length === 0) return text
  parts.push(whole.slice(at))
  return TextDocument.create(text.uri, text.languageId, text.version, parts.join(''))
}

function endOf({ offset, length }: Span): number {
  return offset + length
}

/** The values that runs here had come first, the most frequent at the top. */
function orderByUse(items: CompletionItem[], context: LanguageContext, path: readonly (string | number)[]): void {
  const uses = new Map<string, number>()
  const at = path.join('.')
  for (const run of [...context.runs, ...(context.otherRuns?.() ?? [])]) {
    const value = valueInRun(run, at)
    const tag: unknown = typeof value === 'object' && value !== null ? Object.values(value).at(0) : value
    if (tag !== undefined) uses.set(JSON.stringify(tag), (uses.get(JSON.stringify(tag)) ?? 0) + 1)
  }
  for (const item of items) {
    const used = uses.get(item.label) ?? uses.get(JSON.stringify(item.label)) ?? 0
    item.sortText = `${String(99_999 - used).padStart(5, '0')}${item.sortText ?? item.label}`
  }
}

/** The same suggestion can come from several branches of the schema. */
function distinct(items: readonly CompletionItem[]): CompletionItem[] {
  const seen = new Map(items.map(item => [`${item.label} ${item.insertText ?? item.textEdit?.newText ?? ''}`, item]))
  return [...seen.values()]
}

/** Inside the path of a dataset: what lies there. `null` elsewhere. */
async function pathItems(
  document: ExperimentDocument,
  context: LanguageContext,
  position: Position,
): Promise<CompletionItem[] | null> {
  const offset = document.text.offsetAt(position)
  const site = sitesAt(document, offset).findLast(one => isPath(one.setting) && one.value.kind === 'string')
  if (site?.value.kind !== 'string' || !isPath(site.setting) || context.list === undefined) return null
  const { span, value } = site.value
  if (offset <= span.offset || offset >= span.offset + span.length) return null
  const typed = value.slice(0, offset - span.offset - 1)
  const slash = typed.lastIndexOf('/')
  const base = slash < 0 ? '.' : typed.slice(0, slash + 1)
  const entries = await context.list(base)
  const range = toRange(document.text, { offset: span.offset + 1 + slash + 1, length: typed.length - slash - 1 })
  const onlyFolders = site.setting.path === 'folder'
  return entries
    .filter(entry => entry.isFolder || !onlyFolders)
    .map(({ name, isFolder }) => ({
      label: isFolder ? `${name}/` : name,
      kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
      // Folders first: the way to a file leads through them.
      sortText: `${isFolder ? '0' : '1'}${name}`,
      filterText: name,
      textEdit: { range, newText: slash < 0 && !typed.startsWith('.') ? `./${name}` : name },
    }))
}

function isPath(setting: Setting): setting is TextSetting {
  return setting.kind === 'text' && setting.path !== undefined
}
