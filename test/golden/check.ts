/** Compares the core with one reference vector. Triplets must be the same; numbers agree to 1e-5 relative. */
import { Batch } from '../../server/core/batch.ts'
import { createDifficultyMeter } from '../../server/core/difficulty.ts'
import { l2Normalize, l2NormalizeBackward } from '../../server/core/distances/normalize.ts'
import type { DistanceKind, Floats } from '../../server/core/distances/pairwise.ts'
import { type LossOptions, TripletLoss } from '../../server/core/loss/tripletLoss.ts'
import { clusterAgreement } from '../../server/core/metrics/clusterAgreement.ts'
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import { defaultVerification, verification } from '../../server/core/metrics/verification.ts'
import { createMiner } from '../../server/core/miners/createMiner.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'
import { multiSimilarityPairs } from '../../server/core/miners/multiSimilarity.ts'
import { createObjective } from '../../server/core/objective.ts'
import { Random } from '../../server/core/random.ts'
import { Triplets } from '../../server/core/triplets.ts'
import type { GoldenKind, GoldenMiner, GoldenVector } from './vectors.ts'

const tolerance = 1e-5

export interface Comparison {
  /** What differs, in words; empty when nothing does. */
  readonly differences: readonly string[]
  /** How the reference departs from its own description, where it does. */
  readonly note: string | null
}

/** Whether embeddings are rounded to single precision first, as they come from a network. */
export type Precision = 'single' | 'double'

export function compare(vector: GoldenVector, precision: Precision): Comparison {
  const asDescribed = differences(vector, { precision, withQuirk: false })
  const quirk = referenceQuirk(vector)
  if (asDescribed.length === 0 || quirk === null) return { differences: asDescribed, note: null }
  const asComputed = differences(vector, { precision, withQuirk: true })
  return asComputed.length === 0 ? { differences: [], note: quirk } : { differences: asDescribed, note: null }
}

/**
 * Two miners of the reference do something else than their vectors say. Such a vector is tried as described first, and
 * only then as it was computed.
 */
function referenceQuirk(vector: GoldenVector): string | null {
  if (!('config' in vector) || !('miner' in vector.config)) return null
  const { miner, distance, normalize } = vector.config
  if (miner.type === 'facenet-semihard' && distance === 'cosine') {
    return 'the reference chose semi-hard negatives by similarity as if it were a distance: of the nearer ones the farthest'
  }
  if (miner.type === 'angular' && normalize) return 'the reference measured angles before normalising'
  return null
}

interface Reading {
  readonly precision: Precision
  readonly withQuirk: boolean
}

function differences(vector: GoldenVector, reading: Reading): string[] {
  switch (vector.kind) {
    case 'loss':
      return lossDifferences(vector, reading)
    case 'miner':
      return tupleDifferences('triplets', tripletList(mined(vector, reading)), vector.expected.triplets)
    case 'pairMiner':
      return pairDifferences(vector, reading)
    case 'difficulty':
      return difficultyDifferences(vector, reading)
    case 'retrieval':
      return retrievalDifferences(vector, reading)
    case 'verification':
      return verificationDifferences(vector, reading)
    case 'clustering': {
      const { nmi, ami } = clusterAgreement(Int32Array.from(vector.labels), Int32Array.from(vector.clusters))
      return [...number('nmi', nmi, vector.expected.nmi), ...number('ami', ami, vector.expected.ami)]
    }
  }
}

interface Rows {
  readonly raw: Floats
  readonly data: Floats
  readonly labels: Int32Array
  readonly n: number
  readonly d: number
}

function rows(
  vector: { embeddings: number[][]; labels: number[]; config: { normalize: boolean } },
  precision: Precision,
): Rows {
  const n = vector.embeddings.length
  const d = n === 0 ? 0 : vector.embeddings[0].length
  const numbers = vector.embeddings.flat()
  const raw = precision === 'single' ? Float32Array.from(numbers) : Float64Array.from(numbers)
  const data = raw.slice()
  if (vector.config.normalize) l2Normalize(raw, n, d, data)
  return { raw, data, labels: Int32Array.from(vector.labels), n, d }
}

function distanceKind(name: 'euclidean' | 'squaredEuclidean' | 'cosine'): DistanceKind {
  return name === 'squaredEuclidean' ? 'squared-euclidean' : name
}

function difficultyName(name: 'hard' | 'semihard' | 'easy'): 'hard' | 'semi-hard' | 'easy' {
  return name === 'semihard' ? 'semi-hard' : name
}

