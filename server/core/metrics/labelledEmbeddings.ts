import type { Floats } from '../distances/pairwise.ts'

/** Embeddings and the class of each. */
export interface LabelledEmbeddings {
  /** Row-major [count, size]. */
  readonly embeddings: Floats
  readonly labels: Int32Array
  readonly count: number
  readonly size: number
}
