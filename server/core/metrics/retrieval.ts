/**
 * Retrieval metrics over exact nearest neighbours. R is the number of a query's relevant references.
 * MAP@R and R-precision as in Musgrave, Belongie, Lim 2020, A Metric Learning Reality Check, §3.2 (arXiv:2003.08505).
 */
import type { DistanceKind } from '../distances/pairwise.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'
import { neighbourScores } from './neighbourScores.ts'
import { selectSmallest } from '../select.ts'

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
  const relevant = classSizes(references)
  const scratch = new Float64Array(references.count)
  for (const { first, count, scores } of neighbourScores(queries, references, options.distance)) {
    for (let q = 0; q < count; q++) {
      const label = queries.labels[first + q]
      const row = scores.subarray(q * references.count, (q + 1) * references.count)
      const self = options.gallery === null ? first + q : -1
      if (self >= 0) row[self] = Infinity
      const R = (relevant.get(label) ?? 0) - (self >= 0 ? 1 : 0)
      if (R > 0) tally.count(label, references.labels, row, R, scratch)
    }
    yield first + count
  }
  return tally.scores()
}

function classSizes(of: LabelledEmbeddings): Map<number, number> {
  const sizes = new Map<number, number>()
  for (let i = 0; i < of.count; i++) sizes.set(of.labels[i], (sizes.get(of.labels[i]) ?? 0) + 1)
  return sizes
}

interface Tally {
  /**
   * @param row distance-like score of each reference, ascending with the distance
   * @param R how many references are of the query's class, at least 1
   */
  count(label: number, labels: Int32Array, row: Float64Array, R: number, scratch: Float64Array): void
  scores(): RetrievalScores
}

function createTally(): Tally {
  const deepest = recallDepths[recallDepths.length - 1]
  const found: Record<RecallDepth, number> = { 1: 0, 2: 0, 4: 0, 8: 0 }
  const classes = new Map<number, { queries: number; first: number; rPrecision: number; mapAtR: number }>()
  return {
    count(label, labels, row, R, scratch) {
      const sums = classes.get(label) ?? { queries: 0, first: 0, rPrecision: 0, mapAtR: 0 }
      classes.set(label, sums)
      sums.queries++
      // Only the nearest max(R, 8) matter: split these by relevance, sort each side, and merge.
      const depth = Math.min(Math.max(R, deepest), row.length)
      scratch.set(row)
      const bound = selectSmallest(scratch, row.length, depth)
      let hits = 0
      let others = row.length
      for (let i = 0; i < row.length; i++) {
        if (!(row[i] <= bound)) continue
        if (labels[i] === label) scratch[hits++] = row[i]
        else scratch[--others] = row[i]
      }
      const near = scratch.subarray(0, hits).sort()
      const between = scratch.subarray(others).sort()
      let passed = 0
      let precisions = 0
      let withinR = 0
      for (let h = 0; h < hits; h++) {
        while (passed < between.length && between[passed] <= near[h]) passed++
        const rank = h + 1 + passed
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
