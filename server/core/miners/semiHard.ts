import { farthest, NearestBeyond } from './extremes.ts'
import type { Miner, SemiHardFallback } from './miner.ts'

/**
 * Per anchor and positive the nearest negative that is farther than the positive, d_an > d_ap. Where no negative is:
 * the farthest negative (`farthest`, as in Keras and TensorFlow Addons) or no triplet (`skip`).
 * Schroff, Kalenichenko, Philbin 2015, FaceNet, §3.2 (arXiv:1503.03832).
 */
export function semiHard(fallback: SemiHardFallback): Miner {
  const chosen = new Int32Array(1)
  const search = new NearestBeyond()
  let beyond = new Int32Array(0)
  return {
    mine(batch, _margin, sink) {
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const { positiveDistances, negativeDistances, negativeCount } = batch
        if (beyond.length < batch.positiveCount) beyond = new Int32Array(batch.count)
        search.find(negativeDistances, negativeCount, positiveDistances, batch.positiveCount, beyond)
        const farthestNegative = fallback === 'farthest' ? farthest(negativeDistances, negativeCount) : -1
        for (let p = 0; p < batch.positiveCount; p++) {
          const n = beyond[p] >= 0 ? beyond[p] : farthestNegative
          if (n < 0) continue
          chosen[0] = batch.negatives[n]
          sink.add(a, batch.positives[p], chosen, 1)
        }
      }
    },
  }
}
