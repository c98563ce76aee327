import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Precision, compare } from './check.ts'
import { decodeVector } from './vectors.ts'

/** The project's own copy. */
export const ownVectors = join(import.meta.dirname, 'vectors')

export type Outcome =
  | { readonly kind: 'passed'; readonly file: string; readonly note: string | null }
  | { readonly kind: 'failed'; readonly file: string; readonly reasons: readonly string[] }
  | { readonly kind: 'skipped'; readonly file: string; readonly why: string }

export function goldenFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .sort()
}

/** A file of an unknown kind is skipped; one that is malformed, or on which the core throws, has failed. */
export function tryFile(folder: string, file: string, precision: Precision): Outcome {
  const decoded = decodeVector(readFileSync(join(folder, file), 'utf8'))
  if (decoded.kind === 'unknown') return { kind: 'skipped', file, why: decoded.why }
  if (decoded.kind === 'malformed') return { kind: 'failed', file, reasons: [decoded.why] }
  try {
    const { differences: reasons, note } = compare(decoded.vector, precision)
    return reasons.length === 0 ? { kind: 'passed', file, note } : { kind: 'failed', file, reasons }
  } catch (error) {
    return { kind: 'failed', file, reasons: [error instanceof Error ? error.message : String(error)] }
  }
}
