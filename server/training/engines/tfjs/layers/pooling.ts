import type { Layer } from '../../../models/network.ts'
import { windowed } from '../../../models/shapes.ts'
import { type LayerContext, runKernel, type Tensor, type TfLayer } from '../layer.ts'

export function maxPoolLayer(layer: Extract<Layer, { type: 'max-pool' }>, { tf }: LayerContext): TfLayer {
  const attrs = { filterSize: [layer.size, layer.size], strides: [layer.stride, layer.stride], pad: layer.padding }
  let input: Tensor
  let output: Tensor
  return {
    forward(x) {
      input = x
      output = runKernel(tf, 'MaxPool', { x }, attrs)
      return output
    },
    backward: dy => runKernel(tf, 'MaxPoolGrad', { dy, input, output }, attrs),
  }
}

/**
 * The mean of the pixels inside the picture. Padding is done here, not by the kernel: TF.js's backends disagree on whether
 * the gradient of a padded average counts the padding.
 */
export function averagePoolLayer(layer: Extract<Layer, { type: 'average-pool' }>, { tf }: LayerContext): TfLayer {
  const attrs = { filterSize: [layer.size, layer.size], strides: [layer.stride, layer.stride], pad: 'valid' }
  let shape: number[]
  let padded: Tensor
  let share: Tensor
  let before: number[]
  return {
    forward(x) {
      shape = x.shape
      const sides = shape.slice(1, 3).map(side => windowed(side, layer.size, layer.stride, layer.padding))
      before = [0, ...sides.map(side => side.before), 0]
      const paddings: [number, number][] = [[0, 0], ...sides.map(side => pair(side.before, side.after)), [0, 0]]
      padded = tf.pad(x, paddings)
      // Sum over the window = mean of the padded window × its size; inside the picture it covers only `share` of it.
      const ones = tf.pad(tf.ones([1, ...shape.slice(1, 3), 1]), paddings)
      share = runKernel(tf, 'AvgPool', { x: ones }, attrs)
      return tf.div(runKernel(tf, 'AvgPool', { x: padded }, attrs), share)
    },
    backward(dy) {
      const gradient = runKernel(tf, 'AvgPoolGrad', { dy: tf.div(dy, share), input: padded }, attrs)
      return tf.slice(gradient, before, shape)
    },
  }
}

function pair(before: number, after: number): [number, number] {
  return [before, after]
}

/** The mean over all pixels: [n, height, width, channels] → [n, channels]. */
export function globalAverageLayer({ tf }: LayerContext): TfLayer {
  let shape: number[]
  return {
    forward(x) {
      shape = x.shape
      return tf.mean(x, [1, 2])
    },
    backward(dy) {
      const [n = 1, height = 1, width = 1, channels = 1] = shape
      const each = tf.div(tf.reshape(dy, [n, 1, channels]), height * width)
      return tf.reshape(tf.tile(each, [1, height * width, 1]), shape)
    },
  }
}
