import type { Layer } from '../../../models/network.ts'
import { windowed } from '../../../models/shapes.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'

export function maxPoolLayer(layer: Extract<Layer, { type: 'max-pool' }>, { ops }: LayerContext): TfLayer {
  let input: Tensor
  let output: Tensor
  return {
    forward(x) {
      input = x
      output = ops.maxPool(x, layer)
      return output
    },
    backward: dy => ops.maxPoolGradient(dy, input, output, layer),
  }
}

/**
 * The mean of the pixels inside the picture. Padding is done here, not by the kernel: TF.js's backends disagree on whether
 * the gradient of a padded average counts the padding.
 */
export function averagePoolLayer(layer: Extract<Layer, { type: 'average-pool' }>, { tf, ops }: LayerContext): TfLayer {
  const window = { size: layer.size, stride: layer.stride, padding: 'valid' } as const
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
      share = ops.averagePool(ones, window)
      return tf.div(ops.averagePool(padded, window), share)
    },
    backward(dy) {
      const gradient = ops.averagePoolGradient(tf.div(dy, share), padded, window)
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
