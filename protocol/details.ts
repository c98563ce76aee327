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

/**
 * Small copies of pictures, for people to look at. Kind `samplePictures`: those of the sample, kept once; kind
 * `hardestPictures`: those of the hardest triplets of an epoch. `indices`, `classes` and `names` go together.
 */
export const PicturesDetail = v.object({
  height: v.number(),
  width: v.number(),
  channels: v.picklist([1, 3]),
  /** Where each picture is in the dataset. */
  indices: v.array(v.number()),
  /** Class of each picture, an index into `classNames`. */
  classes: v.array(v.number()),
  classNames: v.array(v.string()),
  /** What a person would call it: a file's path, or `umbrella (noto)`. */
  names: v.array(v.string()),
  /** Base64 of one byte a channel, row-major, one picture after the other. */
  pixels: v.string(),
})
export type PicturesDetail = v.InferOutput<typeof PicturesDetail>

/** Kind `sample`: where the held-out sample's pictures are embedded, in the order of `samplePictures`. */
export const SampleDetail = v.object({
  epoch: v.number(),
  /** Numbers in an embedding. */
  size: v.number(),
  /** Base64 of 32-bit floats, little-endian, row-major. */
  embeddings: v.string(),
})
export type SampleDetail = v.InferOutput<typeof SampleDetail>

/** Kind `classes`: how well each held-out class is retrieved, the worst first; classes of one picture are left out. */
export const ClassesDetail = v.object({
  epoch: v.number(),
  classes: v.array(
    v.object({
      name: v.string(),
      /** Pictures that were looked for. */
      queries: v.number(),
      recallAt1: v.number(),
      rPrecision: v.number(),
      mapAtR: v.number(),
    }),
  ),
})
export type ClassesDetail = v.InferOutput<typeof ClassesDetail>

export const DetailKind = v.picklist([
  'difficulty',
  'hardest',
  'hardestPictures',
  'sample',
  'samplePictures',
  'classes',
])
export type DetailKind = v.InferOutput<typeof DetailKind>
