/** From a run's model (what people write) to the list of layers that an engine builds. */
import type { LayerSpec, ModelSpec } from '../../../protocol/runSpec.ts'
import { assertNever } from '../../../protocol/assertNever.ts'
import type { Layer, Network, Shape } from './network.ts'

/** PyTorch's batch norm defaults; its `momentum` of 0.1 counts the other way round. */
const batchNormDefaults = { momentum: 0.9, epsilon: 1e-5 }

/**
 * The network of a model for pictures of one size. Always gives a list of layers, also one that cannot work
 * (pooling a picture of one pixel): `layerShapes` says so.
 *
 * The embedding is always a last dense layer named `embedding`, on the unit sphere when `normalize` is set.
 * `layers` may leave out `flatten` before a dense layer.
 */
export function buildNetwork(model: ModelSpec, input: Shape, normalize: boolean): Network {
  const layers = [...body(model), dense('embedding', model.embeddingSize)]
  if (normalize) layers.push({ type: 'l2-normalize' })
  return { input, layers, embeddingSize: model.embeddingSize }
}

/** Everything before the embedding's dense layer; flat at its end. */
function body(model: ModelSpec): Layer[] {
  switch (model.architecture) {
    case 'linear':
      return [{ type: 'flatten' }]
    case 'mlp':
      return [
        { type: 'flatten' },
        ...model.hidden.flatMap((units, i) => hiddenLayer(`dense${i + 1}`, units, model.dropout)),
      ]
    case 'conv':
      return [
        ...model.filters.flatMap((filters, i) => convBlock(i + 1, filters, model.batchNorm)),
        { type: 'flatten' },
        ...dropout(model.dropout),
      ]
    case 'residual':
      return residual(model.filters, model.blocks, model.dropout)
    case 'layers':
      return named(model.layers)
    default:
      return assertNever(model)
  }
}

function dense(name: string, units: number): Layer {
  return { type: 'dense', name, units, bias: true }
}

function dropout(rate: number): Layer[] {
  return rate > 0 ? [{ type: 'dropout', rate }] : []
}

function hiddenLayer(name: string, units: number, rate: number): Layer[] {
  return [dense(name, units), { type: 'relu' }, ...dropout(rate)]
}

function conv(name: string, filters: number, stride: number, bias: boolean): Layer {
  return { type: 'conv', name, filters, kernelSize: 3, stride, padding: 'same', bias }
}

function norm(name: string): Layer {
  return { type: 'batch-norm', name, ...batchNormDefaults }
}

function convBlock(number: number, filters: number, batchNorm: boolean): Layer[] {
  return [
    conv(`conv${number}`, filters, 1, !batchNorm),
    ...(batchNorm ? [norm(`norm${number}`)] : []),
    { type: 'relu' },
    { type: 'max-pool', size: 2, stride: 2, padding: 'valid' },
  ]
}

/**
 * A small ResNet: a 3×3 stem, then for each entry of `filters` a stage of `blocks` basic blocks, the first of every
 * stage but the first at stride 2; global average pooling. He et al., CVPR 2016, §4.2 (arXiv:1512.03385), with a
 * projection where the size changes (option B).
 */
function residual(filters: readonly number[], blocks: number, rate: number): Layer[] {
  const layers: Layer[] = []
  filters.forEach((width, stage) => {
    if (stage === 0) layers.push(conv('stem', width, 1, false), norm('stemNorm'), { type: 'relu' })
    for (let block = 1; block <= blocks; block++) {
      const shrinks = stage > 0 && block === 1
      layers.push(...basicBlock(`stage${stage + 1}block${block}`, width, shrinks))
    }
  })
  return [...layers, { type: 'global-average-pool' }, ...dropout(rate)]
}

function basicBlock(name: string, filters: number, shrinks: boolean): Layer[] {
  const stride = shrinks ? 2 : 1
  return [
    { type: 'save', as: name },
    conv(`${name}conv1`, filters, stride, false),
    norm(`${name}norm1`),
    { type: 'relu' },
    conv(`${name}conv2`, filters, 1, false),
    norm(`${name}norm2`),
    { type: 'add', from: name, project: shrinks ? { name: `${name}project`, filters, stride } : null },
    { type: 'relu' },
  ]
}

/** A user's own layers get names (`conv1`, `conv2`, `dense1`, …) and the `flatten` that a dense layer needs. */
function named(specs: readonly LayerSpec[]): Layer[] {
  const counts = new Map<string, number>()
  const name = (type: string): string => {
    const next = (counts.get(type) ?? 0) + 1
    counts.set(type, next)
    return `${type}${next}`
  }
  const layers: Layer[] = []
  let flat = false
  for (const spec of specs) {
    if (spec.type === 'dense' && !flat) layers.push({ type: 'flatten' })
    flat ||= spec.type === 'dense' || spec.type === 'flatten' || spec.type === 'global-average-pool'
    layers.push(namedLayer(spec, name))
  }
  if (!flat) layers.push({ type: 'flatten' })
  return layers
}

function namedLayer(spec: LayerSpec, name: (type: string) => string): Layer {
  switch (spec.type) {
    case 'dense':
      return dense(name('dense'), spec.units)
    case 'conv':
      return { ...spec, name: name('conv') }
    case 'depthwise':
      return { ...spec, name: name('depthwise') }
    case 'batch-norm':
      return { ...spec, name: name('norm') }
    case 'max-pool':
    case 'average-pool':
      return { ...spec, padding: 'valid' }
    case 'relu':
    case 'leaky-relu':
    case 'relu6':
    case 'global-average-pool':
    case 'flatten':
    case 'dropout':
      return spec
    default:
      return assertNever(spec)
  }
}
