/** Findings of the experiment as diagnostics, with a link to what each code means. */
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic } from 'vscode-languageserver-types'
import { assertNever } from '../../protocol/assertNever.ts'
import type { Problem } from '../../protocol/requests.ts'
import type { Finding } from '../experiment/finding.ts'
import { findAll } from '../experiment/validate.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { toRange } from './range.ts'

export const diagnosticSource = 'Triplet Lab'

export function diagnose(document: ExperimentDocument, context: LanguageContext): Diagnostic[] {
  return findAll(document.tree, context.experiment)
    .toSorted((a, b) => a.span.offset - b.span.offset)
    .map(finding => toDiagnostic(document, finding, context))
}

export function toDiagnostic(document: ExperimentDocument, finding: Finding, context: LanguageContext): Diagnostic {
  const href = context.explain?.(finding.code)
  return {
    ...(href === undefined ? {} : { codeDescription: { href } }),
    range: toRange(document.text, finding.span),
    severity: toSeverity(finding.severity),
    code: finding.code,
    source: diagnosticSource,
    message: finding.message,
    ...(finding.unnecessary === true ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  }
}

function toSeverity(severity: Problem['severity']): DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return DiagnosticSeverity.Error
    case 'warning':
      return DiagnosticSeverity.Warning
    case 'information':
      return DiagnosticSeverity.Information
    default:
      return assertNever(severity)
  }
}
