/** Layers that look at one number at a time, and those that only change a shape. */
import { dropoutMask } from '../../../models/counterRandom.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'

/** relu, leaky relu and relu6: x above zero up to a cap, slope · x below. */
export function rectifierLayer({ ops }: LayerContext, slope: number, cap: number): TfLayer {
  let output: Tensor
  return {
    forward(x) {
      output = ops.rectify(x, slope, cap)
      return output
    },
    backward: dy => ops.rectifyGradient(dy, output, slope, cap),
  }
}

export function flattenLayer({ tf }: LayerContext): TfLayer {
  let shape: number[]
  return {
    forward(x) {
      shape = x.shape
      return tf.reshape(x, [shape[0] ?? 1, -1])
    },
    backward: dy => tf.reshape(dy, shape),
  }
}

export function dropoutLayer({ tf, seed, index }: LayerContext, rate: number): TfLayer {
  let mask: Tensor
  return {
    forward(x, pass) {
      if (!pass.training) return x
      const values = new Float32Array(x.size)
      dropoutMask(values, seed, index, pass.step, rate)
      mask = tf.tensor(values, x.shape)
      return tf.mul(x, mask)
    },
    backward: dy => tf.mul(dy, mask),
  }
}

/** y = x / r with r = √max(Σx², 1e-12); dx = (dy − y (y · dy)) / r, and dy / r where r is held at its floor. */
export function l2NormalizeLayer({ tf }: LayerContext): TfLayer {
  let output: Tensor
  let radius: Tensor
  return {
    forward(x) {
      radius = tf.sqrt(tf.maximum(tf.sum(tf.square(x), 1, true), 1e-12))
      output = tf.div(x, radius)
      return output
    },
    backward(dy) {
      const along = tf.sum(tf.mul(dy, output), 1, true)
      const moves = tf.step(tf.sub(radius, 1.001e-6))
      return tf.div(tf.sub(dy, tf.mul(output, tf.mul(along, moves))), radius)
    },
  }
}
