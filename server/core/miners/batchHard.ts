import { farthest, nearest } from './extremes.ts'
import type { Miner } from './miner.ts'

/**
 * Per anchor its farthest positive and its nearest negative: at most one triplet an anchor.
 * Hermans, Beyer, Leibe 2017, In Defense of the Triplet Loss, §2, eq. 5 (arXiv:1703.07737).
 */
export function batchHard(): Miner {
  const chosen = new Int32Array(1)
  return {
    mine(batch, _margin, sink) {
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const p = farthest(batch.positiveDistances, batch.positiveCount)
        const n = nearest(batch.negativeDistances, batch.negativeCount)
        if (p < 0 || n < 0) continue
        chosen[0] = batch.negatives[n]
        sink.add(a, batch.positives[p], chosen, 1)
      }
    },
  }
}
