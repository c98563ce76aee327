import type { Layer } from '../../../models/network.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'

/** y = x W + b. */
export function denseLayer(
  layer: Extract<Layer, { type: 'dense' }>,
  { ops, needsInputGradient }: LayerContext,
): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      return ops.dense(x, pass.weight(kernel), layer.bias ? pass.weight(bias) : null)
    },
    backward(dy, pass) {
      pass.setGradient(kernel, ops.denseKernelGradient(input, dy))
      if (layer.bias) pass.setGradient(bias, ops.columnSums(dy))
      return needsInputGradient ? ops.denseInputGradient(dy, pass.weight(kernel)) : dy
    },
  }
}
