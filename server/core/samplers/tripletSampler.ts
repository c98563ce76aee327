import { Random, randomStateLength } from '../random.ts'
import type { Sampler } from './sampler.ts'
import { ShuffledCycle } from './shuffledCycle.ts'

export interface TripletSamplerOptions {
  /** Row-major [count, 3]: anchor, positive and negative, as indices of samples. */
  readonly triplets: Int32Array
  /** Triplets in a batch. */
  readonly perBatch: number
  readonly random: Random
}

/**
 * Batches of triplets that were chosen before training: anchor, positive and negative of the first, then of the second,
 * and so on. Every triplet comes equally often, none twice in a batch; a sample comes as often as triplets name it.
 */
export class TripletSampler implements Sampler {
  readonly batchSize: number
  readonly batchesPerEpoch: number
  readonly #triplets: Int32Array
  readonly #cycle: ShuffledCycle
  readonly #chosen: Int32Array
  #random: Random

  /** @throws RangeError when a batch is no whole number of at least 1, or there are fewer triplets than that */
  constructor({ triplets, perBatch, random }: TripletSamplerOptions) {
    const count = Math.floor(triplets.length / 3)
    if (!(Number.isSafeInteger(perBatch) && perBatch >= 1 && perBatch <= count))
      throw new RangeError(`a batch of ${perBatch} triplets cannot be drawn from ${count}`)
    this.#triplets = triplets
    this.#cycle = new ShuffledCycle(Int32Array.from({ length: count }, (_, i) => i))
    this.#chosen = new Int32Array(perBatch)
    this.#random = random
    this.batchSize = 3 * perBatch
    this.batchesPerEpoch = Math.max(1, Math.round(count / perBatch))
  }

  next(into: Int32Array): void {
    if (into.length < this.batchSize)
      throw new RangeError(`a batch of ${this.batchSize} does not fit in ${into.length}`)
    this.#cycle.draw(this.#chosen.length, this.#random, this.#chosen, 0)
    for (const [i, triplet] of this.#chosen.entries())
      for (let k = 0; k < 3; k++) into[3 * i + k] = this.#triplets[3 * triplet + k]
  }

  state(): Int32Array {
    const words = new Int32Array(randomStateLength + this.#cycle.stateLength)
    words.set(new Int32Array(this.#random.state().buffer))
    this.#cycle.writeState(words, randomStateLength)
    return words
  }

  restore(state: Int32Array): void {
    if (state.length !== randomStateLength + this.#cycle.stateLength)
      throw new RangeError('the sampler state belongs to other triplets')
    this.#cycle.readState(state, randomStateLength)
    this.#random = Random.fromState(Uint32Array.from(state.subarray(0, randomStateLength), word => word >>> 0))
  }
}
