import type { Floats } from '../distances/pairwise.ts'
import { neighbourScores } from './neighbourScores.ts'
import type { Random } from '../random.ts'
import { firstAbove } from '../weightedDraw.ts'

/**
 * k-means with k-means++ seeding (Arthur and Vassilvitskii 2007) and Lloyd's iterations, until nothing changes or
 * `iterations` are done. A cluster that loses all its rows gets the row farthest from its centre.
 * @param x row-major [n, d]
 * @returns cluster 0 … k − 1 of each row
 * @throws RangeError unless 1 ≤ k ≤ n
 */
export function kMeans(x: Floats, n: number, d: number, k: number, random: Random, iterations = 50): Int32Array {
  const steps = kMeansInSteps(x, n, d, k, random, iterations)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/**
 * The same in pieces: yields after the seeding and after each iteration, for callers with an event loop to keep alive.
 * @throws RangeError unless 1 ≤ k ≤ n
 */
export function* kMeansInSteps(
  x: Floats,
  n: number,
  d: number,
  k: number,
  random: Random,
  iterations: number,
): Generator<void, Int32Array> {
  if (!(Number.isSafeInteger(k) && k >= 1 && k <= n)) throw new RangeError(`cannot make ${k} clusters of ${n} rows`)
  const centres = seed(x, n, d, k, random)
  const clusters = new Int32Array(n).fill(-1)
  const distances = new Float64Array(n)
  const sizes = new Int32Array(k)
  yield
  for (let i = 0; i < iterations; i++) {
    const changed = assign(x, n, d, centres, k, clusters, distances)
    if (changed === 0) break
    sizes.fill(0)
    for (const cluster of clusters) sizes[cluster]++
    for (let c = 0; c < k; c++) if (sizes[c] === 0) revive(c, clusters, distances, sizes)
    moveCentres(x, n, d, clusters, sizes, centres)
    yield
  }
  return clusters
}

/** The first centre at random, each further one with a chance in proportion to its squared distance to the nearest so far. */
function seed(x: Floats, n: number, d: number, k: number, random: Random): Float64Array {
  const centres = new Float64Array(k * d)
  const nearest = new Float64Array(n).fill(Infinity)
  const cumulated = new Float64Array(n)
  let chosen = random.below(n)
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) centres[c * d + j] = x[chosen * d + j]
    let total = 0
    for (let i = 0; i < n; i++) {
      nearest[i] = Math.min(nearest[i], squaredDistance(x, i * d, centres, c * d, d))
      total += nearest[i]
      cumulated[i] = total
    }
    // All rows lie on centres already: any will do.
    chosen = total > 0 ? firstAbove(cumulated, n, random.uniform() * total) : random.below(n)
  }
  return centres
}

/** Each row to its nearest centre. @returns how many rows changed theirs */
function assign(
  x: Floats,
  n: number,
  d: number,
  centres: Float64Array,
  k: number,
  clusters: Int32Array,
  distances: Float64Array,
): number {
  let changed = 0
  const rows = { embeddings: x, count: n, size: d }
  for (const block of neighbourScores(rows, { embeddings: centres, count: k, size: d }, 'squared-euclidean')) {
    for (let q = 0; q < block.count; q++) {
      const i = block.first + q
      let best = 0
      for (let c = 1; c < k; c++) if (block.scores[q * k + c] < block.scores[q * k + best]) best = c
      if (clusters[i] !== best) changed++
      clusters[i] = best
      distances[i] = squaredDistance(x, i * d, centres, best * d, d)
    }
  }
  return changed
}

function revive(cluster: number, clusters: Int32Array, distances: Float64Array, sizes: Int32Array): void {
  let farthest = -1
  for (let i = 0; i < clusters.length; i++) {
    if (sizes[clusters[i]] > 1 && (farthest < 0 || distances[i] > distances[farthest])) farthest = i
  }
  if (farthest < 0) return
  sizes[clusters[farthest]]--
  clusters[farthest] = cluster
  distances[farthest] = 0
  sizes[cluster] = 1
}

function moveCentres(
  x: Floats,
  n: number,
  d: number,
  clusters: Int32Array,
  sizes: Int32Array,
  centres: Float64Array,
): void {
  centres.fill(0)
  for (let i = 0; i < n; i++) {
    const at = clusters[i] * d
    for (let j = 0; j < d; j++) centres[at + j] += x[i * d + j]
  }
  for (let c = 0; c < sizes.length; c++) for (let j = 0; j < d; j++) centres[c * d + j] /= sizes[c]
}

function squaredDistance(x: Floats, i: number, y: Floats, j: number, d: number): number {
  let sum = 0
  for (let k = 0; k < d; k++) {
    const difference = x[i + k] - y[j + k]
    sum += difference * difference
  }
  return sum
}
