/** A real training run, small enough for a unit test: a two-layer network in plain loops, trained by the objective. */
import { createDifficultyMeter } from '../../server/core/difficulty.ts'
import type { HealthObservation } from '../../server/core/health.ts'
import type { LossOptions } from '../../server/core/loss/tripletLoss.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'

export interface TinyRun {
  readonly loss: LossOptions
  readonly mining: MiningOptions
  readonly learningRate: number
  readonly steps: number
  /** How far class means lie apart, in units of the noise: 0 is pure noise. */
  readonly separation: number
  /** Scale of the initial weights; small ones start from nearly equal embeddings when there is a bias. */
  readonly initialScale: number
  readonly seed: number
}

const classes = 8
const perClass = 4
const inputs = 12
const hidden = 24
const size = 8
const n = classes * perClass

/** One observation a step, as the training loop would make them. */
export function tinyRun(run: TinyRun): HealthObservation[] {
  const random = Random.fromSeed(run.seed)
  const means = Array.from({ length: classes }, () => gaussians(random, inputs, run.separation))
  const w1 = gaussians(random, inputs * hidden, run.initialScale / Math.sqrt(inputs))
  const b1 = gaussians(random, hidden, 0.5)
  const w2 = gaussians(random, hidden * size, 1 / Math.sqrt(hidden))
  const objective = createObjective({ loss: run.loss, mining: run.mining, random, maxBatch: n, size })
  const meter = createDifficultyMeter(run.loss, n)
  const labels = Int32Array.from({ length: n }, (_, i) => Math.floor(i / perClass))
  const adam = [w1, b1, w2].map(weights => ({
    weights,
    m: new Float64Array(weights.length),
    v: new Float64Array(weights.length),
  }))

  return Array.from({ length: run.steps }, (_, index) => {
    const step = index + 1
    const x = Float64Array.from(
      { length: n * inputs },
      (_, i) => means[labels[Math.floor(i / inputs)]][i % inputs] + random.normal(),
    )
    const h = new Float64Array(n * hidden)
    const z = new Float64Array(n * size)
    const y = new Float32Array(n * size)
    const norms = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < hidden; j++) {
        let sum = b1[j]
        for (let k = 0; k < inputs; k++) sum += x[i * inputs + k] * w1[k * hidden + j]
        h[i * hidden + j] = Math.max(0, sum)
      }
      for (let j = 0; j < size; j++)
        for (let k = 0; k < hidden; k++) z[i * size + j] += h[i * hidden + k] * w2[k * size + j]
      norms[i] = run.loss.normalize ? Math.max(1e-12, Math.hypot(...z.subarray(i * size, (i + 1) * size))) : 1
      for (let j = 0; j < size; j++) y[i * size + j] = z[i * size + j] / norms[i]
    }
    const { loss, gradient, minedTriplets } = objective.evaluate(y, n, size, labels)
    const difficulty = meter.measure(objective.batch, run.loss.margin, false)

    const gradients = adam.map(({ weights }) => new Float64Array(weights.length))
    for (let i = 0; i < n; i++) {
      let along = 0
      if (run.loss.normalize) for (let j = 0; j < size; j++) along += gradient[i * size + j] * y[i * size + j]
      const back = new Float64Array(hidden)
      for (let j = 0; j < size; j++) {
        const g = (gradient[i * size + j] - along * y[i * size + j]) / norms[i]
        for (let k = 0; k < hidden; k++) {
          gradients[2][k * size + j] += g * h[i * hidden + k]
          back[k] += g * w2[k * size + j]
        }
      }
      for (let k = 0; k < hidden; k++) {
        if (h[i * hidden + k] === 0) continue
        gradients[1][k] += back[k]
        for (let j = 0; j < inputs; j++) gradients[0][j * hidden + k] += back[k] * x[i * inputs + j]
      }
    }
    for (const [l, { weights, m, v }] of adam.entries()) {
      for (let k = 0; k < weights.length; k++) {
        const g = gradients[l][k]
        m[k] = 0.9 * m[k] + 0.1 * g
        v[k] = 0.999 * v[k] + 0.001 * g * g
        weights[k] -= (run.learningRate * (m[k] / (1 - 0.9 ** step))) / (Math.sqrt(v[k] / (1 - 0.999 ** step)) + 1e-8)
      }
    }
    return {
      step,
      loss,
      margin: run.loss.margin,
      validTriplets: difficulty.validTriplets,
      minedTriplets,
      activeFraction: difficulty.activeFraction,
      apMean: difficulty.ap.mean,
      anMean: difficulty.an.mean,
      embeddingNorm: difficulty.embeddingNorm,
      embeddingVariance: difficulty.embeddingVariance,
    }
  })
}

function gaussians(random: Random, length: number, scale: number): Float64Array {
  return Float64Array.from({ length }, () => scale * random.normal())
}
