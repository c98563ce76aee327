import { type DistanceKind, type Floats, inverseNorms } from '../distances/pairwise.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'

/**
 * A matrix product in single precision from outside of the core, where something faster than JavaScript is at hand:
 * into [m, n] = x [m, k] · yᵀ for y [n, k], all row-major, of which the first numbers count.
 */
export type MatrixProduct = (
  x: Float32Array,
  y: Float32Array,
  m: number,
  n: number,
  k: number,
  into: Float32Array,
) => void

export type Embeddings = Pick<LabelledEmbeddings, 'embeddings' | 'count' | 'size'>

/** Scores of `count` queries from `first` on, as `neighbourScores` has them but in single precision. */
export interface ApproximateBlock {
  readonly first: number
  readonly count: number
  /** x·y, row-major [count, references]. Overwritten by the next block. */
  readonly products: Float32Array
}

/** Bytes of products at a time. */
const blockBytes = 2 ** 25
const mostQueries = 256
/** Half the distance from 1 to the next single. */
const u = 2 ** -24
/** Rows of each side whose products are compared with exact ones, to learn how large errors are. */
const sampled = 64
/** Scores looked at to see whether they are all about the same. */
const crowd = 1024
/** Largest error there may be, in largest errors among those: rounding errors are spread like normal numbers. */
const caution = 2

/** What is needed to find neighbours by products in single precision, and to decide in double precision where it is close. */
export class ApproximateScores {
  readonly references: number
  /** ‖y‖²/2 of each reference for Euclidean distances, 0 for cosine: its score is this − x·y. */
  readonly half: Float64Array
  readonly #product: MatrixProduct
  readonly #size: number
  readonly #queries: Floats
  readonly #gallery: Floats
  readonly #queryScale: Float64Array | null
  readonly #galleryScale: Float64Array | null
  readonly #x: Float32Array
  readonly #y: Float32Array
  readonly #count: number
  readonly #queryNorms: Float64Array
  readonly #longest: number
  /** Largest error of a product, as a share of ‖x‖ max ‖y‖. */
  readonly #error: number

  private constructor(queries: Embeddings, references: Embeddings, distance: DistanceKind, product: MatrixProduct) {
    const { size } = queries
    const cosine = distance === 'cosine'
    this.references = references.count
    this.#product = product
    this.#size = size
    this.#count = queries.count
    this.#queries = queries.embeddings
    this.#gallery = references.embeddings
    this.#queryScale = cosine ? inverseNorms(queries.embeddings, queries.count, size) : null
    this.#galleryScale = cosine ? inverseNorms(references.embeddings, references.count, size) : null
    this.#x = singles(queries, this.#queryScale)
    this.#y = references === queries ? this.#x : singles(references, this.#galleryScale)
    this.half = new Float64Array(references.count)
    if (!cosine) halfSquares(references, this.half)
    this.#queryNorms = norms(this.#x, queries.count, size)
    this.#longest = norms(this.#y, references.count, size).reduce((a, b) => Math.max(a, b), 0)
    this.#error = caution * this.#largestError()
  }

  /** @returns `null` where a number is not finite, or too large to be squared: then only the plain way is right */
  static of(
    queries: Embeddings,
    references: Embeddings,
    distance: DistanceKind,
    product: MatrixProduct,
  ): ApproximateScores | null {
    const scores = new ApproximateScores(queries, references, distance, product)
    return scores.#queryNorms.every(norm => norm < 1e15) && scores.#longest < 1e15 ? scores : null
  }

  *blocks(): Generator<ApproximateBlock, void> {
    const n = this.references
    const rows = Math.max(16, Math.min(mostQueries, Math.floor(blockBytes / 4 / Math.max(1, n)), this.#count))
    const products = new Float32Array(rows * n)
    for (let first = 0; first < this.#count; first += rows) {
      const count = Math.min(rows, this.#count - first)
      this.#product(this.#x.subarray(first * this.#size), this.#y, count, n, this.#size, products)
      yield { first, count, products }
    }
  }

  /** How far the score of a reference may be from the exact one: by the product, and by the rounding of the score. */
  errorOf(query: number): number {
    const scale = this.#queryNorms[query] * this.#longest
    return this.#error * scale + u * (scale + this.#longest * this.#longest)
  }

  /**
   * Whether all scores of a query are about the same, as those of a collapsed network are: no case for approximations.
   * @param products x·y of each reference
   */
  isCrowded(products: Float32Array, query: number): boolean {
    let least = Infinity
    let most = -Infinity
    for (const i of spread(products.length, crowd)) {
      const score = this.half[i] - products[i]
      least = Math.min(least, score)
      most = Math.max(most, score)
    }
    return most - least < 256 * this.errorOf(query)
  }

  /** The largest error among a sample of products, as a share of ‖x‖ max ‖y‖; never less than that of one rounding. */
  #largestError(): number {
    const d = this.#size
    const queries = spread(this.#count, sampled)
    const references = spread(this.references, sampled)
    const rows = (of: Float32Array, indices: readonly number[]): Float32Array =>
      Float32Array.from(indices.flatMap(i => [...of.subarray(i * d, (i + 1) * d)]))
    const products = new Float32Array(queries.length * references.length)
    this.#product(rows(this.#x, queries), rows(this.#y, references), queries.length, references.length, d, products)
    let largest = u
    for (const [q, query] of queries.entries()) {
      const scale = this.#queryNorms[query] * this.#longest
      if (!(scale > 0)) continue
      for (const [r, reference] of references.entries()) {
        const exact = this.half[reference] - this.exact(query, reference)
        largest = Math.max(largest, Math.abs(products[q * references.length + r] - exact) / scale)
      }
    }
    return largest
  }

  /** The score in double precision, to the last bit what `neighbourScores` gives. */
  exact(query: number, reference: number): number {
    const d = this.#size
    const x = this.#queries
    const y = this.#gallery
    const from = query * d
    const to = reference * d
    const sx = this.#queryScale?.[query]
    const sy = this.#galleryScale?.[reference]
    let sum = 0
    if (sx === undefined || sy === undefined) for (let k = 0; k < d; k++) sum += x[from + k] * y[to + k]
    else for (let k = 0; k < d; k++) sum += x[from + k] * sx * (y[to + k] * sy)
    return this.half[reference] - sum
  }
}

/** At most `count` of the numbers below `n`, evenly spread. */
function spread(n: number, count: number): number[] {
  return Array.from({ length: Math.min(n, count) }, (_, i) => Math.floor(((i + 0.5) * n) / Math.min(n, count)))
}

function singles({ embeddings, count, size }: Embeddings, scale: Float64Array | null): Float32Array {
  if (scale === null && embeddings instanceof Float32Array) return embeddings
  const x = new Float32Array(count * size)
  for (let i = 0; i < count; i++) {
    const factor = scale?.[i] ?? 1
    for (let k = i * size; k < (i + 1) * size; k++) x[k] = embeddings[k] * factor
  }
  return x
}

function norms(x: Float32Array, n: number, d: number): Float64Array {
  const found = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let k = i * d; k < (i + 1) * d; k++) sum += x[k] * x[k]
    found[i] = Math.sqrt(sum)
  }
  return found
}

function halfSquares({ embeddings: y, count, size }: Embeddings, into: Float64Array): void {
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let k = i * size; k < (i + 1) * size; k++) sum += y[k] * y[k]
    into[i] = sum / 2
  }
}
