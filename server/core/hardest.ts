import type { Batch } from './batch.ts'

/** A triplet as rows of its batch, with its distances. */
export interface HardTriplet {
  readonly anchor: number
  readonly positive: number
  readonly negative: number
  readonly ap: number
  readonly an: number
}

/**
 * The hardest of all valid triplets, largest d_ap − d_an first, at most one per anchor: otherwise one stray picture would
 * fill the whole list. Of an anchor that is its farthest positive with its nearest negative.
 * @param limit most triplets to return
 */
export function hardestTriplets(batch: Batch, limit: number): HardTriplet[] {
  const found: HardTriplet[] = []
  for (let anchor = 0; anchor < batch.count; anchor++) {
    batch.look(anchor)
    let p = 0
    for (let i = 1; i < batch.positiveCount; i++) if (batch.positiveDistances[i] > batch.positiveDistances[p]) p = i
    let n = 0
    for (let i = 1; i < batch.negativeCount; i++) if (batch.negativeDistances[i] < batch.negativeDistances[n]) n = i
    if (batch.positiveCount === 0 || batch.negativeCount === 0) continue
    found.push({
      anchor,
      positive: batch.positives[p],
      negative: batch.negatives[n],
      ap: batch.positiveDistances[p],
      an: batch.negativeDistances[n],
    })
  }
  return found.sort((x, y) => y.ap - y.an - (x.ap - x.an) || x.anchor - y.anchor).slice(0, limit)
}
