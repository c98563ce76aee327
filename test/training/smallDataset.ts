import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../../server/core/random.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { spec } from '../store/helpers.ts'

/** Eight classes of 6 × 6 pictures, each a noisy copy of its class's pattern: learnt in a few steps. */
export function writeSmallDataset(dir: string, perClass = 12, noise = 0.6): { images: string; labels: string } {
  const random = Random.fromSeed(5)
  const classes = 8
  const side = 6
  const patterns = Array.from({ length: classes }, () => Array.from({ length: side * side }, () => random.uniform()))
  const count = classes * perClass
  const images = Buffer.alloc(16 + count * side * side)
  images.set([0, 0, 8, 3])
  images.writeUInt32BE(count, 4)
  images.writeUInt32BE(side, 8)
  images.writeUInt32BE(side, 12)
  const labels = Buffer.alloc(8 + count)
  labels.set([0, 0, 8, 1])
  labels.writeUInt32BE(count, 4)
  for (let i = 0; i < count; i++) {
    labels[8 + i] = i % classes
    patterns[i % classes].forEach((value, pixel) => {
      const mixed = (1 - noise) * value + noise * random.uniform()
      images[16 + i * side * side + pixel] = Math.round(255 * mixed)
    })
  }
  const files = { images: join(dir, 'images.idx'), labels: join(dir, 'labels.idx') }
  writeFileSync(files.images, images)
  writeFileSync(files.labels, labels)
  return files
}

/** A run over it that ends within a second. */
export function smallSpec(dir: string, changes: Partial<RunSpec> = {}): RunSpec {
  return {
    ...spec,
    dataset: { kind: 'idx', ...writeSmallDataset(dir) },
    split: { by: 'example', test: 0.5, seed: 0 },
    model: { architecture: 'mlp', embeddingSize: 8, hidden: [16], dropout: 0.1 },
    mining: { strategy: 'random', tripletsPerAnchor: 4 },
    batch: { classes: 4, samplesPerClass: 3 },
    optimizer: { name: 'adam', learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
    epochs: 3,
    stepsPerEpoch: 12,
    engine: 'tfjs-wasm',
    ...changes,
  }
}
