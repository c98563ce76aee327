/**
 * Training on the processor with ONNX Runtime for the matrix products and our own kernels for the rest. The batch is
 * divided among threads that share one memory; each runs the whole network on its part, and updates its slice of the
 * weights with the gradients of all.
 */
import { availableParallelism } from 'node:os'
import * as l10n from '@vscode/l10n'
import { multiplications } from '../../models/cost.ts'
import { checkState, initialState } from '../../models/weights.ts'
import type { Embeddings, EngineKind, EngineOptions, EngineState, ImageBatch, TrainEngine } from '../trainEngine.ts'
import { type Crew, startCrew } from './crew.ts'
import { floatsIn } from './layout.ts'
import { floatsAt } from './memory.ts'
import { loadOrt } from './ort.ts'
import type { Part } from './part.ts'
import type { Command } from './team.ts'

/** A thread should have this much to do in a step, in multiplications: about a millisecond. Waking it takes a tenth. */
const worthAThread = 4e7

/** A thread with fewer pictures than this does more waiting than work. */
const fewestPictures = 8

function usefulThreads({ network, batchSize }: EngineOptions): number {
  const work = 3 * multiplications(network) * batchSize
  return Math.min(availableParallelism(), Math.floor(work / worthAThread), Math.floor(batchSize / fewestPictures))
}

export const onnxKind: EngineKind = {
  id: 'onnx-cpu',
  unusable() {
    try {
      loadOrt()
      return Promise.resolve(null)
    } catch (error) {
      const [reason] = String(error instanceof Error ? error.message : error).split('\n')
      return Promise.resolve(l10n.t('ONNX Runtime does not load here: {0}', reason))
    }
  },
  create(options) {
    return Promise.resolve().then(() => new OnnxEngine(options))
  },
}

class OnnxEngine implements TrainEngine {
  readonly id = onnxKind.id
  readonly versions: Readonly<Record<string, string>>
  readonly #options: EngineOptions
  readonly #crew: Crew
  readonly #own: Part
  /** The whole batch's embeddings, copied from the memory. */
  readonly #embeddings: Float32Array
  #lastTurn = performance.now()

