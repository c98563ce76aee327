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
        const positive = batch.farthestPositive(a)
        chosen[0] = batch.nearestNegative(a)
        if (positive >= 0 && chosen[0] >= 0) sink.add(a, positive, chosen, 1)
      }
    },
  }
}
