/**
 * How hard a batch is, always over all its valid triplets, whatever the miner chose. With Δ = d_an − d_ap:
 * easy Δ > α · semi-hard 0 < Δ ≤ α · hard Δ ≤ 0 (Schroff et al. 2015, FaceNet, §3.2, arXiv:1503.03832).
 */
import type { Batch } from './batch.ts'
import { DifficultyKernel, type PairsOf } from './difficultyKernel.ts'
import { type HardTriplet, hardestTriplets } from './hardest.ts'
import { type Histogram, createHistogram } from './histogram.ts'
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
  /**
   * The hardest of all valid triplets of the batch that was measured last, at most one per anchor; see `hardestTriplets`.
   * @param limit most triplets to return
   */
  hardest(batch: Batch, limit: number): HardTriplet[]
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

/** All memory is taken here: 20 bytes × maxBatch² and a little, and a copy of the embeddings. */
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
  const kernel = new DifficultyKernel(maxBatch)

  return {
    histograms,
    measure(batch, margin, withHistograms) {
      const { easy, hard, active, same, different } = kernel.count(
        batch,
        margin,
        withHistograms ? histograms.gap : null,
      )
      if (withHistograms) {
        kernel.fill(histograms.ap, same)
        kernel.fill(histograms.an, different)
      }
      const valid = batch.validTriplets
      const violating = loss.softMargin ? valid : active + (loss.swap ? swappedIn(batch, margin) : 0)
      return {
        validTriplets: valid,
        easy,
        semiHard: valid - easy - hard,
        hard,
        activeFraction: valid === 0 ? 0 : violating / valid,
        ap: summarize(kernel, same),
        an: summarize(kernel, different),
        ...spread(kernel, batch),
      }
    },
    hardest: (batch, limit) => hardestTriplets(batch, kernel.extremes, limit),
  }
}

/** Triplets that only the swap makes active: d_an is far enough, d_pn is not. */
function swappedIn(batch: Batch, margin: number): number {
  const { distances, count, positives, positiveDistances, negatives, negativeDistances } = batch
  let more = 0
  for (let a = 0; a < count; a++) {
    batch.look(a)
    for (let i = 0; i < batch.positiveCount; i++) {
      const ap = positiveDistances[i]
      const row = positives[i] * count
      for (let j = 0; j < batch.negativeCount; j++)
        more += Number(negativeDistances[j] - ap >= margin && distances[row + negatives[j]] - ap < margin)
    }
  }
  return more
}

/** Mean and nearest-rank percentiles. */
function summarize(kernel: DifficultyKernel, pairs: PairsOf): DistanceSummary {
  const n = pairs.count
  if (n === 0) return { mean: NaN, p10: NaN, p90: NaN }
  const rank = (share: number) => Math.ceil(share * n)
  const { sum, values } = kernel.summarize(pairs, rank(0.1) - 1, rank(0.9) - 1)
  if (values !== null) return { mean: sum / n, p10: values[0], p90: values[1] }
  // Where distances overflow or are no numbers, order them one by one.
  const all = kernel.values(pairs)
  const p90 = selectSmallest(all, n, rank(0.9))
  return { mean: sum / n, p10: selectSmallest(all, n, rank(0.1)), p90 }
}

function spread(
  kernel: DifficultyKernel,
  { embeddings, count, size }: Batch,
): { embeddingNorm: number; embeddingVariance: number } {
  if (count === 0) return { embeddingNorm: NaN, embeddingVariance: NaN }
  const { norms, squares } = kernel.spread(embeddings, count, size)
  return { embeddingNorm: norms / count, embeddingVariance: squares / count }
}
