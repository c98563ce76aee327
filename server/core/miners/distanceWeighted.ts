import type { Batch } from '../batch.ts'
import { squaredEuclidean } from '../distances/convert.ts'
import type { Random } from '../random.ts'
import { firstAbove } from '../weightedDraw.ts'
import type { Miner } from './miner.ts'

/**
 * Per anchor and positive one negative, drawn with a probability that evens out how often each distance occurs on the
 * unit sphere in d dimensions: ∝ 1/q(r), q(r) ∝ r^(d−2) (1 − r²/4)^((d−3)/2), r the Euclidean distance, raised to
 * `cutoff` where it is smaller. Negatives at `nonzeroLossCutoff` or beyond are never drawn; an anchor that has only such
 * gives no triplet.
 * Wu, Manmatha, Smola, Krähenbühl 2017, Sampling Matters in Deep Embedding Learning, §4 (arXiv:1706.07567).
 * @throws RangeError unless 0 < cutoff ≤ nonzeroLossCutoff ≤ 2; when mining, for embeddings that are not on the sphere
 */
export function distanceWeighted(cutoff: number, nonzeroLossCutoff: number, random: Random): Miner {
  if (!(cutoff > 0 && cutoff <= nonzeroLossCutoff && nonzeroLossCutoff <= 2)) {
    throw new RangeError(`0 < cutoff ≤ nonzeroLossCutoff ≤ 2 must hold: ${cutoff}, ${nonzeroLossCutoff}`)
  }
  const chosen = new Int32Array(1)
  let cumulated = new Float64Array(0)
  return {
    mine(batch, _margin, sink) {
      if (!batch.normalize && batch.distance !== 'cosine') {
        throw new RangeError('distance-weighted mining needs embeddings on the unit sphere')
      }
      if (cumulated.length < batch.maxBatch) cumulated = new Float64Array(batch.maxBatch)
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        if (batch.positiveCount === 0) continue
        const total = cumulateWeights(batch, cutoff, nonzeroLossCutoff, cumulated)
        if (total === 0) continue
        for (let p = 0; p < batch.positiveCount; p++) {
          const n = firstAbove(cumulated, batch.negativeCount, random.uniform() * total)
          chosen[0] = batch.negatives[n]
          sink.add(a, batch.positives[p], chosen, 1)
        }
      }
    },
  }
}

/** Running sums of the weights of the looked-at anchor's negatives, the largest weight being 1; returns the whole sum. */
function cumulateWeights(batch: Batch, cutoff: number, nonzeroLossCutoff: number, into: Float64Array): number {
  const { negativeCount, negativeDistances, distance, size } = batch
  let largest = -Infinity
  for (let i = 0; i < negativeCount; i++) {
    const euclidean = Math.sqrt(squaredEuclidean(distance, negativeDistances[i]))
    const r = Math.max(euclidean, cutoff)
    // Logarithms: in 128 dimensions the weights themselves leave the range of numbers.
    const log = (2 - size) * Math.log(r) - ((size - 3) / 2) * Math.log(1 - (r * r) / 4)
    into[i] = r < nonzeroLossCutoff && Number.isFinite(log) ? log : -Infinity
    if (into[i] > largest) largest = into[i]
  }
  if (largest === -Infinity) return 0
  let total = 0
  for (let i = 0; i < negativeCount; i++) {
    total += Math.exp(into[i] - largest)
    into[i] = total
  }
  return total
}
