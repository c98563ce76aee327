import type { DistanceKind } from '../distances/pairwise.ts'
import { ApproximateScores, type MatrixProduct } from './approximateScores.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'
import { neighbourScores } from './neighbourScores.ts'

/**
 * Rank-1 identification from one gallery picture of each class: the probability that a picture is nearer to the gallery
 * picture of its own class than to that of every other, when each class's is drawn from its pictures at random.
 *
 *   1/|Q| Σ_q 1/R Σ_g Π_k P(d(q, x_k) > d(q, g)),  g over the R other pictures of q's class, x_k one picture of class k
 *
 * The expectation itself, over every choice of gallery at once, not an estimate from some draws. Closed-set
 * identification at rank 1: Phillips et al. 2000, The FERET Evaluation Methodology, §2.2. A distance that is equal counts
 * as not nearer.
 *
 * @param product takes over most of the work where it is given; the result is the same
 * @returns NaN when no class has two pictures
 * @throws RangeError when sizes do not agree
 */
export function identification(
  pictures: LabelledEmbeddings,
  distance: DistanceKind,
  product: MatrixProduct | null = null,
): number {
  const steps = identificationInBlocks(pictures, distance, product)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** Queries between two turns for the caller: some milliseconds. */
const queriesPerTurn = 16

/** The same in pieces of a few milliseconds, for callers with an event loop to keep alive. */
export function* identificationInBlocks(
  pictures: LabelledEmbeddings,
  distance: DistanceKind,
  product: MatrixProduct | null,
): Generator<void, number> {
  const chances = new Chances(pictures)
  let sum = 0
  let queries = 0
  for (const { first, count, scoresOf } of scoredBlocks(pictures, distance, product)) {
    for (let q = 0; q < count; q++) {
      if (chances.hasOthers(first + q)) {
        queries++
        sum += chances.of(first + q, scoresOf(q))
      }
      if ((q + 1) % queriesPerTurn === 0 || q + 1 === count) yield
    }
  }
  return queries === 0 ? NaN : sum / queries
}

/** How far pictures are from one query, as scores that rise with the distance. */
interface Scores {
  /** One for each picture; may be wrong by `doubt`. */
  readonly near: Float64Array
  readonly doubt: number
  readonly exact: (picture: number) => number
}

interface ScoredBlock {
  readonly first: number
  readonly count: number
  /** @param q from 0: the query `first + q`; valid until the next question */
  readonly scoresOf: (q: number) => Scores
}

function* scoredBlocks(
  pictures: LabelledEmbeddings,
  distance: DistanceKind,
  product: MatrixProduct | null,
): Generator<ScoredBlock, void> {
  const n = pictures.count
  const approximate = product && ApproximateScores.of(pictures, pictures, distance, product)
  if (approximate) {
    const { half } = approximate
    const near = new Float64Array(n)
    let crowded = false
    for (const { first, count, products } of approximate.blocks()) {
      crowded = first === 0 && approximate.isCrowded(products.subarray(0, n), 0)
      if (crowded) break
      const scoresOf = (q: number): Scores => {
        for (let i = 0; i < n; i++) near[i] = half[i] - products[q * n + i]
        return { near, doubt: approximate.errorOf(first + q), exact: i => approximate.exact(first + q, i) }
      }
      yield { first, count, scoresOf }
    }
    if (!crowded) return
  }
  for (const { first, count, scores } of neighbourScores(pictures, pictures, distance)) {
    const scoresOf = (q: number): Scores => {
      const near = scores.subarray(q * n, (q + 1) * n)
      return { near, doubt: 0, exact: i => near[i] }
    }
    yield { first, count, scoresOf }
  }
}

/** Chances that are counted as none: far below what a mean of doubles can show, and numbers so small slow a processor down. */
const negligible = 1e-30

class Chances {
  /** Number of each picture's class, from 0. */
  readonly #classOf: Int32Array
  /** The pictures of each class. */
  readonly #members: readonly Int32Array[]
  readonly #own: Float64Array
  /** That the g-th own picture is nearer than those of the classes seen so far. */
  readonly #chances: Float64Array
  /** How many pictures of a class are at most as far as the g-th own one, and farther than the one before. */
  readonly #passed: Int32Array

  constructor({ labels, count }: LabelledEmbeddings) {
    const numbers = new Map<number, number>()
    const members: number[][] = []
    this.#classOf = new Int32Array(count)
    for (let i = 0; i < count; i++) {
      let k = numbers.get(labels[i])
      if (k === undefined) {
        numbers.set(labels[i], (k = members.length))
        members.push([])
      }
      this.#classOf[i] = k
      members[k].push(i)
    }
    this.#members = members.map(of => Int32Array.from(of))
    const most = members.reduce((largest, { length }) => Math.max(largest, length), 1)
    this.#own = new Float64Array(most)
    this.#chances = new Float64Array(most)
    this.#passed = new Int32Array(most + 1)
  }

  hasOthers(query: number): boolean {
    return this.#members[this.#classOf[query]].length > 1
  }

  /** Probability that the query is identified. */
  of(query: number, scores: Scores): number {
    const own = this.#ownScores(query, scores)
    const ownClass = this.#classOf[query]
    const chances = this.#chances.fill(1, 0, own.length)
    const passed = this.#passed
    let likely = own.length
    for (let k = 0; k < this.#members.length && likely > 0; k++) {
      if (k === ownClass || !this.#count(this.#members[k], scores, own, likely)) continue
      const size = this.#members[k].length
      let nearer = 0
      for (let g = 0; g < likely; g++) {
        nearer += passed[g]
        chances[g] *= 1 - nearer / size
      }
      passed.fill(0, 0, likely)
      // The farther an own picture, the less its chance: these are over first, and what is as far matters no more.
      while (likely > 0 && chances[likely - 1] < negligible) likely--
    }
    let sum = 0
    for (let g = 0; g < likely; g++) sum += chances[g]
    return sum / own.length
  }

  /** Fills `passed` for the pictures of a class. @returns whether any of them is as near as the last likely own one */
  #count(members: Int32Array, { near, doubt, exact }: Scores, own: Float64Array, likely: number): boolean {
    const bound = own[likely - 1] + doubt
    let some = false
    for (const i of members) {
      const score = near[i]
      if (!(score <= bound)) continue
      // Down to the nearest own one that is not nearer than this.
      let g = likely - 1
      while (g >= 0 && own[g] >= score + doubt) g--
      // Within the doubt only the exact score decides.
      if (g >= 0 && own[g] >= score - doubt) for (const sure = exact(i); g >= 0 && own[g] >= sure;) g--
      if (g === likely - 1) continue
      this.#passed[g + 1]++
      some = true
    }
    return some
  }

  /** Exact scores of the other pictures of the query's class, ascending. */
  #ownScores(query: number, { exact }: Scores): Float64Array {
    let count = 0
    for (const i of this.#members[this.#classOf[query]]) if (i !== query) this.#own[count++] = exact(i)
    return this.#own.subarray(0, count).sort()
  }
}
