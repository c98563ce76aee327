import type { Worker } from 'node:worker_threads'
import type { AugmentSpec } from '../../protocol/runSpec.ts'
import type { Sampler } from '../core/samplers/sampler.ts'
import { Augmenter } from './augment.ts'
import type { Dataset } from './datasets/dataset.ts'
import { PackedDataset } from './datasets/packedDataset.ts'
import type { ImageBatch } from './engines/trainEngine.ts'
import { takeThread } from './spareThreads.ts'
import { decodeInputReply, type InputRequest, type InputSetup } from './inputMessages.ts'

/** Training pictures of one step. The arrays are valid until the next batch is asked for. */
export interface InputBatch extends ImageBatch {
  /** Which pictures of the dataset these are. */
  readonly indices: Int32Array
  /** The class of each. */
  readonly labels: Int32Array
}

export interface InputOptions {
  readonly dataset: Dataset
  /** The pictures that may be drawn: the sampler draws positions in this list. */
  readonly train: Int32Array
  readonly sampler: Sampler
  readonly augment: AugmentSpec
  readonly seed: number
}

/** Batches that are prepared ahead of the one in use, from the third on. */
const ahead = 2

/** Below this many floats in a batch, asking a thread costs more than reading from memory. */
const smallBatch = 1 << 19

/**
 * Draws, reads and augments training batches in order. Where that takes time (augmentation, pictures on disk, large
 * batches), a thread prepares the next ones while the engine works on this one; the batches are the same either way.
 */
export interface InputPipeline {
  /** Begins with the first batch while the caller does something else; only after `resume`. */
  prepare(): void
  /** @throws Error when the pictures can no longer be read */
  next(): Promise<InputBatch>
  /** Continue as if `step` batches had been given out; only before the first `next`. */
  resume(samplerState: Int32Array, step: number): void
  /** State of the sampler after the batch that `next` gave last, for a checkpoint. */
  samplerState(): Int32Array
  close(): void
}

/** @param threaded whether to use a thread; by default as it pays */
export function createInputPipeline(options: InputOptions, threaded = paysOff(options)): InputPipeline {
  const { dataset } = options
  return threaded && dataset instanceof PackedDataset ? new ThreadedInput(options, dataset) : new DirectInput(options)
}

function paysOff({ dataset, sampler, augment, seed }: InputOptions): boolean {
  if (!(dataset instanceof PackedDataset)) return false
  const { height, width, channels } = dataset.shape
  const large = sampler.batchSize * height * width * channels > smallBatch
  return large || dataset.pixels.kind === 'file' || new Augmenter(augment, dataset.shape, seed).active
}

/** What both kinds do: which pictures come next, and what is said of them. */
class Draws {
  readonly batchSize: number
  /** Floats in a batch. */
  readonly size: number
  readonly #options: InputOptions
  readonly #positions: Int32Array
  step = 0

  constructor(options: InputOptions) {
    const { height, width, channels } = options.dataset.shape
    this.#options = options
    this.batchSize = options.sampler.batchSize
    this.size = this.batchSize * height * width * channels
    this.#positions = new Int32Array(this.batchSize)
  }

  /** @returns the number of the step that these pictures are for */
  next(indices: Int32Array): number {
    this.#options.sampler.next(this.#positions)
    for (let i = 0; i < this.batchSize; i++) indices[i] = this.#options.train[this.#positions[i]]
    return this.step++
  }

  label(indices: Int32Array, labels: Int32Array): void {
    for (let i = 0; i < this.batchSize; i++) labels[i] = this.#options.dataset.labels[indices[i]]
  }
}

class DirectInput implements InputPipeline {
  readonly #options: InputOptions
  readonly #draws: Draws
  readonly #augmenter: Augmenter
  readonly #batch: {
    readonly data: Float32Array
    readonly count: number
    readonly indices: Int32Array
    readonly labels: Int32Array
  }

  constructor(options: InputOptions) {
    this.#options = options
    this.#draws = new Draws(options)
    this.#augmenter = new Augmenter(options.augment, options.dataset.shape, options.seed)
    const count = this.#draws.batchSize
    this.#batch = {
      data: new Float32Array(this.#draws.size),
      count,
      indices: new Int32Array(count),
      labels: new Int32Array(count),
    }
  }

  prepare(): void {
    // Reading from memory takes no time worth saving.
  }

  async next(): Promise<InputBatch> {
    const { data, count, indices, labels } = this.#batch
    const step = this.#draws.next(indices)
    await this.#options.dataset.read(indices, data)
    this.#draws.label(indices, labels)
    this.#augmenter.apply(data, count, labels, step)
    return this.#batch
  }

  resume(samplerState: Int32Array, step: number): void {
    this.#options.sampler.restore(samplerState)
    this.#draws.step = step
  }

  samplerState(): Int32Array {
    return this.#options.sampler.state()
  }

  close(): void {
    // Nothing is held but memory.
  }
}

