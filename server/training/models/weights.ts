/**
 * The weights of a network: their names, shapes and first values, the same for every engine, so that a checkpoint of one
 * engine can be read by another.
 *
 *   `${layer}/kernel`   dense [in, out]; conv [height, width, in, out]; depthwise [height, width, channels, 1]
 *   `${layer}/bias`     [out]
 *   `${layer}/gamma`, `/beta`, `/movingMean`, `/movingVariance`   [channels], batch norm
 *   `${weight}/m`, `/v`        Adam's moments, shaped as the weight
 *   `${weight}/velocity`       momentum of SGD, shaped as the weight
 *   `optimizer/step`           [1], steps taken
 */
import type { OptimizerSpec } from '../../../protocol/runSpec.ts'
import type { EngineState } from '../engines/trainEngine.ts'
import { fillNormal, streamKey } from './counterRandom.ts'
import type { Layer, Network } from './network.ts'
import { type Activation, shapesOf, sizeOf } from './shapes.ts'

export interface WeightSpec {
  readonly name: string
  readonly shape: readonly number[]
  /** Changed by the optimizer. Running statistics are not. */
  readonly trainable: boolean
  /** Weight decay pulls at kernels only, not at biases and batch norm. */
  readonly decays: boolean
  /** Standard deviation of the first values, or the one value that all of them have. */
  readonly initial: { readonly deviation: number } | { readonly value: number }
}

/** Every weight of a network, in the order of its layers. @throws Error when the network cannot work */
export function weightSpecs(network: Network): WeightSpec[] {
  const { input, after } = shapesOf(network)
  const saved = new Map<string, Activation>()
  return network.layers.flatMap((layer, i) => {
    const before = after[i - 1] ?? input
    if (layer.type === 'save') saved.set(layer.as, before)
    const source = layer.type === 'add' ? (saved.get(layer.from) ?? before) : before
    return layerWeights(layer, source, gainAfter(network.layers, i))
  })
}

/** How many numbers training changes. */
export function parameterCount(network: Network): number {
  return weightSpecs(network)
    .filter(weight => weight.trainable)
    .reduce((sum, weight) => sum + count(weight.shape), 0)
}

/** First weights and running statistics of a seed: He's before rectifiers, 1/√in elsewhere. */
export function initialWeights(network: Network, seed: number): EngineState {
  return new Map(
    weightSpecs(network).map(({ name, shape, initial }) => {
      const data = new Float32Array(count(shape))
      if ('deviation' in initial) fillNormal(data, streamKey(seed, 'weights', name), initial.deviation)
      else data.fill(initial.value)
      return [name, { shape, data }]
    }),
  )
}

/** Names and shapes of an optimizer's memory; all of it starts at zero. */
export function optimizerSlots(
  network: Network,
  optimizer: OptimizerSpec,
): { readonly name: string; readonly shape: readonly number[] }[] {
  const slots = optimizer.name === 'adam' ? ['m', 'v'] : ['velocity']
  return [
    ...weightSpecs(network)
      .filter(weight => weight.trainable)
      .flatMap(({ name, shape }) => slots.map(slot => ({ name: `${name}/${slot}`, shape }))),
    { name: 'optimizer/step', shape: [1] },
  ]
}

/** What an engine starts from: first weights and an optimizer that has seen nothing. */
export function initialState(network: Network, optimizer: OptimizerSpec, seed: number): EngineState {
  const state = new Map(initialWeights(network, seed))
  for (const { name, shape } of optimizerSlots(network, optimizer)) {
    state.set(name, { shape, data: new Float32Array(count(shape)) })
  }
  return state
}

/**
 * Checks that a state is of this network and optimizer, before an engine takes it.
 * @throws Error naming the tensor that is missing or has another shape
 */
export function checkState(network: Network, optimizer: OptimizerSpec, state: EngineState): void {
  for (const { name, shape } of [...weightSpecs(network), ...optimizerSlots(network, optimizer)]) {
    const tensor = state.get(name)
    if (!tensor) throw new Error(`The state has no tensor "${name}".`)
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== count(shape)) {
      throw new Error(
        `Tensor "${name}" is [${tensor.shape.join(', ')}] in the state, [${shape.join(', ')}] in the network.`,
      )
    }
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

function kernel(layer: string, shape: readonly number[], fanIn: number, gain: number): WeightSpec {
  const initial = { deviation: Math.sqrt(gain / fanIn) }
  return { name: `${layer}/kernel`, shape, trainable: true, decays: true, initial }
}

function perChannel(layer: string, what: string, size: number, value: number, trainable = true): WeightSpec {
  return { name: `${layer}/${what}`, shape: [size], trainable, decays: false, initial: { value } }
}

function bias(layer: { readonly name: string; readonly bias: boolean }, size: number): WeightSpec[] {
  return layer.bias ? [perChannel(layer.name, 'bias', size, 0)] : []
}

/** @param before what goes into the layer; for `add`, what was saved */
function layerWeights(layer: Layer, before: Activation, gain: number): WeightSpec[] {
  const channels = before.kind === 'map' ? before.channels : before.size
  switch (layer.type) {
    case 'dense':
      return [kernel(layer.name, [sizeOf(before), layer.units], sizeOf(before), gain), ...bias(layer, layer.units)]
    case 'conv': {
      const { kernelSize: k, filters } = layer
      return [kernel(layer.name, [k, k, channels, filters], k * k * channels, gain), ...bias(layer, filters)]
    }
    case 'depthwise': {
      const k = layer.kernelSize
      return [kernel(layer.name, [k, k, channels, 1], k * k, gain), ...bias(layer, channels)]
    }
    case 'batch-norm':
      return [
        perChannel(layer.name, 'gamma', channels, 1),
        perChannel(layer.name, 'beta', channels, 0),
        perChannel(layer.name, 'movingMean', channels, 0, false),
        perChannel(layer.name, 'movingVariance', channels, 1, false),
      ]
    case 'add':
      return layer.project ? [kernel(layer.project.name, [1, 1, channels, layer.project.filters], channels, 1)] : []
    default:
      return []
  }
}

/** He et al., ICCV 2015: variance 2 / (1 + slope²) over the fan-in when a rectifier follows, 1 when none does. */
function gainAfter(layers: readonly Layer[], index: number): number {
  for (const layer of layers.slice(index + 1)) {
    if (layer.type === 'relu' || layer.type === 'relu6') return 2
    if (layer.type === 'leaky-relu') return 2 / (1 + layer.slope ** 2)
    if (layer.type === 'dense' || layer.type === 'conv' || layer.type === 'depthwise') return 1
  }
  return 1
}
