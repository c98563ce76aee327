/**
 * What a JSON grammar cannot tell apart: words that Triplet Lab knows from free text, and the keys that make a value a
 * sweep from settings.
 */
import type { SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver-types'
import { isInherited, type Span } from '../experiment/tree.ts'
import type { ExperimentDocument } from './document.ts'

const types = ['enumMember', 'keyword'] as const
export const tokenLegend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [] }

export function semanticTokens({ text, tree, inspection }: ExperimentDocument): SemanticTokens {
  const found: { span: Span; type: (typeof types)[number] }[] = []
  for (const { setting, value } of inspection.sites) {
    const isWord =
      value.kind === 'string' &&
      ((setting.kind === 'choice' && Object.hasOwn(setting.choices, value.value)) ||
        (setting.kind === 'variant' && Object.hasOwn(setting.options, value.value)))
    if (isWord) found.push({ span: value.span, type: 'enumMember' })
    if (value.kind !== 'object' || !inspection.axes.some(axis => axis.span === value.span)) continue
    for (const one of value.members) found.push({ span: one.keySpan, type: 'keyword' })
  }
  const data: number[] = []
  let before = { line: 0, character: 0 }
  for (const { span, type } of found
    .filter(one => !isInherited(tree, one.span))
    .sort((a, b) => a.span.offset - b.span.offset)) {
    const at = text.positionAt(span.offset)
    const line = at.line - before.line
    data.push(line, line === 0 ? at.character - before.character : at.character, span.length, types.indexOf(type), 0)
    before = at
  }
  return { data }
}
