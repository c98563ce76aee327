/** The WebAssembly kernel that counts over a batch (kernels/difficulty.ts), over a memory of its own. */
import type { Batch } from './batch.ts'
import type { Floats } from './distances/pairwise.ts'
import { binary } from './difficultyKernel.wasm.ts'
import type { Histogram } from './histogram.ts'

/** As the kernel exports them; arguments are documented there. */
interface Exports {
  countTriplets(
    distances: number,
    labels: number,
    runs: number,
    runCount: number,
    rows: number,
    margin: number,
    finite: boolean,
    negatives: number,
    positives: number,
    same: number,
    different: number,
    extremes: number,
    results: number,
    counters: number,
    bins: number,
    low: number,
    perUnit: number,
  ): void
  countBins(counters: number, bins: number, values: number, count: number, perUnit: number, offset: number): void
  summarize(
    values: number,
    count: number,
    place: number,
    other: number,
    counters: number,
    buckets: number,
    room: number,
    results: number,
  ): void
  spread(x: number, rows: number, size: number, means: number, results: number): void
}

let compiled: WebAssembly.Module | undefined

function compile(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(binary), letter => letter.charCodeAt(0)))
  return compiled
}

const page = 65536
/** Counters of a summary's buckets; those of histograms are fewer. */
const counters = 1024
const numbers = 5

/** Where everything lies, in bytes. */
interface Layout {
  readonly rows: number
  readonly size: number
  readonly results: number
  readonly counters: number
  readonly labels: number
  readonly runs: number
  readonly negatives: number
  readonly positives: number
  readonly extremes: number
  readonly distances: number
  readonly same: number
  readonly different: number
  readonly buckets: number
  readonly room: number
  readonly embeddings: number
  readonly means: number
  readonly bytes: number
}

function layoutOf(rows: number, size: number): Layout {
  let end = 0
  const take = (bytes: number): number => {
    const start = end
    end += 16 * Math.ceil(bytes / 16)
    return start
  }
  const pairs = (rows * (rows - 1)) / 2
  return {
    rows,
    size,
    results: take(8 * numbers),
    counters: take(4 * counters),
    labels: take(4 * rows),
    runs: take(4 * (rows + 1)),
    negatives: take(8 * (rows + 4)),
    positives: take(8 * rows),
    extremes: take(16 * rows),
    distances: take(8 * rows * rows),
    same: take(8 * pairs),
    different: take(8 * pairs),
    buckets: take(2 * (pairs + 8)),
    room: take(8 * (pairs + 1)),
    embeddings: take(8 * rows * size),
    means: take(8 * size),
    bytes: end,
  }
}

export interface PairsOf {
  readonly kind: 'same' | 'different'
  readonly count: number
}

export class DifficultyKernel {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: page })
  readonly #exports: Exports
  #layout: Layout
  #results: Float64Array
  #count = 0

  /** @param rows most rows of a batch, for which memory is taken at once */
  constructor(rows: number) {
    const { exports } = new WebAssembly.Instance(compile(), { env: { memory: this.#memory } })
    this.#exports = exports as unknown as Exports
    this.#layout = this.#arrange(rows, 0)
    this.#results = this.#doubles(this.#layout.results, numbers)
  }

  /**
   * Counts over all valid triplets of a batch, and gathers the distances of its pairs.
   * @param histogram where d_an − d_ap is counted, too
   */
  count(
    { distances, labels, count, finite }: Pick<Batch, 'distances' | 'labels' | 'count' | 'finite'>,
    margin: number,
    histogram: Histogram | null,
  ): {
    readonly easy: number
    readonly hard: number
    readonly active: number
    readonly same: PairsOf
    readonly different: PairsOf
  } {
    const at = this.#layout
    this.#doubles(at.distances, count * count).set(distances.subarray(0, count * count))
    const its = new Int32Array(this.#memory.buffer, at.labels, count)
    its.set(labels.subarray(0, count))
    const runs = new Int32Array(this.#memory.buffer, at.runs, count + 1)
    let runCount = 0
    for (let i = 0; i < count; i++) if (i === 0 || its[i] !== its[i - 1]) runs[runCount++] = i
    runs[runCount] = count
    const bins = histogram?.counts.length ?? 0
    const counted = this.#counters(2 * bins)
    counted.fill(0)
    const low = histogram?.low ?? 0
    const perUnit = histogram === null ? 0 : bins / (histogram.high - low)
    this.#exports.countTriplets(
      at.distances,
      at.labels,
      at.runs,
      runCount,
      count,
      margin,
      finite,
      at.negatives,
      at.positives,
      at.same,
      at.different,
      at.extremes,
      at.results,
      histogram === null ? 0 : at.counters,
      bins,
      low,
      perUnit,
    )
    if (histogram !== null) for (let i = 0; i < bins; i++) histogram.counts[i] = counted[i] + counted[bins + i]
    this.#count = count
    const [easy, hard, active, same, different] = this.#results
    return {
      easy,
      hard,
      active,
      same: { kind: 'same', count: same },
      different: { kind: 'different', count: different },
    }
  }

  /** By row of the batch counted last: distance to its farthest positive and to its nearest negative, NaN without. */
  get extremes(): Float64Array {
    return this.#doubles(this.#layout.extremes, 2 * this.#count)
  }

  /** The distances of pairs that were gathered last. */
  values({ kind, count }: PairsOf): Float64Array {
    return this.#doubles(this.#layout[kind], count)
  }

  /** Counts the distances of pairs. */
  fill(histogram: Histogram, pairs: PairsOf): void {
    const { low, high, counts } = histogram
    const bins = counts.length
    const counted = this.#counters(2 * bins)
    counted.fill(0)
    const perUnit = bins / (high - low)
    const at = this.#layout
    this.#exports.countBins(at.counters, bins, at[pairs.kind], pairs.count, perUnit, -low * perUnit)
    for (let i = 0; i < bins; i++) counts[i] = counted[i] + counted[bins + i]
  }

  /**
   * Sum of the distances of pairs, of which there are some, and those at two places of the sorted ones.
   * @returns the two as `null` where a distance is not finite
   */
  summarize(
    pairs: PairsOf,
    place: number,
    other: number,
  ): { readonly sum: number; readonly values: readonly [number, number] | null } {
    const at = this.#layout
    this.#exports.summarize(at[pairs.kind], pairs.count, place, other, at.counters, at.buckets, at.room, at.results)
    const [sum, first, second] = this.#results
    return { sum, values: Number.isNaN(first) ? null : [first, second] }
  }

  /** Sum of the norms of embeddings, and the sum of their squared distances from their mean. */
  spread(embeddings: Floats, rows: number, size: number): { readonly norms: number; readonly squares: number } {
    if (size > this.#layout.size) this.#layout = this.#arrange(this.#layout.rows, size)
    const at = this.#layout
    this.#doubles(at.embeddings, rows * size).set(embeddings.subarray(0, rows * size))
    this.#exports.spread(at.embeddings, rows, size, at.means, at.results)
    const [norms, squares] = this.#results
    return { norms, squares }
  }

  #arrange(rows: number, size: number): Layout {
    const layout = layoutOf(rows, size)
    const missing = Math.ceil(layout.bytes / page) - this.#memory.buffer.byteLength / page
    if (missing > 0) this.#memory.grow(missing)
    // The old arrays are of the memory as it was before it grew.
    this.#results = this.#doubles(layout.results, numbers)
    return layout
  }

  #counters(count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, this.#layout.counters, count)
  }

  #doubles(address: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, count)
  }
}
