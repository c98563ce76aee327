import { assertNever } from '../assertNever.ts'
import { type DistanceKind, type Floats, inverseNorms } from '../distances/pairwise.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'

/** Scores of `count` queries from `first` on: row-major [count, references]. Overwritten by the next block. */
export interface ScoreBlock {
  readonly first: number
  readonly count: number
  readonly scores: Float64Array
}

const queriesPerBlock = 16
const referencesPerTile = 64

/**
 * For each query a score of every reference that rises with their distance: ‖y‖²/2 − x·y for Euclidean distances, −cos for
 * cosine. In tiles that stay in the processor's cache, four queries by two references at a time in registers.
 * @throws RangeError when sizes do not agree
 */
export function* neighbourScores(
  queries: Pick<LabelledEmbeddings, 'embeddings' | 'count' | 'size'>,
  references: Pick<LabelledEmbeddings, 'embeddings' | 'count' | 'size'>,
  distance: DistanceKind,
): Generator<ScoreBlock, void> {
  const { size } = queries
  checkSizes(queries, references)
  const n = references.count
  const x = prepared(queries.embeddings, queries.count, size, distance)
  const y = references === queries ? x : prepared(references.embeddings, n, size, distance)
  const half = halfSquares(y, n, size, distance)
  const scores = new Float64Array(queriesPerBlock * n)
  for (let first = 0; first < queries.count; first += queriesPerBlock) {
    const count = Math.min(queriesPerBlock, queries.count - first)
    for (let tile = 0; tile < n; tile += referencesPerTile) {
      const end = Math.min(n, tile + referencesPerTile)
      let q = 0
      for (; q + 4 <= count; q += 4) fourQueries(x, (first + q) * size, y, half, tile, end, size, scores, q * n, n)
      for (; q < count; q++) oneQuery(x, (first + q) * size, y, half, tile, end, size, scores, q * n)
    }
    yield { first, count, scores }
  }
}

/** @throws RangeError when sizes do not agree, or arrays are too short for them */
export function checkSizes(
  queries: Pick<LabelledEmbeddings, 'embeddings' | 'count' | 'size'>,
  references: Pick<LabelledEmbeddings, 'embeddings' | 'count' | 'size'>,
): void {
  const { size } = queries
  if (references.size !== size) throw new RangeError(`queries of ${size} numbers, references of ${references.size}`)
  for (const { embeddings, count } of [queries, references]) {
    if (embeddings.length < count * size)
      throw new RangeError(`${count} × ${size} embeddings, ${embeddings.length} numbers`)
  }
}

/** Double precision spares a conversion per number read; rows of unit length for cosine. */
function prepared(embeddings: Floats, n: number, d: number, distance: DistanceKind): Float64Array {
  const x = Float64Array.from(embeddings.subarray(0, n * d))
  if (distance === 'cosine') {
    const scale = inverseNorms(x, n, d)
    for (let i = 0; i < n; i++) for (let k = i * d; k < (i + 1) * d; k++) x[k] *= scale[i]
  }
  return x
}

function halfSquares(y: Float64Array, n: number, d: number, distance: DistanceKind): Float64Array {
  const half = new Float64Array(n)
  switch (distance) {
    case 'cosine':
      return half
    case 'euclidean':
    case 'squared-euclidean':
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let k = i * d; k < (i + 1) * d; k++) sum += y[k] * y[k]
        half[i] = sum / 2
      }
      return half
    default:
      return assertNever(distance, 'distance')
  }
}

function fourQueries(
  x: Float64Array,
  x0: number,
  y: Float64Array,
  half: Float64Array,
  from: number,
  to: number,
  d: number,
  scores: Float64Array,
  offset: number,
  stride: number,
): void {
  const x1 = x0 + d
  const x2 = x1 + d
  const x3 = x2 + d
  let j = from
  for (; j + 2 <= to; j += 2) {
    const y0 = j * d
    const y1 = y0 + d
    let a0 = 0
    let a1 = 0
    let a2 = 0
    let a3 = 0
    let b0 = 0
    let b1 = 0
    let b2 = 0
    let b3 = 0
    for (let k = 0; k < d; k++) {
      const u = y[y0 + k]
      const v = y[y1 + k]
      const p = x[x0 + k]
      const q = x[x1 + k]
      const r = x[x2 + k]
      const s = x[x3 + k]
      a0 += p * u
      a1 += q * u
      a2 += r * u
      a3 += s * u
      b0 += p * v
      b1 += q * v
      b2 += r * v
      b3 += s * v
    }
    let at = offset + j
    scores[at] = half[j] - a0
    scores[at + 1] = half[j + 1] - b0
    at += stride
    scores[at] = half[j] - a1
    scores[at + 1] = half[j + 1] - b1
    at += stride
    scores[at] = half[j] - a2
    scores[at + 1] = half[j + 1] - b2
    at += stride
    scores[at] = half[j] - a3
    scores[at + 1] = half[j + 1] - b3
  }
  if (j < to) {
    for (let q = 0; q < 4; q++) oneQuery(x, x0 + q * d, y, half, j, to, d, scores, offset + q * stride)
  }
}

function oneQuery(
  x: Float64Array,
  x0: number,
  y: Float64Array,
  half: Float64Array,
  from: number,
  to: number,
  d: number,
  scores: Float64Array,
  offset: number,
): void {
  for (let j = from; j < to; j++) {
    const y0 = j * d
    let sum = 0
    for (let k = 0; k < d; k++) sum += x[x0 + k] * y[y0 + k]
    scores[offset + j] = half[j] - sum
  }
}
