import type { Layer } from '../../../models/network.ts'
import { columnSums, type LayerContext, type Tensor, type TfLayer } from '../layer.ts'

/**
 * Batch normalisation, per channel over n rows (pictures × pixels). With x̂ = (x − mean) / √(var + ε):
 *
 *   dβ = Σ dy      dγ = Σ dy x̂      dx = γ / (n √(var + ε)) · (n dy − dβ − x̂ dγ)
 */
export function batchNormLayer(layer: Extract<Layer, { type: 'batch-norm' }>, { tf }: LayerContext): TfLayer {
  const weight = (what: string): string => `${layer.name}/${what}`
  let normalized: Tensor
  let inverse: Tensor
  return {
    forward(x, pass) {
      const rows = tf.reshape(x, [-1, x.shape[x.rank - 1] ?? 1])
      const n = rows.shape[0] ?? 1
      let mean = pass.weight(weight('movingMean'))
      let variance = pass.weight(weight('movingVariance'))
      if (pass.training) {
        const running = { mean, variance }
        mean = tf.div(columnSums(tf, rows), n)
        variance = tf.div(columnSums(tf, tf.square(tf.sub(rows, mean))), n)
        const unbiased = tf.mul(variance, n / Math.max(1, n - 1))
        const move = (from: Tensor, to: Tensor): Tensor =>
          tf.add(tf.mul(from, layer.momentum), tf.mul(to, 1 - layer.momentum))
        pass.setStatistic(weight('movingMean'), move(running.mean, mean))
        pass.setStatistic(weight('movingVariance'), move(running.variance, unbiased))
      }
      inverse = tf.rsqrt(tf.add(variance, layer.epsilon))
      normalized = tf.mul(tf.sub(rows, mean), inverse)
      const y = tf.add(tf.mul(normalized, pass.weight(weight('gamma'))), pass.weight(weight('beta')))
      return tf.reshape(y, x.shape)
    },
    backward(dy, pass) {
      const rows = tf.reshape(dy, normalized.shape)
      const n = rows.shape[0] ?? 1
      const beta = columnSums(tf, rows)
      const gamma = columnSums(tf, tf.mul(rows, normalized))
      pass.setGradient(weight('beta'), beta)
      pass.setGradient(weight('gamma'), gamma)
      const centred = tf.sub(tf.sub(tf.mul(rows, n), beta), tf.mul(normalized, gamma))
      const scale = tf.div(tf.mul(pass.weight(weight('gamma')), inverse), n)
      return tf.reshape(tf.mul(centred, scale), dy.shape)
    },
  }
}
