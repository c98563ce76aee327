import type { Layer } from '../../../models/network.ts'
import { columnSums, type LayerContext, type Tensor, type TfLayer } from '../layer.ts'

/** y = x W + b. */
export function denseLayer(
  layer: Extract<Layer, { type: 'dense' }>,
  { tf, needsInputGradient }: LayerContext,
): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      const y = tf.matMul(x, pass.weight(kernel))
      return layer.bias ? tf.add(y, pass.weight(bias)) : y
    },
    backward(dy, pass) {
      pass.setGradient(kernel, tf.matMul(input, dy, true, false))
      if (layer.bias) pass.setGradient(bias, columnSums(tf, dy))
      return needsInputGradient ? tf.matMul(dy, pass.weight(kernel), false, true) : dy
    },
  }
}
