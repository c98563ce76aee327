/** Distances between all rows of a batch. */
import { assertNever } from '../assertNever.ts'

export type DistanceKind = 'euclidean' | 'squared-euclidean' | 'cosine'

/** Embeddings come in single precision from networks, in double precision from reference vectors. */
export type Floats = Float32Array | Float64Array

/** Rows shorter than this count as zero: their direction means nothing. */
export const zeroNorm = 1e-12

/**
 * All pairwise distances of n embeddings, from differences (not from a Gram matrix), so that close points keep their
 * precision and equal rows are exactly 0 apart.
 *
 *   euclidean ‖x − y‖ · squared-euclidean ‖x − y‖² · cosine 1 − cos(x, y) = ½‖x/‖x‖ − y/‖y‖‖²; 1 beside a zero row
 *
 * @param embeddings row-major [n, d]; may be longer
 * @param into row-major [n, n], symmetric, zero diagonal, never negative; not-a-number rows stay not-a-number
 * @throws RangeError when an array is too short
 */
export function pairwiseDistances(
  kind: DistanceKind,
  embeddings: Floats,
  n: number,
  d: number,
  into: Float64Array,
): void {
  if (embeddings.length < n * d)
    throw new RangeError(`${n} × ${d} embeddings do not fit in ${embeddings.length} numbers`)
  if (into.length < n * n) throw new RangeError(`${n} × ${n} distances do not fit in ${into.length} numbers`)
  switch (kind) {
    case 'squared-euclidean':
      squaredDistances(embeddings, n, d, into)
      return
    case 'euclidean':
      squaredDistances(embeddings, n, d, into)
      for (let i = 0; i < n * n; i++) into[i] = Math.sqrt(into[i])
      return
    case 'cosine':
      cosineDistances(embeddings, n, d, into)
      return
    default:
      assertNever(kind, 'distance')
  }
}

/**
 * The same from squared distances that are measured already. For the cosine, of rows that are all of length 1
 * (`areUnits`): then 1 − cos(x, y) = ½‖x − y‖².
 * @param squared row-major [n, n], symmetric, the diagonal zero: the other half is not read
 * @returns whether all are finite numbers
 * @throws RangeError when an array is too short
 */
export function takeSquared(kind: DistanceKind, squared: Floats, n: number, into: Float64Array): boolean {
  if (squared.length < n * n) throw new RangeError(`${n} × ${n} distances do not fit in ${squared.length} numbers`)
  if (into.length < n * n) throw new RangeError(`${n} × ${n} distances do not fit in ${into.length} numbers`)
  const euclidean = kind === 'euclidean'
  const factor = kind === 'cosine' ? 0.5 : 1
  // A sum of finite distances may overflow, a product with 0 may not.
  let zero = 0
  // Square by square: half of the distances are written column by column, which takes a cache line for each otherwise.
  for (let top = 0; top < n; top += tile) {
    const bottom = Math.min(top + tile, n)
    for (let left = top; left < n; left += tile) {
      const right = Math.min(left + tile, n)
      for (let i = top; i < bottom; i++) {
        for (let j = Math.max(left, i); j < right; j++) {
          const value = squared[i * n + j]
          const distance = euclidean ? Math.sqrt(value) : value * factor
          zero += distance * 0
          into[i * n + j] = distance
          into[j * n + i] = distance
        }
      }
    }
  }
  return zero === 0
}

/** Rows and columns of distances written together. */
const tile = 16

/** Whether all rows have length 1, up to what single precision makes of it. A network may also give a row of zeros. */
export function areUnits(x: Floats, n: number, d: number): boolean {
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let k = i * d; k < (i + 1) * d; k++) sum += x[k] * x[k]
    if (!(Math.abs(sum - 1) < 1e-5)) return false
  }
  return true
}

function squaredDistances(x: Floats, n: number, d: number, into: Float64Array): void {
  const even = d - (d % 4)
  for (let i = 0; i < n; i++) {
    const xi = i * d
    into[i * n + i] = 0
    for (let j = i + 1; j < n; j++) {
      const xj = j * d
      // Four sums at once: the processor need not wait for the last addition.
      let s0 = 0
      let s1 = 0
      let s2 = 0
      let s3 = 0
      let k = 0
      for (; k < even; k += 4) {
        const d0 = x[xi + k] - x[xj + k]
        const d1 = x[xi + k + 1] - x[xj + k + 1]
        const d2 = x[xi + k + 2] - x[xj + k + 2]
        const d3 = x[xi + k + 3] - x[xj + k + 3]
        s0 += d0 * d0
        s1 += d1 * d1
        s2 += d2 * d2
        s3 += d3 * d3
      }
      for (; k < d; k++) {
        const d0 = x[xi + k] - x[xj + k]
        s0 += d0 * d0
      }
      const distance = s0 + s1 + (s2 + s3)
      into[i * n + j] = distance
      into[j * n + i] = distance
    }
  }
}

function cosineDistances(x: Floats, n: number, d: number, into: Float64Array): void {
  const scale = inverseNorms(x, n, d)
  for (let i = 0; i < n; i++) {
    const xi = i * d
    into[i * n + i] = 0
    for (let j = i + 1; j < n; j++) {
      const xj = j * d
      let sum = 0
      for (let k = 0; k < d; k++) {
        const difference = x[xi + k] * scale[i] - x[xj + k] * scale[j]
        sum += difference * difference
      }
      const distance = scale[i] === 0 || scale[j] === 0 ? 1 : sum / 2
      into[i * n + j] = distance
      into[j * n + i] = distance
    }
  }
}

/** 1/‖x‖ of each row; 0 for rows shorter than `zeroNorm`, not-a-number for rows without a finite length. */
export function inverseNorms(x: Floats, n: number, d: number): Float64Array {
  const result = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let k = i * d; k < (i + 1) * d; k++) sum += x[k] * x[k]
    const norm = Math.sqrt(sum)
    result[i] = norm < zeroNorm ? 0 : norm === Infinity ? NaN : 1 / norm
  }
  return result
}
