/** What the pixels themselves reach as an embedding: what a network has to beat. */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { identification } from '../../server/core/metrics/identification.ts'
import type { LabelledEmbeddings } from '../../server/core/metrics/labelledEmbeddings.ts'
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import type { Dataset } from '../../server/training/datasets/dataset.ts'
import { openDataset } from '../../server/training/datasets/open.ts'
import { splitDataset } from '../../server/training/datasets/split.ts'
import { openMatrixProduct } from '../../server/training/matrixProduct.ts'
import type { Figure } from './figures.ts'

/** By cosine distance, on the pictures that a run of the spec would be tested on. */
export async function rawPixels(spec: RunSpec): Promise<Omit<Figure, 'key' | 'study' | 'row' | 'seed'>> {
  const workspace = mkdtempSync(join(tmpdir(), 'triplet-lab-results-'))
  const start = performance.now()
  const before = process.cpuUsage()
  const dataset = await openDataset(spec.dataset, spec.image, { workspace })
  const products = openMatrixProduct(null)
  try {
    const split = splitDataset(dataset, spec.split)
    const queries = await pixels(dataset, split.test)
    const gallery = spec.evaluation.gallery === 'train' ? await pixels(dataset, split.train) : null
    const scores = retrieval(queries, { distance: 'cosine', gallery, product: products?.product ?? null })
    const few = gallery === null && queries.count <= 50 * new Set(queries.labels).size
    const used = process.cpuUsage(before)
    return {
      outcome: 'done',
      values: {
        'test/recallAt1': scores.recallAt[1],
        'test/mapAtR': scores.mapAtR,
        ...(few ? { 'test/identification': identification(queries, 'cosine') } : {}),
      },
      epochs: 0,
      steps: 0,
      seconds: Math.round((performance.now() - start) / 100) / 10,
      cpuSeconds: Math.round((used.user + used.system) / 1e5) / 10,
      engine: '',
      cores: availableParallelism(),
      processor: cpus()[0]?.model.trim() ?? '',
    }
  } finally {
    products?.dispose()
    dataset.close()
    rmSync(workspace, { recursive: true, force: true })
  }
}

async function pixels(dataset: Dataset, indices: Int32Array): Promise<LabelledEmbeddings> {
  const { height, width, channels } = dataset.shape
  const size = height * width * channels
  const embeddings = new Float32Array(indices.length * size)
  await dataset.read(indices, embeddings)
  return { embeddings, labels: indices.map(index => dataset.labels[index]), count: indices.length, size }
}
