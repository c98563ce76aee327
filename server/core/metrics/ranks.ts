/** How many irrelevant references stand before each relevant one: all that a retrieval metric wants to know of a ranking. */
import { selectSmallest } from '../select.ts'
import type { ApproximateScores } from './approximateScores.ts'

/** Of the relevant references among the nearest: how many irrelevant ones are at most as far, ascending. */
export interface Passed {
  /** The first `hits` count; overwritten by the next query. */
  readonly passed: Int32Array
  readonly hits: number
}

/** One query among references of which some are relevant. */
export interface Question {
  readonly query: number
  /** Position of the query among the references, or −1. */
  readonly self: number
  readonly label: number
  readonly labels: Int32Array
  /** How many of the nearest matter, at least 1 and at most the number of references other than the query. */
  readonly depth: number
}

/** From exact scores: splits the nearest by relevance, sorts each side, and merges. */
export class ExactRanks {
  readonly #scratch: Float64Array
  readonly #passed: Int32Array

  constructor(references: number) {
    this.#scratch = new Float64Array(references)
    this.#passed = new Int32Array(references)
  }

  /** @param row score of each reference, ascending with the distance; the query's own is Infinity */
  rank(row: Float64Array, { label, labels, depth }: Question): Passed {
    const scratch = this.#scratch
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
    let before = 0
    for (let h = 0; h < hits; h++) {
      while (before < between.length && between[before] <= near[h]) before++
      this.#passed[h] = before
    }
    return { passed: this.#passed, hits }
  }
}

/** Scores looked at to guess how far the nearest reach. */
const sampled = 1024
/** Scores of irrelevant references are sorted into this many compartments of equal width. */
const compartments = 8192
/** With more comparisons than this for each reference, the whole row is computed exactly instead. */
const mostComparisons = 32

/**
 * From scores in single precision, with the result of exact ones: pairs that are closer than the error are decided in
 * double precision. Nothing is sorted: irrelevant scores are put into compartments, and each relevant one is compared
 * with those in its own and the neighbouring ones.
 */
export class ApproximateRanks {
  readonly #scores: ApproximateScores
  readonly #sample = new Float64Array(sampled)
  readonly #hits: Float32Array
  readonly #hitIndex: Int32Array
  /** Irrelevant ones as they were found, and by compartment. */
  readonly #others: Float32Array
  readonly #otherIndex: Int32Array
  readonly #ordered: Int32Array
  readonly #exactOthers: Float64Array
  /** Where each compartment begins in `ordered`, and the end. */
  readonly #starts = new Int32Array(compartments + 2)
  readonly #counts: Int32Array
  readonly #passed: Int32Array
  readonly #exact: ExactRanks
  readonly #row: Float64Array

  constructor(scores: ApproximateScores) {
    const n = scores.references
    this.#scores = scores
    this.#hits = new Float32Array(n)
    this.#hitIndex = new Int32Array(n)
    this.#others = new Float32Array(n)
    this.#otherIndex = new Int32Array(n)
    this.#ordered = new Int32Array(n)
    this.#exactOthers = new Float64Array(n)
    this.#counts = new Int32Array(n + 1)
    this.#passed = new Int32Array(n)
    this.#exact = new ExactRanks(n)
    this.#row = new Float64Array(n)
  }

  /** @param products x·y of each reference, single precision */
  rank(products: Float32Array, question: Question): Passed {
    const doubt = 2 * this.#scores.errorOf(question.query)
    const guess = this.#guess(products, question)
    for (const bound of [guess, Infinity]) {
      const { hits, others, sure } = this.#near(products, question, bound, doubt)
      if (sure >= question.depth || bound === Infinity)
        return this.#merge(question, hits, others, doubt) ?? this.#plain(question)
    }
    return this.#plain(question)
  }

