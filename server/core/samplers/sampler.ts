/** Decides which samples make a batch. Batches are a function of the seed alone, and continue from an exported state. */
export interface Sampler {
  /** Samples in a batch. */
  readonly batchSize: number
  /** Batches in an epoch. */
  readonly batchesPerEpoch: number
  /**
   * Writes the next batch: `batchSize` indices.
   * @throws RangeError when `into` is shorter than a batch
   */
  next(into: Int32Array): void
  /** The whole state, for a checkpoint. */
  state(): Int32Array
  /**
   * Continues from a state that a sampler with the same options gave.
   * @throws RangeError when the state belongs to other samples or settings
   */
  restore(state: Int32Array): void
}
