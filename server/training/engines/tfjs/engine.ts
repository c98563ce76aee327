import { checkState, initialState, weightSpecs, type WeightSpec } from '../../models/weights.ts'
import { clipFactor, updateRule } from '../optimizerRule.ts'
import type { Embeddings, EngineOptions, EngineState, ImageBatch, TrainEngine } from '../trainEngine.ts'
import type { Backend } from './backend.ts'
import type { Pass, TfLayer } from './layer.ts'
import type { Tensor, Tf } from './tf.ts'
import { buildLayers, firstTrainable } from './layers/build.ts'

/** Pictures that go through the network at once when embedding: bounds the memory, whatever the caller asks for. */
const embedAtOnce = 256

/** Trains a network on one backend of TF.js. */
export class TfjsEngine implements TrainEngine {
  readonly id: string
  readonly versions: Readonly<Record<string, string>>
  readonly #tf: Tf
  readonly #backend: Backend
  readonly #options: EngineOptions
  readonly #layers: readonly TfLayer[]
  readonly #firstTrainable: number
  readonly #trainable: readonly WeightSpec[]
  readonly #tensors = new Map<string, Tensor>()
  #steps = 0

  constructor(backend: Backend, options: EngineOptions) {
    this.id = backend.engineId
    this.versions = backend.versions
    this.#tf = backend.tf
    this.#backend = backend
    this.#options = options
    this.#layers = buildLayers(backend.tf, backend.ops, options.network, options.seed)
    this.#firstTrainable = firstTrainable(options.network)
    this.#trainable = weightSpecs(options.network).filter(weight => weight.trainable)
    this.#take(initialState(options.network, options.optimizer, options.seed))
  }

  async step(
    batch: ImageBatch,
    gradientOf: (embeddings: Embeddings) => Float32Array,
    learningRate: number,
  ): Promise<number> {
    await this.#backend.activate()
    return this.#tf.tidy(() => {
      const gradients = new Map<string, Tensor>()
      const pass = this.#pass(true, gradients)
      const output = this.#forward(this.#pictures(batch, 0, batch.count), pass)
      const size = this.#options.network.embeddingSize
      const data = gradientOf({ data: read(output), count: batch.count, size })
      let dy: Tensor = this.#tf.tensor2d(data.slice(0, batch.count * size), [batch.count, size])
      for (let i = this.#layers.length - 1; i >= this.#firstTrainable; i--) {
        dy = this.#layers[i].backward(dy, pass)
      }
      return this.#update(gradients, learningRate)
    })
  }

  async embed(batch: ImageBatch): Promise<Embeddings> {
    await this.#backend.activate()
    const size = this.#options.network.embeddingSize
    const data = new Float32Array(batch.count * size)
    for (let from = 0; from < batch.count; from += embedAtOnce) {
      const count = Math.min(embedAtOnce, batch.count - from)
      this.#tf.tidy(() => {
        const output = this.#forward(this.#pictures(batch, from, count), this.#pass(false, new Map()))
        data.set(read(output), from * size)
      })
    }
    return { data, count: batch.count, size }
  }

  async exportState(): Promise<EngineState> {
    await this.#backend.activate()
    const state = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>()
    for (const [name, tensor] of this.#tensors)
      state.set(name, { shape: [...tensor.shape], data: read(tensor).slice() })
    state.set('optimizer/step', { shape: [1], data: Float32Array.of(this.#steps) })
    return state
  }

  async importState(state: EngineState): Promise<void> {
    await this.#backend.activate()
    checkState(this.#options.network, this.#options.optimizer, state)
    this.#take(state)
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose()
    this.#tensors.clear()
  }

  #take(state: EngineState): void {
    for (const [name, { shape, data }] of state) {
      if (name === 'optimizer/step') this.#steps = data[0]
      else this.#replace(name, this.#tf.tensor(data.slice(), [...shape]))
    }
  }

  #pictures(batch: ImageBatch, from: number, count: number): Tensor {
    const { height, width, channels } = this.#options.network.input
    const size = height * width * channels
    return this.#tf.tensor(batch.data.slice(from * size, (from + count) * size), [count, height, width, channels])
  }

  #forward(pictures: Tensor, pass: Pass): Tensor {
    return this.#layers.reduce((x, layer) => layer.forward(x, pass), pictures)
  }

  #pass(training: boolean, gradients: Map<string, Tensor>): Pass {
    return {
      training,
      step: this.#steps,
      weight: name => this.#get(name),
      setStatistic: (name, value) => this.#replace(name, value),
      setGradient: (name, gradient) => gradients.set(name, gradient),
    }
  }

  #update(gradients: ReadonlyMap<string, Tensor>, learningRate: number): number {
    const { ops } = this.#backend
    let squares = 0
    for (const gradient of gradients.values()) squares += ops.sumOfSquares(gradient)
    const norm = Math.sqrt(squares)
    const clip = clipFactor(norm, this.#options.clipNorm)
    this.#steps += 1
    const rule = updateRule(this.#options.optimizer, learningRate, this.#steps)
    const tensors = {
      get: (name: string) => this.#get(name),
      replace: (name: string, value: Tensor) => this.#replace(name, value),
    }
    for (const { name, decays } of this.#trainable) {
      const gradient = gradients.get(name)
      if (gradient) ops.update(name, gradient, tensors, { rule, clip, keep: decays ? rule.keep : 1 })
    }
    return norm
  }

  #get(name: string): Tensor {
    const tensor = this.#tensors.get(name)
    if (!tensor) throw new Error(`The engine has no tensor "${name}".`)
    return tensor
  }

  #replace(name: string, value: Tensor): void {
    this.#tensors.get(name)?.dispose()
    this.#tensors.set(name, this.#tf.keep(value))
  }
}

function read(tensor: Tensor): Float32Array {
  const data = tensor.dataSync()
  if (data instanceof Float32Array) return data
  throw new Error('A tensor of the network is not of type float32.')
}
