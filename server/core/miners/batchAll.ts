import type { Miner } from './miner.ts'

/**
 * Every valid triplet: P·K·(K−1)·(P·K−K) of a P×K batch.
 * Hermans, Beyer, Leibe 2017, In Defense of the Triplet Loss, §2 (arXiv:1703.07737).
 */
export function batchAll(): Miner {
  return {
    mine(batch, _margin, sink) {
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        if (batch.negativeCount === 0) continue
        for (let p = 0; p < batch.positiveCount; p++)
          sink.add(a, batch.positives[p], batch.negatives, batch.negativeCount)
      }
    },
  }
}
