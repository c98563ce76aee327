import type { Miner } from './miner.ts'

/**
 * Per anchor and positive the negative whose distance is closest to the positive's: the triplets that are hard to train
 * on, d(A, P) ≈ d(A, N). Ng, Convolutional Neural Networks, lecture 4.4 (Triplet Loss).
 */
export function closestGap(): Miner {
  const chosen = new Int32Array(1)
  return {
    mine(batch, _margin, sink) {
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const { negativeDistances, negativeCount } = batch
        for (let p = 0; p < batch.positiveCount; p++) {
          const ap = batch.positiveDistances[p]
          let best = -1
          let bestGap = Infinity
          for (let n = 0; n < negativeCount; n++) {
            const gap = Math.abs(negativeDistances[n] - ap)
            if (gap < bestGap) {
              bestGap = gap
              best = n
            }
          }
          if (best < 0) continue
          chosen[0] = batch.negatives[best]
          sink.add(a, batch.positives[p], chosen, 1)
        }
      }
    },
  }
}
