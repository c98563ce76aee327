/**
 * The loss of pictures that are never trained on, in batches drawn as training draws its own: where it rises while the
 * loss of training falls, the network learns its pictures by heart.
 */
import type { MetricId } from '../../protocol/metrics.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { createDifficultyMeter } from '../core/difficulty.ts'
import type { LabelledEmbeddings } from '../core/metrics/labelledEmbeddings.ts'
import { createObjective } from '../core/objective.ts'
import { Random } from '../core/random.ts'
import { PkSampler } from '../core/samplers/pkSampler.ts'
import type { Lesson } from './schedule.ts'

/** Batches that the means are of: the same pictures at every evaluation. */
const batches = 8

/**
 * @param lesson the miner and the margin that training uses now
 * @returns nothing where no class has two held-out pictures
 */
export function heldOutLoss(
  spec: Pick<RunSpec, 'loss' | 'batch' | 'seed'>,
  { mining, margin }: Lesson,
  { embeddings, labels, size }: LabelledEmbeddings,
): Partial<Record<MetricId, number>> {
  const pictures = new Map<number, number>()
  for (const label of labels) pictures.set(label, (pictures.get(label) ?? 0) + 1)
  const usable = [...pictures.values()].filter(count => count >= 2).length
  if (usable < 2) return {}
  const random = Random.fromSeed(spec.seed)
  const sampler = new PkSampler({
    labels,
    classes: Math.min(spec.batch.classes, usable),
    samplesPerClass: spec.batch.samplesPerClass,
    random: random.fork('held-out batches'),
  })
  const maxBatch = sampler.batchSize
  const objective = createObjective({ loss: spec.loss, mining, random: random.fork('held-out miner'), maxBatch, size })
  const meter = createDifficultyMeter(spec.loss, maxBatch)
  const chosen = new Int32Array(maxBatch)
  const codes = new Float32Array(maxBatch * size)
  let [loss, active] = [0, 0]
  for (let i = 0; i < batches; i++) {
    sampler.next(chosen)
    for (const [row, picture] of chosen.entries())
      codes.set(embeddings.subarray(picture * size, (picture + 1) * size), row * size)
    loss +=
      objective.evaluate(
        codes,
        maxBatch,
        size,
        chosen.map(picture => labels[picture]),
        margin,
      ).loss / batches
    active += meter.measure(objective.batch, margin, false).activeFraction / batches
  }
  return { 'test/loss': loss, 'test/activeFraction': active }
}
