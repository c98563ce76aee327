/** Distances between the rows of an embedding matrix, as the run's own settings measure them. */
import { assertNever } from '../../protocol/assertNever.ts'
import type { Distance } from '../../protocol/runSpec.ts'

/** n codes of d numbers, row-major. */
export interface Codes {
  readonly data: Float32Array
  readonly count: number
  readonly size: number
}

export function distanceBetween(codes: Codes, a: number, b: number, distance: Distance): number {
  const { data, size } = codes
  let dot = 0
  let squared = 0
  let normA = 0
  let normB = 0
  for (let i = 0; i < size; i++) {
    const x = data[a * size + i]
    const y = data[b * size + i]
    dot += x * y
    normA += x * x
    normB += y * y
    squared += (x - y) * (x - y)
  }
  switch (distance) {
    case 'euclidean':
      return Math.sqrt(squared)
    case 'squared-euclidean':
      return squared
    case 'cosine':
      return normA > 0 && normB > 0 ? 1 - dot / Math.sqrt(normA * normB) : 1
    default:
      return assertNever(distance)
  }
}

/** The nearest others, nearest first; of equals the one with the smaller number. */
export function neighbours(
  codes: Codes,
  of: number,
  count: number,
  distance: Distance,
): { readonly index: number; readonly distance: number }[] {
  const all = Array.from({ length: codes.count }, (_, index) => index).filter(index => index !== of)
  return all
    .map(index => ({ index, distance: distanceBetween(codes, of, index, distance) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, count)
}
