import type { Problem } from '../../protocol/requests.ts'

/** A request that cannot be done, said as a finding without a place. */
export function refuse(code: string, message: string): { readonly kind: 'refused'; readonly problems: Problem[] } {
  const start = { line: 0, character: 0 }
  return { kind: 'refused', problems: [{ code, severity: 'error', message, start, end: start }] }
}
