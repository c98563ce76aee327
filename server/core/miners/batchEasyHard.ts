import { assertNever } from '../assertNever.ts'
import type { Batch } from '../batch.ts'
import { farthest, farthestWithin, nearest, nearestBeyond } from './extremes.ts'
import type { Difficulty, Miner } from './miner.ts'

/**
 * One triplet an anchor, with positive and negative each chosen by difficulty: hard is the farthest positive and the
 * nearest negative, easy the nearest positive and the farthest negative. The semi-hard one is chosen last, knowing the
 * other: the nearest negative with d_an > d_ap, or the farthest positive with d_ap < d_an; no margin bounds it. Where
 * there is none, the anchor gives no triplet.
 * Xuan, Stylianou, Pless 2020, Improved Embeddings with Easy Positive Triplet Mining (arXiv:1904.04370).
 * @throws RangeError when both are semi-hard: neither could be chosen first
 */
export function batchEasyHard(positives: Difficulty, negatives: Difficulty): Miner {
  if (positives === 'semi-hard' && negatives === 'semi-hard') {
    throw new RangeError('positives and negatives cannot both be semi-hard')
  }
  const chosen = new Int32Array(1)
  return {
    mine(batch, _margin, sink) {
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        let p = -1
        let n = -1
        if (positives === 'semi-hard') {
          n = choose(negatives, batch, 'negatives', NaN)
          if (n >= 0) p = choose(positives, batch, 'positives', batch.negativeDistances[n])
        } else {
          p = choose(positives, batch, 'positives', NaN)
          if (p >= 0) n = choose(negatives, batch, 'negatives', batch.positiveDistances[p])
        }
        if (p < 0 || n < 0) continue
        chosen[0] = batch.negatives[n]
        sink.add(a, batch.positives[p], chosen, 1)
      }
    },
  }
}

/** @param bound distance of the one chosen first; only semi-hard looks at it */
function choose(difficulty: Difficulty, batch: Batch, side: 'positives' | 'negatives', bound: number): number {
  const { positiveDistances, positiveCount, negativeDistances, negativeCount } = batch
  switch (difficulty) {
    case 'hard':
      return side === 'positives'
        ? farthest(positiveDistances, positiveCount)
        : nearest(negativeDistances, negativeCount)
    case 'easy':
      return side === 'positives'
        ? nearest(positiveDistances, positiveCount)
        : farthest(negativeDistances, negativeCount)
    case 'semi-hard':
      return side === 'positives'
        ? farthestWithin(positiveDistances, positiveCount, bound)
        : nearestBeyond(negativeDistances, negativeCount, bound)
    default:
      return assertNever(difficulty, 'difficulty')
  }
}
