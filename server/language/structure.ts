/** The shape of a file: outline, folding, selection, links, formatting. */
import type {
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  FormattingOptions,
  Position,
  Range,
  SelectionRange,
  TextEdit,
} from 'vscode-languageserver-types'
import { SymbolKind } from 'vscode-languageserver-types'
import { inline } from '../experiment/editText.ts'
import { toJson, type Member, type Value } from '../experiment/tree.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { jsonService } from './jsonService.ts'
import { toRange } from './range.ts'

/** The settings, each with its value beside it; objects with theirs below. */
export function documentSymbols({ text, tree }: ExperimentDocument): DocumentSymbol[] {
  const ofMember = (member: Member): DocumentSymbol => ({
    name: member.key === '' ? '""' : member.key,
    detail: member.value === null ? '' : detail(member.value),
    kind: kindOf(member.value),
    range: toRange(text, member.span),
    selectionRange: toRange(text, member.keySpan),
    children: member.value?.kind === 'object' ? member.value.members.map(ofMember) : [],
  })
  return tree.own?.kind === 'object' ? tree.own.members.map(ofMember) : []
}

function detail(value: Value): string {
  if (value.kind === 'object') return ''
  const text = inline(toJson(value))
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function kindOf(value: Value | null): SymbolKind {
  switch (value?.kind) {
    case 'object':
      return SymbolKind.Module
    case 'array':
      return SymbolKind.Array
    case 'number':
      return SymbolKind.Number
    case 'boolean':
      return SymbolKind.Boolean
    case 'string':
      return SymbolKind.String
    case 'null':
    case undefined:
      return SymbolKind.Null
  }
}

export function foldingRanges({ text }: ExperimentDocument): FoldingRange[] {
  return jsonService().getFoldingRanges(text)
}

export function selectionRanges({ text }: ExperimentDocument, positions: Position[]): SelectionRange[] {
  const json = jsonService()
  return json.getSelectionRanges(text, positions, json.parseJSONDocument(text))
}

export function format({ text }: ExperimentDocument, options: FormattingOptions, range?: Range): TextEdit[] {
  const whole = { start: text.positionAt(0), end: text.positionAt(text.getText().length) }
  return jsonService().format(text, range ?? whole, options)
}

/** Paths of datasets lead to their files. */
export function documentLinks(document: ExperimentDocument, context: LanguageContext): DocumentLink[] {
  return document.inspection.sites.flatMap(({ setting, value }) => {
    if (setting.kind !== 'text' || setting.path === undefined || value.kind !== 'string') return []
    const target = context.resolve?.(value.value)
    if (target === undefined || value.value === '') return []
    const span = { offset: value.span.offset + 1, length: Math.max(0, value.span.length - 2) }
    return [{ range: toRange(document.text, span), target }]
  })
}
