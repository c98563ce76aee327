/** What every engine trains in the comparison: three networks on pictures of 28 × 28, batches of 16 classes × 8. */
import { Random } from '../../server/core/random.ts'
import type { ModelSpec } from '../../protocol/runSpec.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'

export const classes = 16
export const samplesPerClass = 8
export const batchSize = classes * samplesPerClass
export const picture = { height: 28, width: 28, channels: 1 }

export const networks: Readonly<Record<string, ModelSpec>> = {
  mlp: { architecture: 'mlp', embeddingSize: 64, hidden: [256, 128], dropout: 0 },
  conv: { architecture: 'conv', embeddingSize: 128, filters: [32, 64], batchNorm: false, dropout: 0 },
  residual: { architecture: 'residual', embeddingSize: 64, filters: [16, 32, 64], blocks: 2, dropout: 0 },
}

export const miners: Readonly<Record<string, MiningOptions>> = {
  'batch-hard': { strategy: 'batch-hard' },
  'semi-hard': { strategy: 'semi-hard', fallback: 'farthest' },
  'batch-all': { strategy: 'batch-all' },
}

export const margin = 0.2

/** A batch of noisy pictures of its classes. */
export function batch(): { readonly data: Float32Array; readonly labels: Int32Array } {
  const random = Random.fromSeed(1)
  const pixels = picture.height * picture.width
  const patterns = Float32Array.from({ length: classes * pixels }, () => random.uniform())
  const labels = Int32Array.from({ length: batchSize }, (_, i) => Math.floor(i / samplesPerClass))
  const data = Float32Array.from(
    { length: batchSize * pixels },
    (_, i) => 0.5 * patterns[labels[Math.floor(i / pixels)] * pixels + (i % pixels)] + 0.5 * random.uniform(),
  )
  return { data, labels }
}
