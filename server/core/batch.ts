/** A labelled batch of embeddings with its distances, computed once and shared by miner, loss and difficulty. */
import { areUnits, type DistanceKind, type Floats, pairwiseDistances, takeSquared } from './distances/pairwise.ts'

export interface BatchOptions {
  readonly distance: DistanceKind
  /** Whether the embeddings lie on the unit sphere: some miners need to know. */
  readonly normalize: boolean
  /** Most rows that `load` will get. All memory is taken at once: 8 bytes × maxBatch² and a little. */
  readonly maxBatch: number
}

/**
 * Preallocated; `load` fills it anew each step. A row's positives are the other rows of its class, its negatives the rows
 * of other classes, both in ascending order, so that the first of equals is the one with the lowest index.
 */
export class Batch {
  readonly distance: DistanceKind
  readonly normalize: boolean
  readonly maxBatch: number
  /** Row-major [count, count] in the first count² entries. */
  readonly distances: Float64Array
  /** Rows n and numbers in each d of the last load. */
  count = 0
  size = 0
  embeddings: Floats = new Float32Array(0)
  labels: Int32Array = new Int32Array(0)
  /** Number of (a, p, n) with label(a) = label(p) ≠ label(n) and a ≠ p. */
  validTriplets = 0
  /** Whether every distance is a finite number; if not, nothing that is computed from them means anything. */
  finite = true

  /** Neighbours of the anchor last given to `look`, with their distances to it. */
  readonly positives: Int32Array
  readonly positiveDistances: Float64Array
  positiveCount = 0
  readonly negatives: Int32Array
  readonly negativeDistances: Float64Array
  negativeCount = 0

  /** The class last looked at, and its rows; none since the last load. */
  #lookedAt = 0
  readonly #members: Int32Array
  #memberCount = 0

  /** Rows of each class. */
  readonly #sizes = new Map<number, number>()

  /** @throws RangeError when maxBatch is not a positive whole number */
  constructor(options: BatchOptions) {
    const { maxBatch } = options
    if (!(Number.isSafeInteger(maxBatch) && maxBatch >= 1))
      throw new RangeError(`maxBatch must be at least 1: ${maxBatch}`)
    this.distance = options.distance
    this.normalize = options.normalize
    this.maxBatch = maxBatch
    this.distances = new Float64Array(maxBatch * maxBatch)
    this.positives = new Int32Array(maxBatch)
    this.positiveDistances = new Float64Array(maxBatch)
    this.negatives = new Int32Array(maxBatch)
    this.negativeDistances = new Float64Array(maxBatch)
    this.#members = new Int32Array(maxBatch)
  }

  /**
   * Takes a batch (by reference: the arrays must stay as they are until the next load) and computes its distances.
   * @param embeddings row-major [n, d]; may be longer
   * @param labels class of each row; may be longer
   * @param squared ‖x − y‖² of the rows, row-major [n, n], where somebody has measured them already; not used for the
   *   cosine of rows that are not on the unit sphere
   * @throws RangeError when there are more than maxBatch rows, or an array is too short
   */
  load(embeddings: Floats, n: number, d: number, labels: Int32Array, squared: Floats | null = null): void {
    if (n > this.maxBatch) throw new RangeError(`a batch of ${n} rows; room for ${this.maxBatch}`)
    if (labels.length < n) throw new RangeError(`${n} rows but ${labels.length} labels`)
    if (squared !== null && (this.distance !== 'cosine' || areUnits(embeddings, n, d))) {
      this.finite = takeSquared(this.distance, squared, n, this.distances)
    } else {
      pairwiseDistances(this.distance, embeddings, n, d, this.distances)
      this.finite = allFinite(this.distances, n * n)
    }
    this.count = n
    this.size = d
    this.embeddings = embeddings
    this.labels = labels
    this.positiveCount = 0
    this.negativeCount = 0
    this.#memberCount = 0
    this.validTriplets = this.#countValidTriplets()
  }

  /** Fills `positives`, `negatives` and their distances for one anchor. */
  look(anchor: number): void {
    const { labels, distances, count, positives, positiveDistances, negatives, negativeDistances } = this
    // Anchors of one class usually follow one another, and have the same negatives.
    if (this.#memberCount === 0 || labels[anchor] !== this.#lookedAt) this.#divide(labels[anchor])
    const row = anchor * count
    for (let i = 0; i < this.negativeCount; i++) negativeDistances[i] = distances[row + negatives[i]]
    let p = 0
    for (let i = 0; i < this.#memberCount; i++) {
      const j = this.#members[i]
      if (j === anchor) continue
      positives[p] = j
      positiveDistances[p++] = distances[row + j]
    }
    this.positiveCount = p
  }

  /** Finds the rows of a class, and all others. */
  #divide(label: number): void {
    const { labels, count, negatives } = this
    let members = 0
    let others = 0
    for (let j = 0; j < count; j++) {
      if (labels[j] === label) this.#members[members++] = j
      else negatives[others++] = j
    }
    this.#lookedAt = label
    this.#memberCount = members
    this.negativeCount = others
  }

  #countValidTriplets(): number {
    const { labels, count } = this
    const sizes = this.#sizes
    sizes.clear()
    for (let i = 0; i < count; i++) sizes.set(labels[i], (sizes.get(labels[i]) ?? 0) + 1)
    let total = 0
    for (const members of sizes.values()) total += members * (members - 1) * (count - members)
    return total
  }
}

function allFinite(values: Float64Array, length: number): boolean {
  // A sum of finite distances may overflow, a product with 0 may not.
  let zero = 0
  for (let i = 0; i < length; i++) zero += values[i] * 0
  return zero === 0
}
