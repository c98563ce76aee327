import type { Layer, Padding } from '../../../models/network.ts'
import { columnSums, type LayerContext, runKernel, type Tensor, type TfLayer } from '../layer.ts'

function attributes(stride: number, pad: Padding) {
  return { strides: [stride, stride], pad, dataFormat: 'NHWC', dilations: [1, 1] }
}

/** Cross-correlation with a kernel [height, width, in, out], as every framework's "convolution". */
export function convolutionLayer(
  layer: {
    readonly name: string
    readonly stride: number
    readonly padding: Padding
    readonly bias: boolean
  },
  { tf, needsInputGradient }: LayerContext,
): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  const attrs = attributes(layer.stride, layer.padding)
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      const y = runKernel(tf, 'Conv2D', { x, filter: pass.weight(kernel) }, attrs)
      return layer.bias ? tf.add(y, pass.weight(bias)) : y
    },
    backward(dy, pass) {
      const filter = pass.weight(kernel)
      const filterGradient = runKernel(
        tf,
        'Conv2DBackpropFilter',
        { x: input, dy },
        { ...attrs, filterShape: filter.shape },
      )
      pass.setGradient(kernel, filterGradient)
      if (layer.bias) pass.setGradient(bias, columnSums(tf, dy))
      if (!needsInputGradient) return dy
      return runKernel(tf, 'Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: input.shape })
    },
  }
}

/** One k × k filter for every channel; kernel [height, width, channels, 1]. */
export function depthwiseLayer(
  layer: Extract<Layer, { type: 'depthwise' }>,
  { tf, needsInputGradient }: LayerContext,
): TfLayer {
  const kernel = `${layer.name}/kernel`
  const bias = `${layer.name}/bias`
  const attrs = attributes(layer.stride, layer.padding)
  let input: Tensor
  return {
    forward(x, pass) {
      input = x
      const y = runKernel(tf, 'DepthwiseConv2dNative', { x, filter: pass.weight(kernel) }, attrs)
      return layer.bias ? tf.add(y, pass.weight(bias)) : y
    },
    backward(dy, pass) {
      const filter = pass.weight(kernel)
      const filterGradient = runKernel(
        tf,
        'DepthwiseConv2dNativeBackpropFilter',
        { x: input, dy },
        { ...attrs, filterShape: filter.shape },
      )
      pass.setGradient(kernel, filterGradient)
      if (layer.bias) pass.setGradient(bias, columnSums(tf, dy))
      if (!needsInputGradient) return dy
      return runKernel(tf, 'DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: input.shape })
    },
  }
}
