import type { Random } from '../random.ts'
import { firstAbove } from '../weightedDraw.ts'
import type { Miner } from './miner.ts'

/**
 * Triplets drawn uniformly from all valid ones of the batch, with replacement: as many as `tripletsPerAnchor` for every
 * row that can be an anchor. The baseline whose triplets soon are too easy to learn from (Ng, Convolutional Neural
 * Networks, lecture 4.4).
 * @throws RangeError when tripletsPerAnchor is not a positive whole number
 */
export function randomTriplets(tripletsPerAnchor: number, random: Random): Miner {
  if (!(Number.isSafeInteger(tripletsPerAnchor) && tripletsPerAnchor >= 1)) {
    throw new RangeError(`tripletsPerAnchor must be a whole number of at least 1: ${tripletsPerAnchor}`)
  }
  const chosen = new Int32Array(1)
  let triplets = new Float64Array(0)
  let draws = new Int32Array(0)
  return {
    mine(batch, _margin, sink) {
      if (batch.validTriplets === 0) return
      if (triplets.length < batch.maxBatch) {
        triplets = new Float64Array(batch.maxBatch)
        draws = new Int32Array(batch.maxBatch)
      }
      // First how many each anchor gets, in proportion to its valid triplets; then which.
      let anchors = 0
      let total = 0
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const valid = batch.positiveCount * batch.negativeCount
        if (valid > 0) anchors++
        total += valid
        triplets[a] = total
      }
      draws.fill(0, 0, batch.count)
      for (let i = anchors * tripletsPerAnchor; i > 0; i--) {
        draws[firstAbove(triplets, batch.count, random.uniform() * total)]++
      }
      for (let a = 0; a < batch.count; a++) {
        if (draws[a] === 0) continue
        batch.look(a)
        for (let i = draws[a]; i > 0; i--) {
          const positive = batch.positives[random.below(batch.positiveCount)]
          chosen[0] = batch.negatives[random.below(batch.negativeCount)]
          sink.add(a, positive, chosen, 1)
        }
      }
    },
  }
}
