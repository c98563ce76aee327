/** Codes as points of a map: PCA at once; UMAP from a worker, which sends its points as they settle. */
import * as v from 'valibot'
import type { Codes } from './distance.ts'
import { leastForUmap, MapProgress } from './mapMessages.ts'
import { pca } from './pca.ts'

export interface Projection {
  /** [n, 3]; the third coordinate is 0 on a flat map. */
  readonly points: Float32Array
  /** Share of the work done. */
  readonly done: number
}

/** Ends the work. */
type Stop = () => void

export class Projector {
  readonly #layOut: (codes: Codes, dimensions: 2 | 3, onProgress: (message: unknown) => void) => Stop
  readonly #changed: () => void
  #codes: Codes | undefined
  #kind = ''
  #projection: Projection = { points: new Float32Array(0), done: 1 }
  #stop: Stop | undefined

  /** @param changed called when the points of the last map asked for have moved */
  constructor(changed: () => void, layOut = inWorker) {
    this.#layOut = layOut
    this.#changed = changed
  }

  /** The map as far as it is known; the same codes and kind go on where they were. */
  project(codes: Codes, kind: 'pca' | 'umap', dimensions: 2 | 3): Projection {
    const wanted = `${kind}${dimensions}`
    if (codes !== this.#codes || wanted !== this.#kind) {
      const before = this.#kind === wanted ? this.#projection.points : undefined
      this.#codes = codes
      this.#kind = wanted
      this.#stop?.()
      this.#stop = undefined
      const begins = kind === 'umap' && codes.count >= leastForUmap
      // Until the first points come, what was there stays: of another epoch, or of PCA.
      const points =
        begins && before?.length === codes.count * 3
          ? before
          : flat(pca(codes, begins ? undefined : before), dimensions)
      this.#projection = { points, done: begins ? 0 : 1 }
      if (begins)
        this.#stop = this.#layOut(codes, dimensions, message => {
          this.#projection = v.parse(MapProgress, message)
          this.#changed()
        })
    }
    return this.#projection
  }

  /** Whether the points of the map still move. */
  get isBusy(): boolean {
    return this.#stop !== undefined && this.#projection.done < 1
  }

  /** The map is no longer looked at. */
  rest(): void {
    this.#stop?.()
    this.#stop = undefined
    this.#codes = undefined
  }
}

/** A webview may start workers from blobs only: the script is fetched, once. */
let script: Promise<string> | undefined
function workerScript(): Promise<string> {
  script ??= fetch(document.querySelector('meta[name=map-worker]')?.getAttribute('content') ?? '')
    .then(answer => answer.blob())
    .then(blob => URL.createObjectURL(new Blob([blob], { type: 'text/javascript' })))
  return script
}

function inWorker(codes: Codes, dimensions: 2 | 3, onProgress: (message: unknown) => void): Stop {
  let worker: Worker | undefined
  let isStopped = false
  void workerScript().then(address => {
    if (isStopped) return
    worker = new Worker(address)
    worker.addEventListener('message', (event: MessageEvent<unknown>) => onProgress(event.data))
    worker.postMessage({ ...codes, dimensions })
  })
  return () => {
    isStopped = true
    worker?.terminate()
  }
}

function flat(points: Float32Array, dimensions: 2 | 3): Float32Array {
  if (dimensions === 2) for (let i = 2; i < points.length; i += 3) points[i] = 0
  return points
}