function mining(miner: GoldenMiner): MiningOptions {
  switch (miner.type) {
    case 'facenet-semihard':
      return { strategy: 'semi-hard', fallback: 'farthest' }
    case 'triplet-margin':
      return { strategy: 'triplet-margin', select: miner.select === 'all' ? 'all' : difficultyName(miner.select) }
    case 'batch-easy-hard':
      return {
        strategy: 'batch-easy-hard',
        positives: difficultyName(miner.positives),
        negatives: difficultyName(miner.negatives),
      }
    case 'angular':
      return { strategy: 'angular', angle: miner.angle }
    case 'multi-similarity':
      return { strategy: 'multi-similarity', epsilon: miner.epsilon }
    case 'batch-all':
    case 'batch-hard':
      return { strategy: miner.type }
  }
}

function lossDifferences(vector: GoldenKind<'loss'>, reading: Reading): string[] {
  const { config, expected } = vector
  const { raw, data, labels, n, d } = rows(vector, reading.precision)
  const options: LossOptions = {
    margin: config.margin,
    distance: distanceKind(config.distance),
    normalize: config.normalize,
    softMargin: config.softMargin,
    swap: config.swap,
    reducer: config.reducer === 'mean' ? 'mean' : 'mean-nonzero',
  }
  const triplets = mined(vector, reading)
  let result: { readonly loss: number; readonly gradient: Float32Array }
  if (reading.withQuirk || minerMargin(vector) !== config.margin) {
    const batch = loaded(vector, reading, true)
    const loss = new TripletLoss(options, batch)
    loss.begin(config.margin)
    for (let i = 0; i < triplets.count; i++) {
      loss.add(triplets.anchors[i], triplets.positives[i], triplets.negatives.subarray(i, i + 1), 1)
    }
    const gradient = new Float32Array(n * d)
    loss.gradient(gradient)
    result = { loss: loss.value, gradient }
  } else {
    // The way that training takes.
    const random = Random.fromSeed(1)
    const objective = createObjective({
      loss: options,
      mining: mining(config.miner),
      random,
      maxBatch: Math.max(1, n),
      size: d,
    })
    result = objective.evaluate(data, n, d, labels)
  }
  const { loss, gradient } = result
  if (config.normalize) l2NormalizeBackward(raw, gradient, n, d, gradient)
  return [
    ...(expected.triplets === undefined ? [] : tupleDifferences('triplets', tripletList(triplets), expected.triplets)),
    ...number('loss', loss, expected.loss),
    ...array('gradient', gradient, expected.gradient.flat()),
  ]
}

interface WithDistance {
  readonly embeddings: number[][]
  readonly labels: number[]
  readonly config: { readonly distance: 'euclidean' | 'squaredEuclidean' | 'cosine'; readonly normalize: boolean }
}

function loaded(vector: WithDistance, reading: Reading, normalized: boolean): Batch {
  const { raw, data, labels, n, d } = rows(vector, reading.precision)
  const { distance, normalize } = vector.config
  const batch = new Batch({ distance: distanceKind(distance), normalize, maxBatch: Math.max(1, n) })
  batch.load(normalized ? data : raw, n, d, labels)
  return batch
}

/** A vector may give its miner another margin than its loss; a run of this project has one for both. */
function minerMargin({ config }: GoldenKind<'loss'> | GoldenKind<'miner'>): number {
  return (config.miner.type === 'triplet-margin' ? config.miner.margin : undefined) ?? config.margin ?? 0
}

function mined(vector: GoldenKind<'loss'> | GoldenKind<'miner'>, reading: Reading): Triplets {
  const { miner } = vector.config
  const margin = minerMargin(vector)
  const batch = loaded(vector, reading, !(reading.withQuirk && miner.type === 'angular'))
  if (reading.withQuirk && miner.type === 'facenet-semihard') {
    for (let i = 0; i < batch.count ** 2; i++) batch.distances[i] = 1 - batch.distances[i]
  }
  const found = new Triplets()
  createMiner(mining(miner), Random.fromSeed(1)).mine(batch, margin, found)
  return found
}

