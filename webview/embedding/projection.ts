/** Codes as points of a map: PCA at once, or UMAP, which settles over some hundred frames without holding any of them up. */
import { UMAP } from 'umap-js'
import type { Codes } from './distance.ts'
import { pca } from './pca.ts'

/** Time that one frame may spend on UMAP. */
const frameMilliseconds = 8

export interface Projection {
  /** [n, 3]; the third coordinate is 0 on a flat map. */
  readonly points: Float32Array
  /** Share of the work done. */
  readonly done: number
}

export class Projector {
  #codes: Codes | undefined
  #kind = ''
  #projection: Projection = { points: new Float32Array(0), done: 1 }
  #umap: { readonly umap: UMAP; readonly steps: number; step: number } | undefined

  /** The map as far as it is known; the same codes and kind go on where they were. */
  project(codes: Codes, kind: 'pca' | 'umap', dimensions: 2 | 3): Projection {
    const wanted = `${kind}${dimensions}`
    if (codes !== this.#codes || wanted !== this.#kind) {
      const before = this.#kind === wanted ? this.#projection.points : undefined
      this.#codes = codes
      this.#kind = wanted
      this.#umap = undefined
      this.#projection = { points: flat(pca(codes, before), dimensions), done: 1 }
      if (kind === 'umap') this.#begin(codes, dimensions, before)
    }
    return this.#projection
  }

  /** Spends a few milliseconds on what is unfinished. @returns whether the points have moved */
  work(): boolean {
    const work = this.#umap
    if (work === undefined) return false
    const end = performance.now() + frameMilliseconds
    while (work.step < work.steps && performance.now() < end) {
      work.umap.step()
      work.step++
    }
    this.#projection = { points: toPoints(work.umap.getEmbedding()), done: work.step / work.steps }
    if (work.step >= work.steps) this.#umap = undefined
    return true
  }

  #begin(codes: Codes, dimensions: 2 | 3, before: Float32Array | undefined): void {
    if (codes.count < 5) return
    const rows = Array.from({ length: codes.count }, (_, i) => [
      ...codes.data.subarray(i * codes.size, (i + 1) * codes.size),
    ])
    const umap = new UMAP({
      nComponents: dimensions,
      nNeighbors: Math.min(15, codes.count - 1),
      random: seeded(1),
    })
    const steps = umap.initializeFit(rows)
    this.#umap = { umap, steps, step: 0 }
    const points = before?.length === codes.count * 3 ? before : toPoints(umap.getEmbedding())
    this.#projection = { points, done: 0 }
  }
}

function flat(points: Float32Array, dimensions: 2 | 3): Float32Array {
  if (dimensions === 2) for (let i = 2; i < points.length; i += 3) points[i] = 0
  return points
}

function toPoints(rows: readonly (readonly number[])[]): Float32Array {
  const points = new Float32Array(rows.length * 3)
  for (const [i, row] of rows.entries()) points.set(row.slice(0, 3), i * 3)
  return points
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
