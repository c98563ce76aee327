/** How well the embeddings serve on pictures that were held out. */
import { setImmediate } from 'node:timers/promises'
import type { MetricId } from '../../protocol/metrics.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { clusterAgreement, type ClusterAgreement } from '../core/metrics/clusterAgreement.ts'
import { kMeansInSteps } from '../core/metrics/kMeans.ts'
import type { LabelledEmbeddings } from '../core/metrics/labelledEmbeddings.ts'
import { identificationInBlocks } from '../core/metrics/identification.ts'
import type { MatrixProduct } from '../core/metrics/approximateScores.ts'
import { type ClassScores, retrievalInBlocks } from '../core/metrics/retrieval.ts'
import { verification } from '../core/metrics/verification.ts'
import { Random } from '../core/random.ts'
import type { Dataset, Split } from './datasets/dataset.ts'
import type { TrainEngine } from './engines/trainEngine.ts'
import { openMatrixProduct } from './matrixProduct.ts'

export type EvaluationValues = Partial<Record<MetricId, number>>

export interface Evaluation {
  readonly values: EvaluationValues
  /** The held-out pictures, in the order of the split. */
  readonly queries: LabelledEmbeddings
  /** Of the held-out classes that have a picture to be found. */
  readonly classes: readonly ClassScores[]
}

export interface EvaluationOptions {
  /** Clusters are also looked for where that takes longer than the rest together: not worth its time at every evaluation. */
  readonly patient: boolean
  /** Threads that may compute at the same time; `null`: as many as the machine has. */
  readonly mostThreads: number | null
}

const turnMilliseconds = 30

/** Pictures embedded at a time: enough to keep an engine busy, little enough to stop soon. */
const chunk = 256

/** Identification from one picture of each class is a question for classes with few pictures. */
const fewPictures = 50

/** The share of false accepts at which verification is reported. */
const falseAccepts = 0.001

/** Iterations of k-means; it has nearly always settled before. */
const clusterIterations = 20
/** Numbers that k-means reads in one iteration, above which only the last evaluation looks for clusters: a tenth of a second. */
const mostClusterReads = 200e6

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
  { patient, mostThreads }: EvaluationOptions,
  isStopped: () => boolean,
): Promise<Evaluation | null> {
  if (split.test.length === 0) return null
  const queries = await embed(dataset, split.test, engine, isStopped)
  const gallery = spec.evaluation.gallery === 'train' ? await embed(dataset, split.train, engine, isStopped) : null
  if (!queries || (gallery === null && spec.evaluation.gallery === 'train')) return null

  const { distance } = spec.loss
  const pairs = verification(queries.embeddings, queries.count, queries.size, queries.labels, {
    distance,
    fars: [falseAccepts],
    maxPairs: 200_000,
    seed: 0,
  })
  const few = gallery === null && queries.count <= fewPictures * new Set(queries.labels).size
  const [{ tar, threshold }] = pairs.tarAtFar
  const products = openMatrixProduct(mostThreads)
  try {
    const product = products?.product ?? null
    const neighbours = await inTurns(retrievalInBlocks(queries, { distance, gallery, product }), isStopped)
    if (neighbours === 'stopped') return null
    const identified = few ? await inTurns(identificationInBlocks(queries, distance, product), isStopped) : null
    if (identified === 'stopped') return null
    const clusters = await clustered(queries, patient, product, isStopped)
    if (clusters === 'stopped') return null
    const values: EvaluationValues = {
      'test/recallAt1': neighbours.recallAt[1],
      'test/recallAt2': neighbours.recallAt[2],
      'test/recallAt4': neighbours.recallAt[4],
      'test/recallAt8': neighbours.recallAt[8],
      'test/rPrecision': neighbours.rPrecision,
      'test/mapAtR': neighbours.mapAtR,
      ...(identified !== null && { 'test/identification': identified }),
      'test/rocAuc': pairs.rocAuc,
      'test/eer': pairs.eer,
      'test/tarAtFar': tar,
      'test/farThreshold': threshold,
      ...(clusters && { 'test/nmi': clusters.nmi, 'test/ami': clusters.ami }),
    }
    return { values, queries, classes: neighbours.perClass }
  } finally {
    products?.dispose()
  }
}

/**
 * As many clusters as there are classes, and how well they agree with the classes. The same embeddings give the same.
 * @returns `null` where it would take too long
 */
async function clustered(
  { embeddings, labels, count, size }: LabelledEmbeddings,
  patient: boolean,
  product: MatrixProduct | null,
  isStopped: () => boolean,
): Promise<ClusterAgreement | Stopped | null> {
  const classes = new Set(labels).size
  if (!patient && count * classes * size > mostClusterReads) return null
  const random = Random.fromSeed(0).fork('clusters')
  const steps = kMeansInSteps(embeddings, count, size, classes, random, clusterIterations, product)
  const clusters = await inTurns(steps, isStopped)
  return clusters === 'stopped' ? clusters : clusterAgreement(labels, clusters)
}

type Stopped = 'stopped'

/** Works some milliseconds at a time, and looks in between at what else there is to do. */
async function inTurns<T>(steps: Generator<unknown, T>, isStopped: () => boolean): Promise<T | Stopped> {
  let turn = performance.now()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value
    if (performance.now() - turn < turnMilliseconds) continue
    if (isStopped()) return 'stopped'
    await setImmediate()
    turn = performance.now()
  }
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
