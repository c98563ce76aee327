/** From dL/dDistance to dL/dEmbeddings. */
import { assertNever } from '../assertNever.ts'
import { l2NormalizeBackward } from './normalize.ts'
import { type DistanceKind, type Floats, inverseNorms } from './pairwise.ts'

/** Rows and columns of weights read together: eight doubles are a cache line. */
const square = 8

/**
 * One pass over the pairs with weight:
 *
 *   euclidean (x − y)/d, 0 where d = 0 · squared-euclidean 2(x − y) · cosine −v, brought back through u = x/‖x‖
 *
 * @param distances row-major [n, n], as `pairwiseDistances` gave them
 * @param weights dL/dDistance, row-major [n, n], need not be symmetric; times `scale`
 * @param into dL/dEmbeddings, row-major [n, d], overwritten
 */
export function distanceGradient(
  kind: DistanceKind,
  embeddings: Floats,
  n: number,
  d: number,
  distances: Float64Array,
  weights: Float64Array,
  scale: number,
  into: Float64Array,
): void {
  into.fill(0, 0, n * d)
  switch (kind) {
    case 'euclidean':
    case 'squared-euclidean':
      // Square by square: half of the weights are read column by column, which takes a cache line for each otherwise.
      for (let top = 0; top < n; top += square) {
        for (let left = top; left < n; left += square) {
          const bottom = Math.min(top + square, n)
          const right = Math.min(left + square, n)
          for (let i = top; i < bottom; i++) {
            for (let j = Math.max(left, i + 1); j < right; j++) {
              const weight = (weights[i * n + j] + weights[j * n + i]) * scale
              if (weight === 0) continue
              const distance = distances[i * n + j]
              if (distance === 0) continue
              pull(embeddings, d, i, j, kind === 'euclidean' ? weight / distance : 2 * weight, into)
            }
          }
        }
      }
      return
    case 'cosine': {
      const inverse = inverseNorms(embeddings, n, d)
      for (let i = 0; i < n; i++) {
        for (let j = i + 1; j < n; j++) {
          const weight = (weights[i * n + j] + weights[j * n + i]) * scale
          if (weight === 0) continue
          turn(embeddings, d, i, j, weight * inverse[j], weight * inverse[i], into)
        }
      }
      l2NormalizeBackward(embeddings, into, n, d, into)
      return
    }
    default:
      assertNever(kind, 'distance')
  }
}

/** into[i] += factor (x_i − x_j), into[j] −= the same. */
function pull(x: Floats, d: number, i: number, j: number, factor: number, into: Float64Array): void {
  const xi = i * d
  const xj = j * d
  for (let k = 0; k < d; k++) {
    const step = factor * (x[xi + k] - x[xj + k])
    into[xi + k] += step
    into[xj + k] -= step
  }
}

/** into[i] −= fi x_j, into[j] −= fj x_i. */
function turn(x: Floats, d: number, i: number, j: number, fi: number, fj: number, into: Float64Array): void {
  const xi = i * d
  const xj = j * d
  for (let k = 0; k < d; k++) {
    into[xi + k] -= fi * x[xj + k]
    into[xj + k] -= fj * x[xi + k]
  }
}
