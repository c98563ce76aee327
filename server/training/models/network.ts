/**
 * A network as a list of layers with every size known: what a ModelSpec becomes for a given picture size, and what every
 * engine builds from. Layers are in order; `add` reaches back to the named `save` for a residual connection.
 */
export interface Shape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** `same` padding is TensorFlow's: output = ceil(input / stride), the odd pixel goes to the bottom and right. */
export type Padding = 'same' | 'valid'

export type Layer =
  | { readonly type: 'dense'; readonly name: string; readonly units: number; readonly bias: boolean }
  | {
      readonly type: 'conv'
      readonly name: string
      readonly filters: number
      readonly kernelSize: number
      readonly stride: number
      readonly padding: Padding
      readonly bias: boolean
    }
  | {
      readonly type: 'depthwise'
      readonly name: string
      readonly kernelSize: number
      readonly stride: number
      readonly padding: Padding
      readonly bias: boolean
    }
  /**
   * Ioffe & Szegedy 2015. Per channel: γ (x − mean) / √(var + ε) + β. Training takes the batch's mean and biased variance
   * and moves the running ones: r ← momentum · r + (1 − momentum) · batch, with the unbiased variance as PyTorch does.
   */
  | { readonly type: 'batch-norm'; readonly name: string; readonly momentum: number; readonly epsilon: number }
  | { readonly type: 'relu' }
  | { readonly type: 'leaky-relu'; readonly slope: number }
  | { readonly type: 'relu6' }
  /** Padding never wins the maximum, and is not counted in the average. Ties give the gradient to the first. */
  | { readonly type: 'max-pool'; readonly size: number; readonly stride: number; readonly padding: Padding }
  | { readonly type: 'average-pool'; readonly size: number; readonly stride: number; readonly padding: Padding }
  | { readonly type: 'global-average-pool' }
  /** Row-major [height, width, channels]. */
  | { readonly type: 'flatten' }
  /** In training only: zero where `dropoutMask` says so, everything else divided by 1 − rate. */
  | { readonly type: 'dropout'; readonly rate: number }
  /** Remembers the activations under a name, for a later `add`. */
  | { readonly type: 'save'; readonly as: string }
  /** Adds the activations saved under `from`, brought to the right shape by a 1×1 convolution when `project` is given. */
  | {
      readonly type: 'add'
      readonly from: string
      readonly project: { readonly name: string; readonly filters: number; readonly stride: number } | null
    }
  /** x / √max(Σx², 1e-12): the unit sphere. Always last when present. */
  | { readonly type: 'l2-normalize' }

export interface Network {
  readonly input: Shape
  readonly layers: readonly Layer[]
  readonly embeddingSize: number
}