  constructor(options: EngineOptions) {
    this.#options = options
    const wanted = options.threads ?? Math.min(usefulThreads(options), options.mostThreads ?? Infinity)
    const threads = Math.max(1, Math.min(wanted, options.batchSize))
    this.#crew = startCrew(options, threads)
    this.#own = this.#crew.parts[0]
    this.versions = { 'onnxruntime-node': this.#crew.ort.version, node: process.versions.node }
    this.#embeddings = new Float32Array(options.batchSize * options.network.embeddingSize)
    this.#load(initialState(options.network, options.optimizer, options.seed))
  }

  async step(
    batch: ImageBatch,
    gradientOf: (embeddings: Embeddings) => Float32Array,
    learningRate: number,
  ): Promise<number> {
    await this.#turn()
    if (batch.count > this.#options.batchSize) {
      throw new RangeError(
        `A batch of ${batch.count} pictures is larger than the ${this.#options.batchSize} planned for.`,
      )
    }
    const { team } = this.#own
    this.#own.learningRate = learningRate
    return this.#guarded(() => {
      this.#begin('train', batch, 0, batch.count)
      this.#own.forward(true)
      this.#own.publish()
      team.barrier()
      this.#own.measure()
      team.barrier()
      try {
        const squaredDistances = this.#distances(batch.count)
        this.#scatter(gradientOf({ ...this.#gather(batch.count), squaredDistances }), batch.count)
      } catch (error) {
        // The other threads wait for the gradient: there will be none.
        team.command = 'skip'
        team.barrier()
        team.barrier()
        throw new Unstarted(error)
      }
      team.barrier()
      this.#own.backward()
      const norm = this.#own.update()
      this.#own.step += 1
      team.barrier()
      return norm
    })
  }

  async embed(batch: ImageBatch): Promise<Embeddings> {
    const { network, batchSize } = this.#options
    const size = network.embeddingSize
    const data = new Float32Array(batch.count * size)
    for (let first = 0; first < batch.count; first += batchSize) {
      await this.#turn()
      const count = Math.min(batchSize, batch.count - first)
      this.#guarded(() => {
        this.#begin('embed', batch, first, count)
        this.#own.forward(false)
        this.#own.publish()
        this.#own.team.barrier()
      })
      data.set(this.#gather(count).data.subarray(0, count * size), first * size)
    }
    return { data, count: batch.count, size }
  }

  exportState(): Promise<EngineState> {
    const state = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>()
    for (const { name, shape, floats } of this.#tensors()) state.set(name, { shape, data: new Float32Array(floats) })
    state.set('optimizer/step', { shape: [1], data: Float32Array.of(this.#own.step) })
    return Promise.resolve(state)
  }

  async importState(state: EngineState): Promise<void> {
    checkState(this.#options.network, this.#options.optimizer, state)
    this.#load(state)
    return Promise.resolve()
  }

  dispose(): void {
    this.#crew.dispose()
  }

  /** A step keeps the event loop busy; now and then the rest of the process gets its turn. */
  async #turn(): Promise<void> {
    await this.#crew.ready
    if (performance.now() - this.#lastTurn < 8) return
    await new Promise(resolve => setImmediate(resolve))
    this.#lastTurn = performance.now()
  }

  /** Every tensor of the state but the step count, as a view of the memory. */
  *#tensors(): Generator<{ readonly name: string; readonly shape: readonly number[]; readonly floats: Float32Array }> {
    const { layout } = this.#own
    const { memory } = this.#crew
    for (const { spec, offset, count } of layout.trained) {
      const { name, shape } = spec
      yield { name, shape, floats: floatsAt(memory, layout.weights + offset * 4, count) }
      for (const slot of layout.slots) {
        yield { name: `${name}/${slot.name}`, shape, floats: floatsAt(memory, slot.address + offset * 4, count) }
      }
    }
    for (const { spec, address } of layout.running) {
      yield { name: spec.name, shape: spec.shape, floats: floatsAt(memory, address, floatsIn(spec.shape)) }
    }
  }

  #load(state: EngineState): void {
    for (const { name, floats } of this.#tensors()) {
      const tensor = state.get(name)
      if (tensor) floats.set(tensor.data)
    }
    this.#own.step = state.get('optimizer/step')?.data[0] ?? 0
  }

  /** Gives every thread its pictures and lets them go. */
  #begin(command: Command, batch: ImageBatch, start: number, count: number): void {
    const { team } = this.#own
    team.images = count
    team.command = command
    for (const { program, team: its } of this.#crew.parts) {
      const { first, images } = its.part()
      const { address, size } = program.input
      const from = (start + first) * size
      floatsAt(this.#crew.memory, address, images * size).set(batch.data.subarray(from, from + images * size))
    }
    team.barrier()
  }

  #gather(count: number): Embeddings {
    const size = this.#options.network.embeddingSize
    this.#embeddings.set(floatsAt(this.#crew.memory, this.#own.layout.embeddings, count * size))
    return { data: this.#embeddings.subarray(0, count * size), count, size }
  }

  #distances(count: number): Float32Array | null {
    const { distances } = this.#own.layout
    return distances === 0 ? null : floatsAt(this.#crew.memory, distances, count * count)
  }

  #scatter(gradient: Float32Array, count: number): void {
    const size = this.#options.network.embeddingSize
    if (gradient.length < count * size) {
      throw new RangeError(`The gradient has ${gradient.length} numbers, the embeddings have ${count * size}.`)
    }
    for (const { program, team } of this.#crew.parts) {
      const { first, images } = team.part()
      const part = gradient.subarray(first * size, (first + images) * size)
      floatsAt(this.#crew.memory, program.outputGradient, images * size).set(part)
    }
  }

  /** An error in one thread stops them all; its cause is the one worth telling. */
  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof Unstarted) throw error.reason
      this.#own.team.fail()
      throw this.#crew.failure() ?? error
    }
  }
}

/** The caller's own error: the engine is as it was. */
class Unstarted extends Error {
  readonly reason: unknown

  constructor(reason: unknown) {
    super('No gradient was given.')
    this.reason = reason
  }
}
