/**
 * Retrieval metrics over exact nearest neighbours. R is the number of a query's relevant references.
 * MAP@R and R-precision as in Musgrave, Belongie, Lim 2020, A Metric Learning Reality Check, §3.2 (arXiv:2003.08505).
 */
import type { DistanceKind } from '../distances/pairwise.ts'
import { ApproximateScores, type MatrixProduct } from './approximateScores.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'
import { checkSizes, neighbourScores } from './neighbourScores.ts'
import { ApproximateRanks, ExactRanks, type Passed, type Question } from './ranks.ts'

export const recallDepths = [1, 2, 4, 8] as const
export type RecallDepth = (typeof recallDepths)[number]

export interface RetrievalScores {
  /** Queries with at least one relevant reference; the others are left out. All scores are NaN when there is none. */
  readonly queries: number
  /** Share whose nearest reference is of their class; the same as recall at 1. */
  readonly precisionAt1: number
  /** Share with one of their class among the k nearest. */
  readonly recallAt: Readonly<Record<RecallDepth, number>>
  /** Mean share of their class among the R nearest. */
  readonly rPrecision: number
  /** Mean over queries of (1/R) Σ precision@i over those i ≤ R where the i-th nearest is relevant. */
  readonly mapAtR: number
  /** The same for the queries of each class, by ascending label; classes without queries that count are left out. */
  readonly perClass: readonly ClassScores[]
}

export interface ClassScores {
  readonly label: number
  readonly queries: number
  readonly precisionAt1: number
  readonly rPrecision: number
  readonly mapAtR: number
}

export interface RetrievalOptions {
  readonly distance: DistanceKind
  /** Where neighbours are looked for. `null`: among the queries themselves, where none finds itself. */
  readonly gallery: LabelledEmbeddings | null
  /** Takes over most of the work where it is given; the scores are the same. */
  readonly product?: MatrixProduct | null
}

/**
 * Compares every query with every reference, a block at a time: memory grows with the number of references, not with
 * its square. References at the same distance are ranked with the irrelevant ones first, so that embeddings that have
 * all collapsed to one point score 0 whatever their order.
 * @throws RangeError when sizes do not agree
 */
export function retrieval(queries: LabelledEmbeddings, options: RetrievalOptions): RetrievalScores {
  const blocks = retrievalInBlocks(queries, options)
  let block = blocks.next()
  while (block.done !== true) block = blocks.next()
  return block.value
}

/**
 * The same in pieces: yields the number of queries done after each block of a few milliseconds, for callers with an event
 * loop to keep alive, and returns the scores.
 */
export function* retrievalInBlocks(
  queries: LabelledEmbeddings,
  options: RetrievalOptions,
): Generator<number, RetrievalScores> {
  const tally = createTally()
  const references = options.gallery ?? queries
  const sizes = classSizes(references)
  for (const { first, count, rank } of rankedBlocks(queries, references, options)) {
    for (let q = 0; q < count; q++) {
      const query = first + q
      const label = queries.labels[query]
      const self = options.gallery === null ? query : -1
      const others = self < 0 ? 0 : 1
      const R = (sizes.get(label) ?? 0) - others
      const depth = Math.min(Math.max(R, deepest), references.count - others)
      if (R > 0) tally.count(label, R, rank(q, { query, self, label, labels: references.labels, depth }))
      if ((q + 1) % queriesPerTurn === 0 || q + 1 === count) yield query + 1
    }
  }
  return tally.scores()
}

/** Queries between two turns for the caller: some milliseconds. */
const queriesPerTurn = 16

interface RankedBlock {
  readonly first: number
  readonly count: number
  /** @param q from 0: the query `first + q` */
  readonly rank: (q: number, question: Question) => Passed
}

function* rankedBlocks(
  queries: LabelledEmbeddings,
  references: LabelledEmbeddings,
  { distance, product = null }: RetrievalOptions,
): Generator<RankedBlock, void> {
  const n = references.count
  checkSizes(queries, references)
  const approximate = product && ApproximateScores.of(queries, references, distance, product)
  if (approximate) {
    const ranks = new ApproximateRanks(approximate)
    let crowded = false
    for (const { first, count, products } of approximate.blocks()) {
      crowded = first === 0 && approximate.isCrowded(products.subarray(0, n), 0)
      if (crowded) break
      yield { first, count, rank: (q, question) => ranks.rank(products.subarray(q * n, (q + 1) * n), question) }
    }
    if (!crowded) return
  }
  const ranks = new ExactRanks(n)
  for (const { first, count, scores } of neighbourScores(queries, references, distance)) {
    const rank = (q: number, question: Question): Passed => {
      const row = scores.subarray(q * n, (q + 1) * n)
      if (question.self >= 0) row[question.self] = Infinity
      return ranks.rank(row, question)
    }
    yield { first, count, rank }
  }
}

function classSizes(of: LabelledEmbeddings): Map<number, number> {
  const sizes = new Map<number, number>()
  for (let i = 0; i < of.count; i++) sizes.set(of.labels[i], (sizes.get(of.labels[i]) ?? 0) + 1)
  return sizes
}

interface Tally {
  /** @param R how many references are of the query's class, at least 1 */
  count(label: number, R: number, passed: Passed): void
  scores(): RetrievalScores
}

const deepest = recallDepths[recallDepths.length - 1]

function createTally(): Tally {
  const found: Record<RecallDepth, number> = { 1: 0, 2: 0, 4: 0, 8: 0 }
  const classes = new Map<number, { queries: number; first: number; rPrecision: number; mapAtR: number }>()
  return {
    count(label, R, { passed, hits }) {
      const sums = classes.get(label) ?? { queries: 0, first: 0, rPrecision: 0, mapAtR: 0 }
      classes.set(label, sums)
      sums.queries++
      let precisions = 0
      let withinR = 0
      for (let h = 0; h < hits; h++) {
        const rank = h + 1 + passed[h]
        if (h === 0) {
          for (const k of recallDepths) if (rank <= k) found[k]++
          if (rank === 1) sums.first++
        }
        if (rank > R) break
        withinR++
        precisions += (h + 1) / rank
      }
      sums.rPrecision += withinR / R
      sums.mapAtR += precisions / R
    },
    scores() {
      const all = [...classes.values()]
      const queries = all.reduce((sum, of) => sum + of.queries, 0)
      const share = (x: number) => (queries === 0 ? NaN : x / queries)
      const perClass = [...classes]
        .sort(([a], [b]) => a - b)
        .map(([label, of]) => ({
          label,
          queries: of.queries,
          precisionAt1: of.first / of.queries,
          rPrecision: of.rPrecision / of.queries,
          mapAtR: of.mapAtR / of.queries,
        }))
      return {
        queries,
        precisionAt1: share(found[1]),
        recallAt: { 1: share(found[1]), 2: share(found[2]), 4: share(found[4]), 8: share(found[8]) },
        rPrecision: share(all.reduce((sum, of) => sum + of.rPrecision, 0)),
        mapAtR: share(all.reduce((sum, of) => sum + of.mapAtR, 0)),
        perClass,
      }
    },
  }
}
