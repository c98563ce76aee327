import { squaredEuclidean } from '../distances/convert.ts'
import type { Miner } from './miner.ts'

/**
 * All triplets whose angle at the negative is large: atan(‖a − p‖ / (2‖n − c‖)) > angle, with c the midpoint of a and p.
 * The distance to the midpoint follows from the three sides: ‖n − c‖² = (‖n − a‖² + ‖n − p‖²)/2 − ‖a − p‖²/4.
 * Wang, Zhou, Wen, Liu, Lin 2017, Deep Metric Learning with Angular Loss, §3 (arXiv:1708.01682).
 * @param angle degrees
 * @throws RangeError unless the angle is from 0 to below 90
 */
export function angular(angle: number): Miner {
  if (!(angle >= 0 && angle < 90)) throw new RangeError(`the angle must be from 0 to below 90 degrees: ${angle}`)
  // tan² of both sides: neither arc tangent nor root for each triplet. Coincident points have no angle.
  const bound = 4 * Math.tan((angle * Math.PI) / 180) ** 2
  let chosen = new Int32Array(0)
  return {
    mine(batch, _margin, sink) {
      if (chosen.length < batch.maxBatch) chosen = new Int32Array(batch.maxBatch)
      const { distance, distances, count } = batch
      for (let a = 0; a < count; a++) {
        batch.look(a)
        for (let i = 0; i < batch.positiveCount; i++) {
          const p = batch.positives[i]
          const ap = squaredEuclidean(distance, batch.positiveDistances[i])
          let found = 0
          for (let j = 0; j < batch.negativeCount; j++) {
            const n = batch.negatives[j]
            const an = squaredEuclidean(distance, batch.negativeDistances[j])
            const pn = squaredEuclidean(distance, distances[p * count + n])
            const nc = Math.max(0, (an + pn) / 2 - ap / 4)
            chosen[found] = n
            found += Number(ap > bound * nc)
          }
          if (found > 0) sink.add(a, p, chosen, found)
        }
      }
    },
  }
}
