import * as l10n from '@vscode/l10n'
import type { Problem } from '../../protocol/requests.ts'

/** A request that cannot be done, said as a finding without a place. */
export function refuse(code: string, message: string): { readonly kind: 'refused'; readonly problems: Problem[] } {
  const start = { line: 0, character: 0 }
  return { kind: 'refused', problems: [{ code, severity: 'error', message, start, end: start }] }
}

export function untrusted(): string {
  return l10n.t('This workspace is not trusted. Trust it, then start the training again.')
}
