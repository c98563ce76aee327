/**
 * What a run does, with every default written out: made from an experiment file by server/experiment/resolve,
 * stored with the run, and read by the trainer and the panels. Nothing here depends on the file's text.
 */
import * as v from 'valibot'

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const nonNegative = v.pipe(v.number(), v.finite(), v.minValue(0))
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const text = v.string()

/** Where the pictures come from. Paths are absolute once resolved. */
export const DatasetSpec = v.variant('kind', [
  v.object({ kind: v.literal('emoji') }),
  v.object({ kind: v.literal('mnist') }),
  v.object({ kind: v.literal('fashion-mnist') }),
  v.object({ kind: v.literal('folder'), path: text }),
  v.object({ kind: v.literal('csv'), path: text }),
  v.object({ kind: v.literal('idx'), images: text, labels: text }),
  v.object({ kind: v.literal('cifar'), path: text }),
  v.object({ kind: v.literal('npz'), path: text }),
  v.object({ kind: v.literal('parquet'), path: text }),
])
export type DatasetSpec = v.InferOutput<typeof DatasetSpec>

/** How every picture is brought to one size. `null`: as the first picture of the dataset is. */
export const ImageSpec = v.object({ size: v.nullable(count), channels: v.nullable(v.picklist([1, 3])) })

/**
 * `class`: test classes are never seen in training. `example`: every class is on both sides.
 * `given`: as the dataset itself says (MNIST's own test set, a split column).
 */
export const SplitSpec = v.object({
  by: v.picklist(['class', 'example', 'given']),
  test: fraction,
  seed: v.pipe(v.number(), v.integer()),
  /** k-fold: dealt into this many parts, of which part `fold` (from 1) is held out; `test` then plays no part. */
  folds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2))),
  fold: v.optional(count),
})

export const LayerSpec = v.variant('type', [
  v.object({ type: v.literal('dense'), units: count }),
  v.object({
    type: v.literal('conv'),
    filters: count,
    kernelSize: count,
    stride: count,
    padding: v.picklist(['same', 'valid']),
    bias: v.boolean(),
  }),
  v.object({
    type: v.literal('depthwise'),
    kernelSize: count,
    stride: count,
    padding: v.picklist(['same', 'valid']),
    bias: v.boolean(),
  }),
  v.object({ type: v.literal('batch-norm'), momentum: fraction, epsilon: positive }),
  v.object({ type: v.literal('relu') }),
  v.object({ type: v.literal('leaky-relu'), slope: nonNegative }),
  v.object({ type: v.literal('relu6') }),
  v.object({ type: v.literal('max-pool'), size: count, stride: count }),
  v.object({ type: v.literal('average-pool'), size: count, stride: count }),
  v.object({ type: v.literal('global-average-pool') }),
  v.object({ type: v.literal('flatten') }),
  v.object({ type: v.literal('dropout'), rate: fraction }),
])
export type LayerSpec = v.InferOutput<typeof LayerSpec>

export const ModelSpec = v.variant('architecture', [
  v.object({ architecture: v.literal('mlp'), embeddingSize: count, hidden: v.array(count), dropout: fraction }),
  v.object({
    architecture: v.literal('conv'),
    embeddingSize: count,
    filters: v.array(count),
    batchNorm: v.boolean(),
    dropout: fraction,
  }),
  v.object({
    architecture: v.literal('residual'),
    embeddingSize: count,
    filters: v.array(count),
    blocks: count,
    dropout: fraction,
  }),
  v.object({ architecture: v.literal('linear'), embeddingSize: count }),
  v.object({ architecture: v.literal('layers'), embeddingSize: count, layers: v.array(LayerSpec) }),
])
export type ModelSpec = v.InferOutput<typeof ModelSpec>

export const Distance = v.picklist(['euclidean', 'squared-euclidean', 'cosine'])
export type Distance = v.InferOutput<typeof Distance>

export const LossSpec = v.object({
  /** α, in the units of `distance`; given once, for the loss and for the miner. */
  margin: positive,
  distance: Distance,
  /** Embeddings on the unit sphere. */
  normalize: v.boolean(),
  /** ln(1 + e^x) in place of max(0, x), both with x = d(a, p) − d(a, n) + α. */
  softMargin: v.boolean(),
  /** Use d(p, n) where it is smaller than d(a, n). */
  swap: v.boolean(),
  /** `mean` over all mined triplets; `mean-nonzero` over those whose loss is not zero. */
  reducer: v.picklist(['mean', 'mean-nonzero']),
})
export type LossSpec = v.InferOutput<typeof LossSpec>

