/**
 * How hard a batch is, always over all its valid triplets, whatever the miner chose. With Δ = d_an − d_ap:
 * easy Δ > α · semi-hard 0 < Δ ≤ α · hard Δ ≤ 0 (Schroff et al. 2015, FaceNet, §3.2, arXiv:1503.03832).
 */
import type { Batch } from './batch.ts'
import { type Histogram, addAll, clear, createHistogram } from './histogram.ts'
import type { LossOptions } from './loss/tripletLoss.ts'
import { selectSmallest } from './select.ts'

/** Distances in the unit of the batch's distance. All NaN where there is nothing to average. */
export interface DistanceSummary {
  readonly mean: number
  readonly p10: number
  readonly p90: number
}

export interface Difficulty {
  readonly validTriplets: number
  /** Counts; their sum is validTriplets. */
  readonly easy: number
  readonly semiHard: number
  readonly hard: number
  /** Share of all valid triplets with loss > 0, after swap and soft margin; 0 when there are none. */
  readonly activeFraction: number
  /** Over all pairs of the same class. */
  readonly ap: DistanceSummary
  /** Over all pairs of different classes. */
  readonly an: DistanceSummary
  /** Mean Euclidean norm of the embeddings. */
  readonly embeddingNorm: number
  /** Mean squared Euclidean distance of the embeddings from their mean: at most 1 on the unit sphere, 0 in a collapse. */
  readonly embeddingVariance: number
}

/** Counts in bins of fixed edges, so that those of different steps can be laid side by side. */
export interface DifficultyHistograms {
  /** d_ap over pairs of the same class. */
  readonly ap: Histogram
  /** d_an over pairs of different classes. */
  readonly an: Histogram
  /** Δ = d_an − d_ap over all valid triplets. */
  readonly gap: Histogram
}

export interface DifficultyMeter {
  /**
   * Measures a loaded batch.
   * @param margin α of this step
   * @param withHistograms also counts into `histograms`, which costs about as much again
   */
  measure(batch: Batch, margin: number, withHistograms: boolean): Difficulty
  /** Of the last measurement with histograms; overwritten by the next. */
  readonly histograms: DifficultyHistograms
}

const bins = 40

/**
 * Largest distance that histograms cover: the sphere's diameter where embeddings are normalised, else ten margins
 * (nothing is known of the scale); what lies beyond is counted in the last bin.
 */
function histogramReach(loss: Pick<LossOptions, 'distance' | 'normalize' | 'margin'>): number {
  if (loss.distance === 'cosine') return 2
  if (loss.normalize) return loss.distance === 'euclidean' ? 2 : 4
  return loss.margin > 0 ? 10 * loss.margin : 10
}

/** All memory is taken here: 8 bytes × maxBatch² and a little. */
export function createDifficultyMeter(
  loss: Pick<LossOptions, 'distance' | 'normalize' | 'margin' | 'softMargin' | 'swap'>,
  maxBatch: number,
): DifficultyMeter {
  const reach = histogramReach(loss)
  const histograms = {
    ap: createHistogram(0, reach, bins),
    an: createHistogram(0, reach, bins),
    gap: createHistogram(-reach, reach, 2 * bins),
  }
  const apDistances = new Float64Array(maxBatch * maxBatch)
  const anDistances = new Float64Array(maxBatch * maxBatch)

  return {
    histograms,
    measure(batch, margin, withHistograms) {
      if (withHistograms) {
        clear(histograms.ap)
        clear(histograms.an)
        clear(histograms.gap)
      }
      let easy = 0
      let hard = 0
      let active = 0
      let aps = 0
      let ans = 0
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const { positives, positiveDistances, positiveCount, negatives, negativeDistances, negativeCount } = batch
        // Distances are symmetric: every pair once.
        for (let i = 0; i < positiveCount; i++) if (positives[i] > a) apDistances[aps++] = positiveDistances[i]
        for (let i = 0; i < negativeCount; i++) if (negatives[i] > a) anDistances[ans++] = negativeDistances[i]
        for (let i = 0; i < positiveCount; i++) {
          const ap = positiveDistances[i]
          for (let j = 0; j < negativeCount; j++) {
            const gap = negativeDistances[j] - ap
            // Summed without branches, which no processor could foresee: twice as fast.
            easy += Number(gap > margin)
            hard += Number(gap <= 0)
            active += Number(gap < margin)
          }
          if (withHistograms) addAll(histograms.gap, negativeDistances, negativeCount, ap)
          if (loss.swap && !loss.softMargin) active += swappedIn(batch, positives[i], ap, margin)
        }
      }
      if (withHistograms) {
        addAll(histograms.ap, apDistances, aps, 0)
        addAll(histograms.an, anDistances, ans, 0)
      }
      const valid = batch.validTriplets
      if (loss.softMargin) active = valid
      return {
        validTriplets: valid,
        easy,
        semiHard: valid - easy - hard,
        hard,
        activeFraction: valid === 0 ? 0 : active / valid,
        ap: summarize(apDistances, aps),
        an: summarize(anDistances, ans),
        ...spread(batch),
      }
    },
  }
}

/** Triplets of the looked-at anchor and a positive that only the swap makes active: d_an is far enough, d_pn is not. */
function swappedIn(batch: Batch, positive: number, ap: number, margin: number): number {
  const { negatives, negativeDistances, negativeCount, distances, count } = batch
  let more = 0
  for (let j = 0; j < negativeCount; j++) {
    if (negativeDistances[j] - ap >= margin && distances[positive * count + negatives[j]] - ap < margin) more++
  }
  return more
}

/** Mean and nearest-rank percentiles of the first n values, which it reorders. */
function summarize(values: Float64Array, n: number): DistanceSummary {
  if (n === 0) return { mean: NaN, p10: NaN, p90: NaN }
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]
  const p90 = selectSmallest(values, n, Math.ceil(0.9 * n))
  const p10 = selectSmallest(values, n, Math.ceil(0.1 * n))
  return { mean: sum / n, p10, p90 }
}

function spread(batch: Batch): { embeddingNorm: number; embeddingVariance: number } {
  const { embeddings: x, count, size } = batch
  if (count === 0) return { embeddingNorm: NaN, embeddingVariance: NaN }
  let norms = 0
  for (let i = 0; i < count; i++) {
    let squares = 0
    for (let k = i * size; k < (i + 1) * size; k++) squares += x[k] * x[k]
    norms += Math.sqrt(squares)
  }
  let variance = 0
  for (let k = 0; k < size; k++) {
    let sum = 0
    for (let i = 0; i < count; i++) sum += x[i * size + k]
    const mean = sum / count
    for (let i = 0; i < count; i++) variance += (x[i * size + k] - mean) ** 2
  }
  return { embeddingNorm: norms / count, embeddingVariance: variance / count }
}
