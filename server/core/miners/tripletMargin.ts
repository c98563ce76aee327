import { assertNever } from '../assertNever.ts'
import type { Miner, TripletMarginSelect } from './miner.ts'

/**
 * All triplets of a kind, by Δ = d_an − d_ap: `all` that violate the margin, Δ ≤ α; of these the `hard`, Δ ≤ 0, or the
 * `semi-hard`, Δ > 0; or the `easy`, Δ > α. As TripletMarginMiner of pytorch-metric-learning.
 */
export function tripletMargin(select: TripletMarginSelect): Miner {
  let chosen = new Int32Array(0)
  return {
    mine(batch, margin, sink) {
      if (chosen.length < batch.maxBatch) chosen = new Int32Array(batch.maxBatch)
      const [above, upTo] = gapRange(select, margin)
      for (let a = 0; a < batch.count; a++) {
        batch.look(a)
        const { negatives, negativeDistances, negativeCount } = batch
        for (let p = 0; p < batch.positiveCount; p++) {
          const ap = batch.positiveDistances[p]
          let count = 0
          for (let n = 0; n < negativeCount; n++) {
            const gap = negativeDistances[n] - ap
            // Written always, kept when it counts: a branch here could not be foreseen.
            chosen[count] = negatives[n]
            count += Number(gap > above) & Number(gap <= upTo)
          }
          if (count > 0) sink.add(a, batch.positives[p], chosen, count)
        }
      }
    },
  }
}

/** Gaps are chosen when above the first and not above the second number. */
function gapRange(select: TripletMarginSelect, margin: number): readonly [above: number, upTo: number] {
  switch (select) {
    case 'all':
      return [-Infinity, margin]
    case 'hard':
      return [-Infinity, Math.min(0, margin)]
    case 'semi-hard':
      return [0, margin]
    case 'easy':
      return [margin, Infinity]
    default:
      return assertNever(select, 'selection of triplets')
  }
}
