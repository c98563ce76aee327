/** What is kept of a step besides numbers, as JSON: read by the panels that show it. */
import * as v from 'valibot'

/** Counts in equal bins from `low` to `high`; what lies outside is counted in the first or last bin. */
export const HistogramDetail = v.object({ low: v.number(), high: v.number(), counts: v.array(v.number()) })
export type HistogramDetail = v.InferOutput<typeof HistogramDetail>

/** Kind `difficulty`: d(a,p) over all pairs of one class, d(a,n) over all pairs of two, and d(a,n) − d(a,p) over all triplets. */
export const DifficultyDetail = v.object({
  margin: v.number(),
  ap: HistogramDetail,
  an: HistogramDetail,
  gap: HistogramDetail,
})
export type DifficultyDetail = v.InferOutput<typeof DifficultyDetail>

/** A triplet as indices of pictures in the dataset, with its distances. */
export const HardTripletDetail = v.object({
  step: v.number(),
  anchor: v.number(),
  positive: v.number(),
  negative: v.number(),
  ap: v.number(),
  an: v.number(),
})
export type HardTripletDetail = v.InferOutput<typeof HardTripletDetail>

/** Kind `hardest`: the hardest triplets of an epoch, hardest first, kept at its last step. */
export const HardestDetail = v.object({ epoch: v.number(), triplets: v.array(HardTripletDetail) })
export type HardestDetail = v.InferOutput<typeof HardestDetail>
