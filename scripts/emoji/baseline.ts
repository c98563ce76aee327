/** What raw pixels reach on held-out emoji classes: `node scripts/emoji/baseline.ts [SEED…]`. Takes some minutes. */
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import { openEmoji } from '../../server/training/datasets/emoji.ts'
import { splitDataset } from '../../server/training/datasets/split.ts'

const seeds = process.argv.slice(2).map(Number)
const dataset = await openEmoji({ size: null, channels: null })
const size = dataset.shape.height * dataset.shape.width * dataset.shape.channels
for (const seed of seeds.length === 0 ? [1] : seeds) {
  const { test } = splitDataset(dataset, { by: 'class', test: 0.5, seed })
  const embeddings = new Float32Array(test.length * size)
  await dataset.read(test, embeddings)
  const labels = test.map(index => dataset.labels[index])
  const scores = retrieval({ embeddings, labels, count: test.length, size }, { distance: 'cosine', gallery: null })
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  console.log(
    `seed ${seed}: ${new Set(labels).size} classes, ${test.length} pictures, R@1 ${percent(scores.recallAt[1])},` +
      ` R@8 ${percent(scores.recallAt[8])}, MAP@R ${percent(scores.mapAtR)}`,
  )
}
