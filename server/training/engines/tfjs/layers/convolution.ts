import type { Layer, Padding } from '../../../models/network.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'

/** Cross-correlation with a kernel [height, width, in, out], as every framework's "convolution". */
export function convolutionLayer(
  layer: {
    readonly name: string
    readonly kernelSize: number
    readonly stride: number
    readonly padding: Padding
    readonly bias: boolean
  },
  { ops, needsInputGradient }: LayerContext,
): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  const window = { size: layer.kernelSize, stride: layer.stride, padding: layer.padding }
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      return ops.convolve(x, pass.weight(kernel), layer.bias ? pass.weight(bias) : null, window)
    },
    backward(dy, pass) {
      const filter = pass.weight(kernel)
      pass.setGradient(kernel, ops.convolveFilterGradient(input, dy, filter.shape, window))
      if (layer.bias) pass.setGradient(bias, ops.columnSums(dy))
      return needsInputGradient ? ops.convolveInputGradient(dy, filter, input.shape, window) : dy
    },
  }
}

/** One k × k filter for every channel; kernel [height, width, channels, 1]. */
export function depthwiseLayer(layer: Extract<Layer, { type: 'depthwise' }>, { tf, ops }: LayerContext): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  const window = { size: layer.kernelSize, stride: layer.stride, padding: layer.padding }
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      const y = ops.depthwise(x, pass.weight(kernel), window)
      return layer.bias ? tf.add(y, pass.weight(bias)) : y
    },
    backward(dy, pass) {
      const [inputGradient, filterGradient] = ops.depthwiseGradients(input, dy, pass.weight(kernel), window)
      pass.setGradient(kernel, filterGradient)
      if (layer.bias) pass.setGradient(bias, ops.columnSums(dy))
      return inputGradient
    },
  }
}
