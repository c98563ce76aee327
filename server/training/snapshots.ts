/**
 * What people look at besides curves: a sample of the held-out pictures with their embeddings as training goes on, and
 * the pictures of the hardest triplets. Small on purpose: a run keeps a few megabytes of it.
 */
import type { ClassesDetail, HardestDetail, PicturesDetail, SampleDetail } from '../../protocol/details.ts'
import type { LabelledEmbeddings } from '../core/metrics/labelledEmbeddings.ts'
import type { ClassScores } from '../core/metrics/retrieval.ts'
import type { Dataset } from './datasets/dataset.ts'

/** Pictures in the sample, at most; enough for a map and for eighty thousand pairs. */
const sampleSize = 400
/** Pictures of one class in the sample, at most. */
const samplePerClass = 10
/** Longest side of a kept picture, in pixels. */
const longestSide = 48
/** Embeddings of the sample are kept this often over a whole run, about. */
export const samplesPerRun = 60

/**
 * Positions in `split.test` of the sample: whole classes, spread evenly over all of them, so that every picture has
 * others of its class beside it. The same for the same dataset and split.
 */
export function chooseSample(labels: Int32Array): Int32Array {
  const byClass = new Map<number, number[]>()
  for (const [position, label] of labels.entries()) {
    const members = byClass.get(label)
    if (members === undefined) byClass.set(label, [position])
    else if (members.length < samplePerClass) members.push(position)
  }
  const classes = [...byClass.values()].filter(members => members.length > 1)
  const total = classes.reduce((sum, members) => sum + members.length, 0)
  const every = Math.max(1, total / sampleSize)
  const chosen: number[] = []
  for (let i = 0; Math.floor(i) < classes.length; i += every) {
    const members = classes[Math.floor(i)]
    if (chosen.length + members.length > sampleSize) break
    chosen.push(...members)
  }
  return Int32Array.from(chosen)
}

/** @param sample positions in `queries`, as `chooseSample` gives them */
export function sampleDetail(epoch: number, queries: LabelledEmbeddings, sample: Int32Array): SampleDetail {
  const { size } = queries
  const embeddings = new Float32Array(sample.length * size)
  for (const [i, position] of sample.entries())
    embeddings.set(queries.embeddings.subarray(position * size, (position + 1) * size), i * size)
  return { epoch, size, embeddings: Buffer.from(embeddings.buffer).toString('base64') }
}

/** The worst first: those are what one looks for. */
export function classesDetail(
  epoch: number,
  scores: readonly ClassScores[],
  classNames: readonly string[],
): ClassesDetail {
  const classes = scores
    .toSorted((a, b) => a.mapAtR - b.mapAtR || a.label - b.label)
    .map(({ label, queries, precisionAt1, rPrecision, mapAtR }) => ({
      name: classNames[label],
      queries,
      recallAt1: precisionAt1,
      rPrecision,
      mapAtR,
    }))
  return { epoch, classes }
}

/** The pictures of a list of triplets, each once. */
export function hardestPictures(dataset: Dataset, triplets: HardestDetail['triplets']): Promise<PicturesDetail> {
  const indices = new Set(triplets.flatMap(({ anchor, positive, negative }) => [anchor, positive, negative]))
  return picturesDetail(dataset, Int32Array.from(indices))
}

/** @param indices of pictures in the dataset */
export async function picturesDetail(dataset: Dataset, indices: Int32Array): Promise<PicturesDetail> {
  const { height, width, channels } = dataset.shape
  const shrink = Math.max(1, Math.ceil(Math.max(height, width) / longestSide))
  const small = { height: Math.ceil(height / shrink), width: Math.ceil(width / shrink) }
  const kept = channels === 3 ? 3 : 1
  const pixels = new Uint8Array(indices.length * small.height * small.width * kept)
  const picture = new Float32Array(height * width * channels)
  for (let i = 0; i < indices.length; i++) {
    await dataset.read(indices.subarray(i, i + 1), picture)
    const into = pixels.subarray(i * small.height * small.width * kept)
    for (let y = 0; y < small.height; y++)
      for (let x = 0; x < small.width; x++)
        for (let c = 0; c < kept; c++)
          into[(y * small.width + x) * kept + c] = Math.round(255 * blockMean(picture, dataset.shape, y, x, c, shrink))
  }
  const classes = [...new Set([...indices].map(index => dataset.labels[index]))]
  return {
    ...small,
    channels: kept,
    indices: [...indices],
    classes: [...indices].map(index => classes.indexOf(dataset.labels[index])),
    classNames: classes.map(label => dataset.classNames[label]),
    names: [...indices].map(index => dataset.describe(index)),
    pixels: Buffer.from(pixels.buffer).toString('base64'),
  }
}

/** Mean of the pixels that one small pixel stands for, 0 to 1. */
function blockMean(
  picture: Float32Array,
  { height, width, channels }: Dataset['shape'],
  y: number,
  x: number,
  channel: number,
  shrink: number,
): number {
  let sum = 0
  let count = 0
  for (let row = y * shrink; row < Math.min(height, (y + 1) * shrink); row++)
    for (let column = x * shrink; column < Math.min(width, (x + 1) * shrink); column++) {
      sum += picture[(row * width + column) * channels + channel]
      count++
    }
  return Math.min(1, Math.max(0, sum / count))
}
