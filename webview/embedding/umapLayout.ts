/** UMAP of codes, settled in portions; runs in a worker. */
import { UMAP } from 'umap-js'
import type { Codes } from './distance.ts'
import { leastForUmap } from './mapMessages.ts'

export class UmapLayout {
  readonly #umap: UMAP
  readonly #steps: number
  #step = 0

  /** Finds the neighbours, which takes longest. @throws RangeError for fewer than `leastForUmap` codes */
  constructor({ data, count, size }: Codes, dimensions: 2 | 3) {
    if (count < leastForUmap) throw new RangeError(`UMAP needs ${leastForUmap} codes, not ${count}`)
    this.#umap = new UMAP({ nComponents: dimensions, nNeighbors: Math.min(15, count - 1), random: seeded(1) })
    this.#steps = this.#umap.initializeFit(
      Array.from({ length: count }, (_, i) => [...data.subarray(i * size, (i + 1) * size)]),
    )
  }

  /** Share of the work done. */
  get done(): number {
    return this.#step / this.#steps
  }

  /** [n, 3]; the third coordinate is 0 on a flat map. */
  get points(): Float32Array<ArrayBuffer> {
    const rows = this.#umap.getEmbedding()
    const points = new Float32Array(rows.length * 3)
    for (const [i, row] of rows.entries()) points.set(row.slice(0, 3), i * 3)
    return points
  }

  /** Settles for about so long. @param now a clock, in milliseconds */
  settle(milliseconds: number, now: () => number): void {
    for (const end = now() + milliseconds; this.#step < this.#steps && now() < end; this.#step++) this.#umap.step()
  }
}

/** Mulberry32: the same map for the same codes. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
