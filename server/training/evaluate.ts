/** How well the embeddings serve on pictures that were held out. */
import type { MetricId } from '../../protocol/metrics.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { LabelledEmbeddings } from '../core/metrics/labelledEmbeddings.ts'
import { identification } from '../core/metrics/identification.ts'
import { retrievalInBlocks } from '../core/metrics/retrieval.ts'
import { verification } from '../core/metrics/verification.ts'
import type { Dataset, Split } from './datasets/dataset.ts'
import type { TrainEngine } from './engines/trainEngine.ts'

export type EvaluationValues = Partial<Record<MetricId, number>>

export interface Evaluation {
  readonly values: EvaluationValues
  /** The held-out pictures, in the order of the split. */
  readonly queries: LabelledEmbeddings
}

/** Pictures embedded at a time: enough to keep an engine busy, little enough to stop soon. */
const chunk = 256

/** Identification from one picture of each class is a question for classes with few pictures. */
const fewPictures = 50

/**
 * Embeds the held-out side (and the training side, where neighbours are looked for there) and scores it.
 *
 * @param isStopped asked every few milliseconds of work
 * @returns `null` when it was stopped, or when nothing is held out
 */
export async function evaluate(
  spec: RunSpec,
  dataset: Dataset,
  split: Split,
  engine: TrainEngine,
  isStopped: () => boolean,
): Promise<Evaluation | null> {
  if (split.test.length === 0) return null
  const queries = await embed(dataset, split.test, engine, isStopped)
  const gallery = spec.evaluation.gallery === 'train' ? await embed(dataset, split.train, engine, isStopped) : null
  if (!queries || (gallery === null && spec.evaluation.gallery === 'train')) return null

  const { distance } = spec.loss
  const blocks = retrievalInBlocks(queries, { distance, gallery })
  let block = blocks.next()
  while (!block.done) {
    if (isStopped()) return null
    block = blocks.next()
  }
  const neighbours = block.value
  const pairs = verification(queries.embeddings, queries.count, queries.size, queries.labels, {
    distance,
    fars: [0.01],
    maxPairs: 200_000,
    seed: 0,
  })
  const few = gallery === null && queries.count <= fewPictures * new Set(queries.labels).size
  const values: EvaluationValues = {
    'test/recallAt1': neighbours.recallAt[1],
    'test/recallAt2': neighbours.recallAt[2],
    'test/recallAt4': neighbours.recallAt[4],
    'test/recallAt8': neighbours.recallAt[8],
    'test/rPrecision': neighbours.rPrecision,
    'test/mapAtR': neighbours.mapAtR,
    ...(few ? { 'test/identification': identification(queries, distance) } : {}),
    'test/rocAuc': pairs.rocAuc,
    'test/eer': pairs.eer,
    'test/tarAtFar': pairs.tarAtFar[0].tar,
  }
  return { values, queries }
}

/** Embeddings of some pictures of a dataset; `null` when stopped. */
export async function embed(
  dataset: Dataset,
  indices: Int32Array,
  engine: TrainEngine,
  isStopped: () => boolean,
): Promise<LabelledEmbeddings | null> {
  const { height, width, channels } = dataset.shape
  const pictures = new Float32Array(Math.min(chunk, indices.length) * height * width * channels)
  let embeddings = new Float32Array(0)
  let size = 0
  for (let start = 0; start < indices.length; start += chunk) {
    if (isStopped()) return null
    const some = indices.subarray(start, start + chunk)
    await dataset.read(some, pictures)
    const part = await engine.embed({ data: pictures, count: some.length })
    if (start === 0) {
      size = part.size
      embeddings = new Float32Array(indices.length * size)
    }
    embeddings.set(part.data.subarray(0, part.count * size), start * size)
  }
  return { embeddings, labels: indices.map(index => dataset.labels[index]), count: indices.length, size }
}
