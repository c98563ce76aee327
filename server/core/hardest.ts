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
 * @param extremes by row: distance to its farthest positive and to its nearest negative, NaN where there is none
 * @param limit most triplets to return
 */
export function hardestTriplets(batch: Batch, extremes: Float64Array, limit: number): HardTriplet[] {
  const anchors: number[] = []
  const hardness = (anchor: number) => extremes[2 * anchor] - extremes[2 * anchor + 1]
  for (let anchor = 0; anchor < batch.count; anchor++) {
    const own = hardness(anchor)
    if (Number.isNaN(own)) continue
    // Behind those that are as hard: the first of equals is the one with the lowest index.
    let place = anchors.length
    while (place > 0 && hardness(anchors[place - 1]) < own) place--
    if (place < limit) anchors.splice(place, 0, anchor)
    if (anchors.length > limit) anchors.pop()
  }
  return anchors.map(anchor => {
    const [ap, an] = [extremes[2 * anchor], extremes[2 * anchor + 1]]
    batch.look(anchor)
    const positive = batch.positives[batch.positiveDistances.indexOf(ap)]
    const negative = batch.negatives[batch.negativeDistances.indexOf(an)]
    return { anchor, positive, negative, ap, an }
  })
}
