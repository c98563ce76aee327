/** The light bulb: repairs of findings, and ways from one value to a sweep and back. */
import { CodeActionKind, type CodeAction, type Range } from 'vscode-languageserver-types'
import type { Fix, Span } from '../experiment/finding.ts'
import { findAll } from '../experiment/validate.ts'
import type { LanguageContext } from './context.ts'
import { toDiagnostic } from './diagnostics.ts'
import type { ExperimentDocument } from './document.ts'
import { toTextEdits } from './edits.ts'
import { extractBase, extractCommon } from './extractBase.ts'
import { sweepActions } from './sweepActions.ts'

export const codeActionKinds = [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, CodeActionKind.RefactorExtract]

/**
 * @param only kinds that are wanted, with all below them; everything when left out
 * @param others files that are open too
 */
export function codeActions(
  document: ExperimentDocument,
  context: LanguageContext,
  range: Range,
  only?: readonly string[],
  others: readonly ExperimentDocument[] = [],
): CodeAction[] {
  const start = document.text.offsetAt(range.start)
  const span = { offset: start, length: document.text.offsetAt(range.end) - start }
  const wanted = (kind: string) => only === undefined || only.some(one => kind === one || kind.startsWith(`${one}.`))
  return [
    ...(wanted(CodeActionKind.QuickFix) ? quickFixes(document, context, span) : []),
    ...(wanted(CodeActionKind.RefactorRewrite) ? sweepActions(document, context, span) : []),
    ...(wanted(CodeActionKind.RefactorExtract)
      ? [...extractBase(document, span), ...extractCommon(document, others, span)]
      : []),
  ]
}

function quickFixes(document: ExperimentDocument, context: LanguageContext, span: Span): CodeAction[] {
  return findAll(document.tree, context.experiment)
    .filter(finding => touches(finding.span, span))
    .flatMap(finding =>
      (finding.fixes ?? []).map((fix, i) => ({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toDiagnostic(document, finding, context)],
        isPreferred: i === 0,
        edit: workspaceEdit(document, fix.edits),
      })),
    )
}

export function workspaceEdit(document: ExperimentDocument, edits: Fix['edits']) {
  return { changes: { [document.text.uri]: toTextEdits(document.text, edits) } }
}

function touches(a: Span, b: Span): boolean {
  return a.offset <= b.offset + b.length && b.offset <= a.offset + a.length
}
