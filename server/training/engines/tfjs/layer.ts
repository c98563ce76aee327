/**
 * How a layer runs on TF.js: forwards, and backwards by the chain rule written out. TF.js's tape is not used: with the
 * backward pass in our hands the triplets can be mined between the two passes on any backend, activations are freed as
 * soon as they are done with, and backends that lack gradient kernels can be given exactly those.
 */
import type { TfOps } from './ops.ts'
import type { Tensor, Tf } from './tf.ts'

/** What a layer sees of the pass it is in. */
export interface Pass {
  /** Batch statistics and dropout, or running statistics and none. */
  readonly training: boolean
  /** Optimizer steps taken before this one. */
  readonly step: number
  weight(name: string): Tensor
  /** Replaces a running statistic; the tensor lives on after the pass. */
  setStatistic(name: string, value: Tensor): void
  setGradient(name: string, gradient: Tensor): void
}

/**
 * One layer of one engine. It remembers what its backward pass needs from the forward pass before it; tensors that
 * it makes are freed when the step ends.
 */
export interface TfLayer {
  forward(x: Tensor, pass: Pass): Tensor
  /** From dL/dOutput to dL/dInput; gives the gradients of its own weights to the pass. */
  backward(dy: Tensor, pass: Pass): Tensor
}

/** What a layer knows when it is built. */
export interface LayerContext {
  readonly tf: Tf
  readonly ops: TfOps
  readonly seed: number
  /** Position in the network. */
  readonly index: number
  /** False for the first layer with weights and those before it: nobody needs dL/dPicture. */
  readonly needsInputGradient: boolean
}
