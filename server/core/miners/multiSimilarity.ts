import { squaredEuclidean } from '../distances/convert.ts'
import { pairwiseDistances } from '../distances/pairwise.ts'
import type { Batch } from '../batch.ts'
import type { Miner } from './miner.ts'

/** Positive and negative rows that multi-similarity keeps for one anchor. */
export interface PairSink {
  pairs(
    anchor: number,
    positives: Int32Array,
    positiveCount: number,
    negatives: Int32Array,
    negativeCount: number,
  ): void
}

/**
 * Pairs by cosine similarity S: a negative is kept when it is almost as similar as the least similar positive,
 * S_an + ε > min S_ap; a positive when it is almost as dissimilar as the most similar negative, S_ap − ε < max S_an.
 * The triplets are all combinations of an anchor's kept positives with its kept negatives.
 * Wang, Han, Huang, Dong, Scott 2019, Multi-Similarity Loss, §4 (arXiv:1904.06627).
 * @throws RangeError when epsilon is negative or not a number
 */
export function multiSimilarity(epsilon: number): Miner {
  const minePairs = multiSimilarityPairs(epsilon)
  return {
    mine(batch, _margin, sink) {
      minePairs(batch, {
        pairs(anchor, positives, positiveCount, negatives, negativeCount) {
          if (negativeCount === 0) return
          for (let i = 0; i < positiveCount; i++) sink.add(anchor, positives[i], negatives, negativeCount)
        },
      })
    },
  }
}

/** The pairs themselves. @throws RangeError when epsilon is negative or not a number */
export function multiSimilarityPairs(epsilon: number): (batch: Batch, sink: PairSink) => void {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon must be 0 or more: ${epsilon}`)
  let cosines = new Float64Array(0)
  let positives = new Int32Array(0)
  let negatives = new Int32Array(0)
  return (batch, sink) => {
    const { count, distance, distances, embeddings, size } = batch
    if (positives.length < batch.maxBatch) {
      positives = new Int32Array(batch.maxBatch)
      negatives = new Int32Array(batch.maxBatch)
      cosines = new Float64Array(batch.maxBatch * batch.maxBatch)
    }
    // On the unit sphere 1 − cos is half the squared distance; elsewhere it has to be computed.
    if (distance === 'cosine' || batch.normalize) {
      for (let i = 0; i < count * count; i++) cosines[i] = squaredEuclidean(distance, distances[i]) / 2
    } else {
      pairwiseDistances('cosine', embeddings, count, size, cosines)
    }
    for (let a = 0; a < count; a++) {
      batch.look(a)
      const row = a * count
      let farthestPositive = -Infinity
      for (let i = 0; i < batch.positiveCount; i++) {
        farthestPositive = Math.max(farthestPositive, cosines[row + batch.positives[i]])
      }
      let nearestNegative = Infinity
      for (let i = 0; i < batch.negativeCount; i++) {
        nearestNegative = Math.min(nearestNegative, cosines[row + batch.negatives[i]])
      }
      let p = 0
      for (let i = 0; i < batch.positiveCount; i++) {
        if (cosines[row + batch.positives[i]] + epsilon > nearestNegative) positives[p++] = batch.positives[i]
      }
      let n = 0
      for (let i = 0; i < batch.negativeCount; i++) {
        if (cosines[row + batch.negatives[i]] - epsilon < farthestPositive) negatives[n++] = batch.negatives[i]
      }
      sink.pairs(a, positives, p, negatives, n)
    }
  }
}