  /** A score that more than `depth` are likely to be below of. */
  #guess(products: Float32Array, { depth, self }: Question): number {
    const n = products.length
    if (n <= sampled) return Infinity
    const expected = (sampled * depth) / n
    const wanted = Math.ceil(expected + 3 * Math.sqrt(expected) + 3)
    if (wanted >= sampled) return Infinity
    const { half } = this.#scores
    for (let i = 0; i < sampled; i++) {
      const j = Math.floor(((i + 0.5) * n) / sampled)
      this.#sample[i] = j === self ? Infinity : half[j] - products[j]
    }
    return selectSmallest(this.#sample, sampled, wanted + 1)
  }

  /** Gathers what is below the bound. @returns how many there are of each kind, and how many are below it without doubt */
  #near(
    products: Float32Array,
    { self, label, labels }: Question,
    bound: number,
    doubt: number,
  ): { readonly hits: number; readonly others: number; readonly sure: number } {
    const { half } = this.#scores
    const safe = bound - doubt
    let hits = 0
    let others = 0
    let sure = 0
    for (let j = 0; j < products.length; j++) {
      const score = half[j] - products[j]
      if (score > bound || j === self) continue
      if (score <= safe) sure++
      if (labels[j] === label) {
        this.#hits[hits] = score
        this.#hitIndex[hits++] = j
      } else {
        this.#others[others] = score
        this.#otherIndex[others++] = j
      }
    }
    return { hits, others, sure }
  }

  /** @returns `null` when too many are too close to each other */
  #merge({ query }: Question, hits: number, others: number, doubt: number): Passed | null {
    const low = this.#order(others)
    const starts = this.#starts
    const decided = this.#exactOthers.fill(NaN, 0, others)
    const counts = this.#counts.fill(0, 0, others + 1)
    let allowed = mostComparisons * this.#scores.references
    for (let h = 0; h < hits; h++) {
      const score = this.#hits[h]
      const from = this.#compartment(score - doubt, low)
      const start = starts[from]
      const end = starts[this.#compartment(score + doubt, low) + 1]
      allowed -= end - start
      if (allowed < 0) return null
      let before = start
      let own = NaN
      for (let i = start; i < end; i++) {
        const o = this.#ordered[i]
        const difference = this.#others[o] - score
        if (difference > doubt) continue
        if (difference >= -doubt) {
          if (Number.isNaN(own)) own = this.#scores.exact(query, this.#hitIndex[h])
          if (Number.isNaN(decided[o])) decided[o] = this.#scores.exact(query, this.#otherIndex[o])
          if (decided[o] > own) continue
        }
        before++
      }
      counts[before]++
    }
    let h = 0
    for (let before = 0; h < hits; before++) for (let i = counts[before]; i > 0; i--) this.#passed[h++] = before
    return { passed: this.#passed, hits }
  }

  /** Puts the irrelevant ones in the order of their compartments. @returns where these begin and how many make 1 */
  #order(others: number): { readonly least: number; readonly scale: number } {
    let least = Infinity
    let most = -Infinity
    for (let o = 0; o < others; o++) {
      const score = this.#others[o]
      if (score < least) least = score
      if (score > most) most = score
    }
    const scale = most > least ? (compartments - 1) / (most - least) : 0
    const low = { least, scale }
    // Counted two places further on, summed up, and moved on by one with each that is put in its place.
    const starts = this.#starts.fill(0)
    for (let o = 0; o < others; o++) starts[this.#compartment(this.#others[o], low) + 2]++
    for (let c = 2; c < starts.length; c++) starts[c] += starts[c - 1]
    for (let o = 0; o < others; o++) this.#ordered[starts[this.#compartment(this.#others[o], low) + 1]++] = o
    return low
  }

  #compartment(score: number, { least, scale }: { readonly least: number; readonly scale: number }): number {
    if (!(score > least)) return 0
    return Math.min(compartments - 1, Math.floor((score - least) * scale))
  }

  #plain(question: Question): Passed {
    for (let j = 0; j < this.#row.length; j++)
      this.#row[j] = j === question.self ? Infinity : this.#scores.exact(question.query, j)
    return this.#exact.rank(this.#row, question)
  }
}
