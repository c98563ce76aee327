/** From dL/dDistance to dL/dEmbeddings. */
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
 * @param places of all weights that are not zero, where they are few; some may be listed twice. The weights are used up:
 *   zero afterwards. `null`: all weights are looked at, and stay
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
  places: Int32Array | null = null,
): void {
  into.fill(0, 0, n * d)
  const inverse = kind === 'cosine' ? inverseNorms(embeddings, n, d) : null
  const pass = (i: number, j: number, weight: number): void => {
    if (inverse) turn(embeddings, d, i, j, weight * inverse[j], weight * inverse[i], into)
    else if (kind === 'squared-euclidean') pull(embeddings, d, i, j, 2 * weight, into)
    else if (distances[i * n + j] > 0) pull(embeddings, d, i, j, weight / distances[i * n + j], into)
  }
  if (places) {
    // Counted, since the iterator of a typed array takes as long as the distance of a pair.
    for (let at = 0; at < places.length; at++) {
      const place = places[at]
      const i = Math.floor(place / n)
      const j = place - i * n
      const mirrored = j * n + i
      const weight = (weights[place] + weights[mirrored]) * scale
      weights[place] = 0
      weights[mirrored] = 0
      if (weight !== 0) pass(i, j, weight)
    }
  } else {
    // Square by square: half of the weights are read column by column, which takes a cache line for each otherwise.
    for (let top = 0; top < n; top += square) {
      const bottom = Math.min(top + square, n)
      for (let left = top; left < n; left += square) {
        const right = Math.min(left + square, n)
        for (let i = top; i < bottom; i++) {
          for (let j = Math.max(left, i + 1); j < right; j++) {
            const weight = (weights[i * n + j] + weights[j * n + i]) * scale
            if (weight !== 0) pass(i, j, weight)
          }
        }
      }
    }
  }
  if (inverse) l2NormalizeBackward(embeddings, into, n, d, into)
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