export const DifficultyClass = v.picklist(['hard', 'semi-hard', 'easy'])
export const MiningSpec = v.variant('strategy', [
  v.object({ strategy: v.literal('random'), tripletsPerAnchor: count }),
  v.object({ strategy: v.literal('batch-all') }),
  v.object({ strategy: v.literal('batch-hard') }),
  v.object({ strategy: v.literal('semi-hard'), fallback: v.picklist(['farthest', 'skip']) }),
  v.object({ strategy: v.literal('triplet-margin'), select: v.picklist(['all', 'hard', 'semi-hard', 'easy']) }),
  v.object({ strategy: v.literal('batch-easy-hard'), positives: DifficultyClass, negatives: DifficultyClass }),
  v.object({ strategy: v.literal('distance-weighted'), cutoff: positive, nonzeroLossCutoff: positive }),
  v.object({ strategy: v.literal('multi-similarity'), epsilon: nonNegative }),
  v.object({ strategy: v.literal('angular'), angle: positive }),
  v.object({ strategy: v.literal('n-hard'), from: count, to: count }),
  v.object({ strategy: v.literal('closest-gap') }),
  /** From a file; `triplets` of them in a batch. */
  v.object({ strategy: v.literal('offline'), file: text, triplets: count }),
])
export type MiningSpec = v.InferOutput<typeof MiningSpec>
export type MinerId = MiningSpec['strategy']

export const BatchSpec = v.object({ classes: count, samplesPerClass: count })

/** Learning rate over the run, as a factor of `learningRate`. */
export const ScheduleSpec = v.variant('kind', [
  v.object({ kind: v.literal('constant'), warmupSteps: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({
    kind: v.literal('step'),
    warmupSteps: v.pipe(v.number(), v.integer(), v.minValue(0)),
    everyEpochs: count,
    factor: fraction,
  }),
  v.object({ kind: v.literal('cosine'), warmupSteps: v.pipe(v.number(), v.integer(), v.minValue(0)), final: fraction }),
  v.object({
    kind: v.literal('plateau'),
    warmupSteps: v.pipe(v.number(), v.integer(), v.minValue(0)),
    patience: count,
    factor: fraction,
  }),
])

export const OptimizerSpec = v.variant('name', [
  v.object({
    name: v.literal('adam'),
    learningRate: positive,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    weightDecay: nonNegative,
  }),
  v.object({ name: v.literal('sgd'), learningRate: positive, momentum: fraction, weightDecay: nonNegative }),
])
export type OptimizerSpec = v.InferOutput<typeof OptimizerSpec>

/** Seeded changes to training pictures. Zero or false switches one off. */
export const AugmentSpec = v.object({
  flip: v.boolean(),
  /** Pixels, each way. */
  shift: nonNegative,
  /** Degrees, each way. */
  rotate: nonNegative,
  /** Zoom, as a fraction each way. */
  zoom: fraction,
  /** Brightness and contrast, as a fraction each way. */
  color: fraction,
  /** Probability of a picture without colour. */
  grayscale: fraction,
  /** Probability that a random rectangle is erased. */
  erase: fraction,
  /** Probability that all pictures of a class in a batch are mirrored alike, as a class of its own. */
  mirrorClasses: v.optional(fraction, 0),
  /** The same by quarter turns. */
  turnClasses: v.optional(fraction, 0),
  /** The same by another order of red, green and blue. */
  recolorClasses: v.optional(fraction, 0),
  /** How far all pictures of a class in a batch are stretched and slanted alike, as a fraction each way. */
  stretchClasses: v.optional(fraction, 0),
  /** Pixels by which all pictures of a class in a batch are bent alike. */
  warpClasses: v.optional(nonNegative, 0),
  /** Probability that all pictures of a class in a batch end in another class, beyond the same line. */
  joinClasses: v.optional(fraction, 0),
})
export type AugmentSpec = v.InferOutput<typeof AugmentSpec>

/** From an epoch on, another miner or another margin. */
export const CurriculumStep = v.object({
  fromEpoch: count,
  mining: v.optional(MiningSpec),
  margin: v.optional(positive),
})

export const RunSpec = v.object({
  version: v.literal(1),
  dataset: DatasetSpec,
  image: ImageSpec,
  split: SplitSpec,
  model: ModelSpec,
  loss: LossSpec,
  mining: MiningSpec,
  curriculum: v.array(CurriculumStep),
  batch: BatchSpec,
  optimizer: OptimizerSpec,
  schedule: ScheduleSpec,
  /** Largest allowed norm of the whole gradient; `null`: not clipped. */
  clipNorm: v.nullable(positive),
  augment: AugmentSpec,
  epochs: count,
  /** `null`: as many as see the training set once. */
  stepsPerEpoch: v.nullable(count),
  evaluation: v.object({
    everyEpochs: count,
    /** Where the neighbours of a held-out picture are looked for: among the other held-out ones, or in the training set. */
    gallery: v.picklist(['test', 'train']),
    /** Stop when mapAtR has not improved in this many evaluations; `null`: never. */
    patience: v.nullable(count),
  }),
  seed: v.pipe(v.number(), v.integer()),
  /** An engine's id, or `auto`. */
  engine: text,
})
export type RunSpec = v.InferOutput<typeof RunSpec>
