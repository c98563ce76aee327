import { Random, randomStateLength } from '../random.ts'
import type { Sampler } from './sampler.ts'
import { ShuffledCycle } from './shuffledCycle.ts'

export interface PkSamplerOptions {
  /** Class of each sample that may be drawn. */
  readonly labels: Int32Array
  /** P: different classes in a batch. */
  readonly classes: number
  /** K: samples of each. */
  readonly samplesPerClass: number
  readonly random: Random
}

/**
 * Batches of P classes with K samples each (Hermans et al. 2017, §2, arXiv:1703.07737), class-balanced:
 *
 * - every class comes equally often, whatever its size, and no class twice in a batch;
 * - within a class every sample comes equally often, none twice in a batch;
 * - a class with fewer than K samples gives all of them, and draws the rest from them again;
 * - a class with one sample is left out: it has no positive. `leftOut` says how many are.
 *
 * Batches are a function of the seed alone, and continue from an exported state as if never interrupted.
 */
export class PkSampler implements Sampler {
  readonly batchSize: number
  /** Classes with a single sample, never drawn. */
  readonly leftOut: number
  /** Batches that show as many samples as there are: an epoch. */
  readonly batchesPerEpoch: number
  #random: Random
  readonly #classes: ShuffledCycle
  readonly #members: readonly ShuffledCycle[]
  readonly #samplesPerClass: number
  readonly #chosen: Int32Array

  /** @throws RangeError when P or K is not a whole number of at least 1, or fewer than P classes have two samples */
  constructor(options: PkSamplerOptions) {
    const { labels, classes, samplesPerClass, random } = options
    if (!(
      Number.isSafeInteger(classes) &&
      classes >= 1 &&
      Number.isSafeInteger(samplesPerClass) &&
      samplesPerClass >= 1
    )) {
      throw new RangeError(`a batch needs whole numbers of classes and samples: ${classes} × ${samplesPerClass}`)
    }
    const members = new Map<number, number[]>()
    for (const [index, label] of labels.entries()) {
      const list = members.get(label)
      if (list === undefined) members.set(label, [index])
      else list.push(index)
    }
    const usable = [...members.keys()]
      .sort((a, b) => a - b)
      .flatMap(label => {
        const list = members.get(label) ?? []
        return list.length >= 2 ? [new ShuffledCycle(Int32Array.from(list))] : []
      })
    if (usable.length < classes) {
      throw new RangeError(`batches of ${classes} classes, but only ${usable.length} have two samples or more`)
    }
    this.#members = usable
    this.#classes = new ShuffledCycle(Int32Array.from(usable.keys()))
    this.#samplesPerClass = samplesPerClass
    this.#random = random
    this.#chosen = new Int32Array(classes)
    this.leftOut = members.size - usable.length
    this.batchSize = classes * samplesPerClass
    const drawable = usable.reduce((sum, cycle) => sum + cycle.length, 0)
    this.batchesPerEpoch = Math.max(1, Math.round(drawable / this.batchSize))
  }

  /**
   * Writes the next batch: P·K indices into `labels`, class after class.
   * @throws RangeError when `into` is shorter than a batch
   */
  next(into: Int32Array): void {
    if (into.length < this.batchSize)
      throw new RangeError(`a batch of ${this.batchSize} does not fit in ${into.length}`)
    this.#classes.draw(this.#chosen.length, this.#random, this.#chosen, 0)
    let offset = 0
    for (const chosen of this.#chosen) {
      const cycle = this.#members[chosen]
      for (let left = this.#samplesPerClass; left > 0;) {
        const k = Math.min(left, cycle.length)
        cycle.draw(k, this.#random, into, offset)
        offset += k
        left -= k
      }
    }
  }

  /** The whole state, for a checkpoint: about one word a sample. */
  state(): Int32Array {
    const cycles = [this.#classes, ...this.#members]
    const words = new Int32Array(randomStateLength + cycles.reduce((sum, cycle) => sum + cycle.stateLength, 0))
    words.set(new Int32Array(this.#random.state().buffer))
    let offset = randomStateLength
    for (const cycle of cycles) {
      cycle.writeState(words, offset)
      offset += cycle.stateLength
    }
    return words
  }

  /**
   * Continues from a state that a sampler with the same options gave.
   * @throws RangeError when the state belongs to other samples or settings
   */
  restore(state: Int32Array): void {
    const cycles = [this.#classes, ...this.#members]
    const length = randomStateLength + cycles.reduce((sum, cycle) => sum + cycle.stateLength, 0)
    if (state.length !== length) throw new RangeError('the sampler state belongs to another dataset')
    let offset = randomStateLength
    for (const cycle of cycles) {
      cycle.readState(state, offset)
      offset += cycle.stateLength
    }
    this.#random = Random.fromState(Uint32Array.from(state.subarray(0, randomStateLength), word => word >>> 0))
  }
}