interface Waiting {
  readonly resolve: (reply: Filled) => void
  readonly reject: (error: Error) => void
}
interface Filled {
  readonly indices: Int32Array<ArrayBuffer>
  readonly labels: Int32Array<ArrayBuffer>
  readonly data: Float32Array<ArrayBuffer>
}

class ThreadedInput implements InputPipeline {
  readonly #options: InputOptions
  readonly #draws: Draws
  readonly #worker: Worker
  /** Batches asked for and not yet given out, oldest first, each with the sampler's state after it was drawn. */
  readonly #asked: { readonly filled: Promise<Filled>; readonly samplerState: Int32Array }[] = []
  readonly #waiting = new Map<number, Waiting>()
  #samplerState: Int32Array
  /** Batches given out. */
  #given = 0
  /** The batch given out last: its arrays are used again for another. */
  #inUse: Filled | null = null
  #failure: Error | null = null

  constructor(options: InputOptions, dataset: PackedDataset) {
    this.#options = options
    this.#draws = new Draws(options)
    this.#samplerState = options.sampler.state()
    const { pixels, labels, shape } = dataset
    const { augment, seed } = options
    const setup: InputSetup = { pixels, count: labels.length, shape, augment, seed }
    this.#worker = takeThread(inputThread(), setup)
    this.#worker.on('message', (message: unknown) => this.#receive(message))
    this.#worker.on('error', error => this.#fail(error instanceof Error ? error : new Error(String(error))))
    this.#worker.on('exit', () => this.#fail(new Error('The thread that reads pictures has ended')))
  }

  prepare(): void {
    if (this.#asked.length === 0) this.#ask(null)
  }

  async next(): Promise<InputBatch> {
    let recycled = this.#inUse
    this.#inUse = null
    // One more with each step: nothing keeps the processors from the first one, which somebody is waiting for.
    const wanted = 1 + Math.min(ahead, this.#given)
    this.#given++
    while (this.#asked.length < wanted) {
      this.#ask(recycled)
      recycled = null
    }
    const oldest = this.#asked.shift()
    if (oldest === undefined) throw new Error('No batch was asked for')
    const filled = await oldest.filled
    this.#inUse = filled
    this.#samplerState = oldest.samplerState
    return { ...filled, count: this.#draws.batchSize }
  }

  resume(samplerState: Int32Array, step: number): void {
    if (this.#given + this.#asked.length > 0) throw new Error('Batches were drawn already')
    this.#options.sampler.restore(samplerState)
    this.#samplerState = samplerState
    this.#draws.step = step
  }

  samplerState(): Int32Array {
    return this.#samplerState
  }

  close(): void {
    this.#fail(new Error('The input pipeline is closed'))
    void this.#worker.terminate()
  }

  #ask(arrays: Filled | null): void {
    const indices = arrays?.indices ?? new Int32Array(this.#draws.batchSize)
    const labels = arrays?.labels ?? new Int32Array(this.#draws.batchSize)
    const data = arrays?.data ?? new Float32Array(this.#draws.size)
    const step = this.#draws.next(indices)
    this.#draws.label(indices, labels)
    const filled = new Promise<Filled>((resolve, reject) => {
      if (this.#failure) reject(this.#failure)
      else this.#waiting.set(step, { resolve, reject })
    })
    // Whoever awaits it sees a failure; until then it is not an unhandled one.
    filled.catch(() => undefined)
    this.#asked.push({ filled, samplerState: this.#options.sampler.state() })
    this.#worker.postMessage({ step, indices, labels, data } satisfies InputRequest, [
      indices.buffer,
      labels.buffer,
      data.buffer,
    ])
  }

  #receive(message: unknown): void {
    const { step, indices, labels, data, error } = decodeInputReply(message)
    const waiting = this.#waiting.get(step)
    this.#waiting.delete(step)
    if (error !== null) waiting?.reject(new Error(error))
    else waiting?.resolve({ indices, labels, data })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}

/** The thread's module: the source beside this one, or its bundle beside the bundle that this is part of. */
export function inputThread(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './inputWorker.ts' : './inputWorker.cjs', import.meta.url)
}
