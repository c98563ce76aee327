/** What a training step asks of the core: triplets, loss and gradient of a batch, in one call. */
import { Batch } from './batch.ts'
import type { Floats } from './distances/pairwise.ts'
import { type LossOptions, TripletLoss } from './loss/tripletLoss.ts'
import { createMiner } from './miners/createMiner.ts'
import type { MiningOptions } from './miners/miner.ts'
import type { Random } from './random.ts'
import type { Triplets } from './triplets.ts'

export interface ObjectiveOptions {
  readonly loss: LossOptions
  readonly mining: MiningOptions
  /** For the miners that draw. */
  readonly random: Random
  /** Most rows in a batch. */
  readonly maxBatch: number
  /** Numbers in an embedding. */
  readonly size: number
}

export interface Evaluation {
  /** The reduced loss; NaN when an embedding is not a finite number or too large to be measured. */
  readonly loss: number
  /** dL/dEmbeddings, row-major [n, d]. Valid until the next `evaluate`; zeros when the loss is NaN. */
  readonly gradient: Float32Array
  readonly minedTriplets: number
  /** Mined triplets with loss > 0. */
  readonly activeTriplets: number
  /** activeTriplets / minedTriplets; 0 when none were mined. */
  readonly activeFraction: number
}

export interface Objective {
  /** The batch last evaluated, with its distances: for difficulty and for lists of hardest triplets. */
  readonly batch: Batch
  /**
   * @param embeddings row-major [n, d]; on the unit sphere if the loss says so
   * @param labels class of each row
   * @param margin α of this step, when it is not the loss's own
   * @param squared as in `Batch.load`
   * @throws RangeError when the batch does not fit the options
   */
  evaluate(
    embeddings: Floats,
    n: number,
    d: number,
    labels: Int32Array,
    margin?: number,
    squared?: Floats | null,
  ): Evaluation
  /** Appends to `into` the triplets that the miner chooses in the loaded batch; a miner that draws draws again. */
  listTriplets(into: Triplets, margin?: number): void
}

/** @throws RangeError when an option is outside its range */
export function createObjective(options: ObjectiveOptions): Objective {
  const { maxBatch, size } = options
  const batch = new Batch({ distance: options.loss.distance, normalize: options.loss.normalize, maxBatch })
  const loss = new TripletLoss(options.loss, batch)
  const miner = createMiner(options.mining, options.random)
  const room = new Float32Array(maxBatch * size)
  return {
    batch,
    evaluate(embeddings, n, d, labels, margin = options.loss.margin, squared = null) {
      if (d > size) throw new RangeError(`embeddings of ${d} numbers; room for ${size}`)
      batch.load(embeddings, n, d, labels, squared)
      loss.begin(margin)
      const gradient = room.subarray(0, n * d)
      if (!batch.finite) {
        gradient.fill(0)
        return { loss: NaN, gradient, minedTriplets: 0, activeTriplets: 0, activeFraction: 0 }
      }
      miner.mine(batch, margin, loss)
      loss.gradient(gradient)
      const { triplets, active, value } = loss
      const activeFraction = triplets === 0 ? 0 : active / triplets
      return { loss: value, gradient, minedTriplets: triplets, activeTriplets: active, activeFraction }
    },
    listTriplets(into, margin = options.loss.margin) {
      miner.mine(batch, margin, into)
    },
  }
}
