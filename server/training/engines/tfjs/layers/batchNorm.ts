import type { Layer } from '../../../models/network.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tensor } from '../tf.ts'

/**
 * Batch normalisation, per channel over n rows (pictures × pixels). With r = 1 / √(var + ε):
 *
 *   dβ = Σ dy      dγ = r Σ dy (x − mean)      dx = γ r (dy − dβ / n − (x − mean) r dγ / n)
 */
export function batchNormLayer(layer: Extract<Layer, { type: 'batch-norm' }>, { tf, ops }: LayerContext): TfLayer {
  const weight = (what: string): string => `${layer.name}/${what}`
  let input: Tensor
  let mean: Tensor
  let inverse: Tensor
  return {
    forward(x, pass) {
      const moving = { mean: pass.weight(weight('movingMean')), variance: pass.weight(weight('movingVariance')) }
      let { variance } = moving
      input = x
      mean = moving.mean
      if (pass.training) {
        const batch = ops.moments(x)
        const rows = x.size / mean.size
        const move = (from: Tensor, to: Tensor): Tensor =>
          tf.add(tf.mul(from, layer.momentum), tf.mul(to, 1 - layer.momentum))
        const unbiased = tf.mul(batch.variance, rows / Math.max(1, rows - 1))
        pass.setStatistic(weight('movingMean'), move(moving.mean, batch.mean))
        pass.setStatistic(weight('movingVariance'), move(moving.variance, unbiased))
        mean = batch.mean
        variance = batch.variance
      }
      inverse = tf.rsqrt(tf.add(variance, layer.epsilon))
      const scale = tf.mul(pass.weight(weight('gamma')), inverse)
      return ops.scaleShift(x, scale, tf.sub(pass.weight(weight('beta')), tf.mul(mean, scale)))
    },
    backward(dy, pass) {
      const { sums, dots } = ops.normSums(dy, input, mean)
      const gamma = tf.mul(dots, inverse)
      pass.setGradient(weight('beta'), sums)
      pass.setGradient(weight('gamma'), gamma)
      const rows = input.size / mean.size
      const a = tf.mul(pass.weight(weight('gamma')), inverse)
      const b = tf.div(tf.mul(tf.mul(a, inverse), gamma), -rows)
      return ops.normGradient(dy, input, mean, a, b, tf.div(tf.mul(a, sums), -rows))
    },
  }
}
