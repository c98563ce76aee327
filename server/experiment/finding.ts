/** A finding in an experiment file, before it is brought to lines and characters. */
import type { Problem } from '../../protocol/requests.ts'

/** A stretch of the text, in UTF-16 units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

/** A change that repairs a finding; the edits do not overlap. */
export interface Fix {
  readonly title: string
  readonly edits: readonly { readonly span: Span; readonly text: string }[]
}

export interface Finding {
  /** Stable, kebab-case; docs/diagnostics.md has a section for each. */
  readonly code: string
  readonly severity: Problem['severity']
  readonly message: string
  readonly span: Span
  /** What is underlined does nothing: an editor may show it faded. */
  readonly unnecessary?: boolean
  /** The first is what most people want. */
  readonly fixes?: readonly Fix[]
}

/** Zero-based lines and characters of offsets in a text, as the Language Server Protocol counts them. */
export class Lines {
  readonly #starts: readonly number[]

  constructor(text: string) {
    const starts = [0]
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
    }
    this.#starts = starts
  }

  positionAt(offset: number): { line: number; character: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low, character: offset - (this.#starts[low] ?? 0) }
  }
}

/** Findings in the order of the text. */
export function toProblems(text: string, findings: readonly Finding[]): Problem[] {
  const lines = new Lines(text)
  return findings
    .toSorted((a, b) => a.span.offset - b.span.offset || a.span.length - b.span.length)
    .map(({ code, severity, message, span }) => ({
      code,
      severity,
      message,
      start: lines.positionAt(span.offset),
      end: lines.positionAt(span.offset + span.length),
    }))
}
