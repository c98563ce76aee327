/** Reference vectors: one JSON object a file, told apart by `kind`. Everything in them is decoded before use. */
import * as v from 'valibot'

const matrix = v.array(v.array(v.number()))
const integers = v.array(v.pipe(v.number(), v.integer()))
const distance = v.picklist(['euclidean', 'squaredEuclidean', 'cosine'])
const triplets = v.array(v.tuple([v.number(), v.number(), v.number()]))
const difficulty = v.picklist(['hard', 'semihard', 'easy'])
const margin = v.optional(v.number())

const Miner = v.variant('type', [
  v.object({ type: v.literal('batch-all') }),
  v.object({ type: v.literal('batch-hard') }),
  v.object({ type: v.literal('facenet-semihard') }),
  v.object({ type: v.literal('triplet-margin'), select: v.picklist(['all', 'hard', 'semihard', 'easy']), margin }),
  v.object({ type: v.literal('batch-easy-hard'), positives: difficulty, negatives: difficulty }),
  v.object({ type: v.literal('angular'), angle: v.number() }),
  v.object({ type: v.literal('multi-similarity'), epsilon: v.number() }),
])
export type GoldenMiner = v.InferOutput<typeof Miner>

const labelled = { embeddings: matrix, labels: integers }
const rates = v.record(v.string(), v.number())

export const GoldenVector = v.variant('kind', [
  v.object({
    kind: v.literal('loss'),
    ...labelled,
    config: v.object({
      distance,
      normalize: v.boolean(),
      miner: Miner,
      margin: v.number(),
      swap: v.boolean(),
      softMargin: v.boolean(),
      reducer: v.picklist(['mean', 'avg-nonzero']),
    }),
    expected: v.object({ triplets: v.optional(triplets), loss: v.number(), gradient: matrix }),
  }),
  v.object({
    kind: v.literal('miner'),
    ...labelled,
    config: v.object({ distance, normalize: v.boolean(), miner: Miner, margin }),
    expected: v.object({ triplets }),
  }),
  v.object({
    kind: v.literal('pairMiner'),
    ...labelled,
    config: v.object({ distance, normalize: v.boolean(), miner: Miner }),
    expected: v.object({
      positivePairs: v.array(v.tuple([v.number(), v.number()])),
      negativePairs: v.array(v.tuple([v.number(), v.number()])),
    }),
  }),
  v.object({
    kind: v.literal('difficulty'),
    ...labelled,
    config: v.object({ distance, normalize: v.boolean(), margin: v.number() }),
    expected: v.object({ easy: v.number(), semihard: v.number(), hard: v.number() }),
  }),
  v.object({
    kind: v.literal('retrieval'),
    ...labelled,
    config: v.object({ distance, normalize: v.boolean() }),
    expected: v.object({ precisionAt1: v.number(), rPrecision: v.number(), mapAtR: v.number(), recallAt: rates }),
  }),
  v.object({
    kind: v.literal('verification'),
    ...labelled,
    config: v.object({ distance, normalize: v.boolean() }),
    expected: v.object({ rocAuc: v.number(), eer: v.number(), tarAtFar: rates, bestAccuracy: v.number() }),
  }),
  v.object({
    kind: v.literal('clustering'),
    labels: integers,
    clusters: integers,
    expected: v.object({ nmi: v.number(), ami: v.number() }),
  }),
])
export type GoldenVector = v.InferOutput<typeof GoldenVector>
export type GoldenKind<K extends GoldenVector['kind']> = Extract<GoldenVector, { kind: K }>

export type Decoded =
  | { readonly kind: 'vector'; readonly vector: GoldenVector }
  /** Of a kind that is known, but not as that kind should be. */
  | { readonly kind: 'malformed'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }

const kinds: ReadonlySet<unknown> = new Set(GoldenVector.options.map(option => option.entries.kind.literal))

export function decodeVector(text: string): Decoded {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { kind: 'malformed', why: error instanceof Error ? error.message : String(error) }
  }
  const result = v.safeParse(GoldenVector, value)
  if (result.success) return { kind: 'vector', vector: result.output }
  const known = typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind)
  if (!known) return { kind: 'unknown', why: 'no reference vector of a known kind' }
  const [issue] = result.issues
  return { kind: 'malformed', why: `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}` }
}
