import type { Floats } from '../distances/pairwise.ts'
import { ApproximateScores, type Embeddings, type MatrixProduct } from './approximateScores.ts'
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
 * @param product takes over most of the work where it is given; the clusters are the same
 * @throws RangeError unless 1 ≤ k ≤ n
 */
export function* kMeansInSteps(
  x: Floats,
  n: number,
  d: number,
  k: number,
  random: Random,
  iterations: number,
  product: MatrixProduct | null = null,
): Generator<void, Int32Array> {
  if (!(Number.isSafeInteger(k) && k >= 1 && k <= n)) throw new RangeError(`cannot make ${k} clusters of ${n} rows`)
  const centres = seed(x, n, d, k, random)
  const clusters = new Int32Array(n).fill(-1)
  const distances = new Float64Array(n)
  const sizes = new Int32Array(k)
  yield
  for (let i = 0; i < iterations; i++) {
    const rows = { embeddings: x, count: n, size: d }
    const nearest = nearestCentres(rows, { embeddings: centres, count: k, size: d }, product)
    let changed = 0
    for (let row = 0; row < n; row++) {
      const best = nearest[row]
      if (clusters[row] !== best) changed++
      clusters[row] = best
      distances[row] = squaredDistance(x, row * d, centres, best * d, d)
    }
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

/** The centre nearest to each row; of those that are as near, the first. */
function nearestCentres(rows: Embeddings, centres: Embeddings, product: MatrixProduct | null): Int32Array {
  const nearest = new Int32Array(rows.count)
  const approximate = product && ApproximateScores.of(rows, centres, 'squared-euclidean', product)
  if (approximate) {
    for (const { first, count, products } of approximate.blocks())
      for (let q = 0; q < count; q++) nearest[first + q] = nearestOf(approximate, products, q, first + q)
    return nearest
  }
  const k = centres.count
  for (const { first, count, scores } of neighbourScores(rows, centres, 'squared-euclidean')) {
    for (let q = 0; q < count; q++) {
      let best = 0
      for (let c = 1; c < k; c++) if (scores[q * k + c] < scores[q * k + best]) best = c
      nearest[first + q] = best
    }
  }
  return nearest
}

/** Decides in double precision where another centre is about as near. */
function nearestOf(scores: ApproximateScores, products: Float32Array, q: number, row: number): number {
  const { half, references: k } = scores
  let nearest = 0
  let least = Infinity
  let second = Infinity
  for (let c = 0; c < k; c++) {
    const score = half[c] - products[q * k + c]
    if (score < least) {
      second = least
      least = score
      nearest = c
    } else if (score < second) second = score
  }
  const bound = least + 2 * scores.errorOf(row)
  if (second > bound) return nearest
  let best = -1
  let bestScore = Infinity
  for (let c = 0; c < k; c++) {
    if (half[c] - products[q * k + c] > bound) continue
    const score = scores.exact(row, c)
    if (best < 0 || score < bestScore) {
      best = c
      bestScore = score
    }
  }
  return best
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