function pairDifferences(vector: GoldenKind<'pairMiner'>, reading: Reading): string[] {
  const { miner } = vector.config
  if (miner.type !== 'multi-similarity') return [`${miner.type} gives triplets, not pairs`]
  const positivePairs: number[][] = []
  const negativePairs: number[][] = []
  multiSimilarityPairs(miner.epsilon)(loaded(vector, reading, true), {
    pairs(anchor, positives, positiveCount, negatives, negativeCount) {
      for (const p of positives.subarray(0, positiveCount)) positivePairs.push([anchor, p])
      for (const n of negatives.subarray(0, negativeCount)) negativePairs.push([anchor, n])
    },
  })
  return [
    ...tupleDifferences('positive pairs', positivePairs, vector.expected.positivePairs),
    ...tupleDifferences('negative pairs', negativePairs, vector.expected.negativePairs),
  ]
}

function difficultyDifferences(vector: GoldenKind<'difficulty'>, reading: Reading): string[] {
  const batch = loaded(vector, reading, true)
  const { margin, normalize } = vector.config
  const options = { margin, distance: batch.distance, normalize, softMargin: false, swap: false }
  const { easy, semiHard, hard } = createDifficultyMeter(options, batch.maxBatch).measure(batch, margin, true)
  const { expected } = vector
  return [
    ...exact('easy', easy, expected.easy),
    ...exact('semi-hard', semiHard, expected.semihard),
    ...exact('hard', hard, expected.hard),
  ]
}

function retrievalDifferences(vector: GoldenKind<'retrieval'>, reading: Reading): string[] {
  const { data, labels, n, d } = rows(vector, reading.precision)
  const scores = retrieval(
    { embeddings: data, labels, count: n, size: d },
    { distance: distanceKind(vector.config.distance), gallery: null },
  )
  const { expected } = vector
  const recallAt = new Map(Object.entries(scores.recallAt))
  return [
    ...number('precision@1', scores.precisionAt1, expected.precisionAt1),
    ...number('R-precision', scores.rPrecision, expected.rPrecision),
    ...number('MAP@R', scores.mapAtR, expected.mapAtR),
    ...Object.entries(expected.recallAt).flatMap(([k, value]) => number(`recall@${k}`, recallAt.get(k) ?? NaN, value)),
  ]
}

function verificationDifferences(vector: GoldenKind<'verification'>, reading: Reading): string[] {
  const { data, labels, n, d } = rows(vector, reading.precision)
  const { expected, config } = vector
  const fars = Object.keys(expected.tarAtFar).map(Number)
  const distance = distanceKind(config.distance)
  const scores = verification(data, n, d, labels, { ...defaultVerification, distance, fars })
  return [
    ...number('ROC AUC', scores.rocAuc, expected.rocAuc),
    ...number('EER', scores.eer, expected.eer),
    ...number('best accuracy', scores.bestAccuracy, expected.bestAccuracy),
    ...Object.values(expected.tarAtFar).flatMap((tar, i) =>
      number(`TAR at FAR ${fars[i]}`, scores.tarAtFar[i].tar, tar),
    ),
  ]
}

function tripletList(triplets: Triplets): number[][] {
  return Array.from({ length: triplets.count }, (_, i) => [
    triplets.anchors[i],
    triplets.positives[i],
    triplets.negatives[i],
  ])
}

function tupleDifferences(what: string, actual: number[][], expected: number[][]): string[] {
  const found = new Set(actual.map(String))
  const wanted = new Set(expected.map(String))
  const missing = [...wanted].filter(tuple => !found.has(tuple))
  const extra = [...found].filter(tuple => !wanted.has(tuple))
  if (missing.length === 0 && extra.length === 0 && actual.length === expected.length) return []
  const first =
    missing.length > 0 ? `(${missing[0]}) is missing` : extra.length > 0 ? `(${extra[0]}) is too many` : 'repeated'
  return [`${what}: ${actual.length}, expected ${expected.length}; ${first}`]
}

function exact(what: string, actual: number, expected: number): string[] {
  return actual === expected ? [] : [`${what}: ${actual}, expected ${expected}`]
}

function number(what: string, actual: number, expected: number): string[] {
  return Math.abs(actual - expected) <= tolerance * Math.max(Math.abs(expected), 1e-3)
    ? []
    : [`${what}: ${actual}, expected ${expected}`]
}

/** Relative to the largest number in the array: small ones are differences of large ones. */
function array(what: string, actual: Float32Array, expected: number[]): string[] {
  if (actual.length !== expected.length) return [`${what}: ${actual.length} numbers, expected ${expected.length}`]
  const scale = expected.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1e-3)
  const worst = expected.findIndex((x, i) => !(Math.abs(actual[i] - x) <= tolerance * scale))
  return worst < 0 ? [] : [`${what}[${worst}]: ${actual[worst]}, expected ${expected[worst]}`]
}
