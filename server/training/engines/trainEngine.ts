/**
 * The border between triplets and networks. The core (distances, miners, loss, its gradient) stands on one side,
 * an engine that can run a network forwards and backwards on the other; neither knows the inside of the other.
 */
import type { OptimizerSpec } from '../../../protocol/runSpec.ts'
import type { Network } from '../models/network.ts'

/** n pictures, values 0 to 1, row-major [n, height, width, channels] (NHWC). `data` may be longer than n pictures. */
export interface ImageBatch {
  readonly data: Float32Array
  readonly count: number
}

/** n codes of size d, row-major [n, d]; on the unit sphere when the network ends in L2. */
export interface Embeddings {
  readonly data: Float32Array
  readonly count: number
  readonly size: number
  /**
   * ‖x − y‖² of all rows, row-major [n, n], from differences, symmetric with a zero diagonal: from an engine that measures
   * them faster than the core would, in a training step.
   */
  readonly squaredDistances?: Float32Array | null
}

/** Named tensors: weights, optimizer moments, running statistics, step count. What a checkpoint holds. */
export type EngineState = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>

/** A differentiable embedding network. Everything about triplets happens outside it. */
export interface TrainEngine {
  /** Stable id with what matters to a result: `onnx-cpu`, `tfjs-wasm`, `tfjs-node`. Stored with the run. */
  readonly id: string
  /** Versions of the libraries used, for the run's record. */
  readonly versions: Readonly<Record<string, string>>
  /**
   * One optimizer step: forward, then `gradientOf` turns the embeddings [n, d] into dL/dEmbeddings [n, d], then backward
   * and update. `gradientOf` is called once; the arrays given and returned are only valid inside that call's step.
   * One call, so that what an engine keeps between the two passes is nobody else's concern.
   * @returns the Euclidean norm of the gradient over all weights, before clipping
   */
  step(batch: ImageBatch, gradientOf: (embeddings: Embeddings) => Float32Array, learningRate: number): Promise<number>
  /** Embeddings in inference mode (running statistics, no dropout). The result is the caller's to keep. */
  embed(batch: ImageBatch): Promise<Embeddings>
  exportState(): Promise<EngineState>
  /** @throws Error naming the tensor, when a name or a shape does not fit the network */
  importState(state: EngineState): Promise<void>
  dispose(): void
}

export interface EngineOptions {
  readonly network: Network
  readonly optimizer: OptimizerSpec
  /** For initial weights and dropout. The same seed gives the same weights on every engine. */
  readonly seed: number
  /** Largest allowed norm of the whole gradient, or `null`. */
  readonly clipNorm: number | null
  /** Pictures in a training batch: P × K. */
  readonly batchSize: number
  /** Threads that the engine may use; `null`: as many as measured best. */
  readonly threads: number | null
  /** Never more threads than this, whatever was measured: others train beside this run. */
  readonly mostThreads?: number | null
}

/** One way to run networks on this machine. */
export interface EngineKind {
  readonly id: string
  /** Why this engine cannot run here or cannot run this network; `null` when it can. */
  unusable(network: Network): Promise<string | null>
  create(options: EngineOptions): Promise<TrainEngine>
}
