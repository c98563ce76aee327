import type { Fix } from './finding.ts'

/** A text with edits made, which do not overlap. */
export function applyEdits(text: string, edits: Fix['edits']): string {
  // Back to front, so that the places of the earlier ones stay.
  const ordered = edits.toSorted((a, b) => b.span.offset - a.span.offset)
  return ordered.reduce(
    (done, { span, text: written }) => done.slice(0, span.offset) + written + done.slice(span.offset + span.length),
    text,
  )
}
