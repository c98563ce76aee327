import type { Batch } from '../batch.ts'
import type { DistanceKind } from '../distances/pairwise.ts'
import { distanceGradient } from '../distances/gradient.ts'
import type { TripletSink } from '../triplets.ts'

/** The loss, structurally the run spec's loss section. */
export interface LossOptions {
  /** α ≥ 0, in units of the distance. */
  readonly margin: number
  readonly distance: DistanceKind
  /** Whether the embeddings come on the unit sphere. The loss takes them as they come. */
  readonly normalize: boolean
  readonly softMargin: boolean
  readonly swap: boolean
  readonly reducer: 'mean' | 'mean-nonzero'
}

/** Up to this share of all weights, a list of them is faster than looking at each. */
const few = 1 / 16

/**
 * Triplet loss over a stream of triplets, with its gradient, in memory that does not grow with their number.
 *
 *   ℓ(a, p, n) = max(0, x),  soft margin: ln(1 + eˣ),  with x = d(a, p) − d(a, n) + α;
 *   swap: min(d(a, n), d(p, n)) in place of d(a, n)
 *
 * averaged over all triplets (`mean`) or over those with ℓ > 0 (`mean-nonzero`). Weights dL/dDistance are summed while
 * triplets stream by; one pass over the pairs then gives dL/dEmbeddings.
 *
 * Schroff et al. 2015, FaceNet, §3.1 (arXiv:1503.03832), where d is squared L2; soft margin: Hermans et al. 2017, §2
 * (arXiv:1703.07737), with α = 0 there; swap: Balntas et al. 2016, Learning Local Feature Descriptors with Triplets and
 * Shallow Convolutional Neural Networks, §3.3.
 */
export class TripletLoss implements TripletSink {
  readonly #batch: Batch
  readonly #options: LossOptions
  readonly #weights: Float64Array
  /** Places of weights that may not be zero, while they are few; some more than once. */
  readonly #places: Int32Array
  #placeCount = 0
  /** Too many for a list. */
  #dense = false
  /** `#gradient` is that of the triplets since `begin`. */
  #ready = false
  #gradient: Float64Array = new Float64Array(0)
  #margin = 0
  #sum = 0
  #triplets = 0
  #active = 0

  constructor(options: LossOptions, batch: Batch) {
    this.#options = options
    this.#batch = batch
    this.#weights = new Float64Array(batch.maxBatch * batch.maxBatch)
    this.#places = new Int32Array(Math.ceil(this.#weights.length * few))
  }

  /** Triplets since `begin`. */
  get triplets(): number {
    return this.#triplets
  }

  /** Triplets since `begin` with ℓ > 0. */
  get active(): number {
    return this.#active
  }

  /** The reduced loss of the triplets since `begin`; 0 when there are none, or none active. */
  get value(): number {
    const divisor = this.#divisor()
    return divisor === 0 ? 0 : this.#sum / divisor
  }

  /**
   * Forgets the triplets so far; the batch must be loaded.
   * @throws RangeError when the margin is negative or not finite
   */
  begin(margin: number): void {
    if (!(margin >= 0 && margin < Infinity)) throw new RangeError(`the margin must be 0 or more and finite: ${margin}`)
    this.#margin = margin
    this.#sum = 0
    this.#triplets = 0
    this.#active = 0
    if (this.#dense) this.#weights.fill(0)
    else for (let i = 0; i < this.#placeCount; i++) this.#weights[this.#places[i]] = 0
    this.#placeCount = 0
    this.#dense = false
    this.#ready = false
  }

  add(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    this.#triplets += count
    this.#note(anchor, positive, negatives, count)
    if (this.#options.softMargin || this.#options.swap) this.#addGeneral(anchor, positive, negatives, count)
    else this.#addHinge(anchor, positive, negatives, count)
  }

  /** Keeps the places that a triplet's weights may go to: most miners choose one negative for a positive. */
  #note(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    if (this.#dense) return
    if (count > 1 || this.#placeCount + 3 > this.#places.length) {
      this.#dense = true
      return
    }
    if (count === 0) return
    const row = anchor * this.#batch.count
    this.#places[this.#placeCount++] = row + positive
    this.#places[this.#placeCount++] = row + negatives[0]
    if (this.#options.swap) this.#places[this.#placeCount++] = positive * this.#batch.count + negatives[0]
  }

  /** The common case, without a question in the inner loop that the options have answered. */
  #addHinge(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    const { distances, count: rows } = this.#batch
    const weights = this.#weights
    const row = anchor * rows
    const bar = distances[row + positive] + this.#margin
    let sum = 0
    let active = 0
    for (let i = 0; i < count; i++) {
      const at = row + negatives[i]
      const x = bar - distances[at]
      // Without a branch, which no processor could foresee.
      const violates = Number(x > 0)
      sum += violates * x
      active += violates
      weights[at] -= violates
    }
    weights[row + positive] += active
    this.#sum += sum
    this.#active += active
  }

  #addGeneral(anchor: number, positive: number, negatives: Int32Array, count: number): void {
    const { distances, count: rows } = this.#batch
    const { softMargin, swap } = this.#options
    const weights = this.#weights
    const rowA = anchor * rows
    const rowP = positive * rows
    const bar = distances[rowA + positive] + this.#margin
    for (let i = 0; i < count; i++) {
      const atA = rowA + negatives[i]
      const atP = rowP + negatives[i]
      const an = distances[atA]
      const pn = swap ? distances[atP] : Infinity
      const x = bar - (pn < an ? pn : an)
      const loss = softMargin ? softplus(x) : x
      if (loss <= 0) continue
      this.#sum += loss
      this.#active++
      const weight = softMargin ? 1 / (1 + Math.exp(-x)) : 1
      weights[rowA + positive] += weight
      if (pn > an) weights[atA] -= weight
      else if (pn < an) weights[atP] -= weight
      else {
        // Equally far: half to each, the middle of the two one-sided derivatives.
        weights[atA] -= weight / 2
        weights[atP] -= weight / 2
      }
    }
  }

  /**
   * dL/dEmbeddings of the triplets since `begin`.
   * @param into row-major [n, d], overwritten; may be longer
   * @throws RangeError when `into` is too short
   */
  gradient(into: Float32Array): void {
    const { distance, embeddings, count, size, distances } = this.#batch
    const length = count * size
    if (into.length < length) throw new RangeError(`a gradient of ${length} numbers does not fit in ${into.length}`)
    if (this.#gradient.length < length) this.#gradient = new Float64Array(length)
    if (!this.#ready) {
      const divisor = this.#divisor()
      const scale = divisor === 0 ? 0 : 1 / divisor
      const places = this.#dense ? null : this.#places.subarray(0, this.#placeCount)
      distanceGradient(distance, embeddings, count, size, distances, this.#weights, scale, this.#gradient, places)
      this.#ready = true
    }
    for (let i = 0; i < length; i++) into[i] = this.#gradient[i]
  }

  #divisor(): number {
    return this.#options.reducer === 'mean' ? this.#triplets : this.#active
  }
}

/** ln(1 + eˣ), without overflow. */
function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}
