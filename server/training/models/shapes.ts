/** The size of everything between the layers of a network, and what cannot work, in words. */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../../protocol/assertNever.ts'
import type { Layer, Network, Padding, Shape } from './network.ts'

/** What one picture is after a layer: still a map of pixels, or a row of numbers. */
export type Activation =
  | { readonly kind: 'map'; readonly height: number; readonly width: number; readonly channels: number }
  | { readonly kind: 'flat'; readonly size: number }

export type MapActivation = Extract<Activation, { kind: 'map' }>

/** `after[i]` is the output of `network.layers[i]`; its input is `after[i - 1]`, or the picture. */
export type NetworkShapes =
  | { readonly kind: 'shapes'; readonly input: MapActivation; readonly after: readonly Activation[] }
  | { readonly kind: 'problem'; readonly layer: number; readonly message: string }

/** Numbers in one activation of one picture. */
export function sizeOf(activation: Activation): number {
  return activation.kind === 'flat' ? activation.size : activation.height * activation.width * activation.channels
}

/** Infers every size, or says which layer cannot work and why. */
export function layerShapes(network: Network): NetworkShapes {
  const input = mapOf(network.input)
  const after: Activation[] = []
  const saved = new Map<string, Activation>()
  let current: Activation = input
  for (const [layer, definition] of network.layers.entries()) {
    const next = afterLayer(definition, current, saved)
    if (typeof next === 'string') return { kind: 'problem', layer, message: next }
    if (definition.type === 'save') saved.set(definition.as, next)
    after.push(next)
    current = next
  }
  if (current.kind !== 'flat' || current.size !== network.embeddingSize) {
    const message = l10n.t('The network must end with {0} numbers per picture.', network.embeddingSize)
    return { kind: 'problem', layer: network.layers.length - 1, message }
  }
  return { kind: 'shapes', input, after }
}

/**
 * The same for a network that is known to work.
 * @throws Error with the problem in words
 */
export function shapesOf(network: Network): Extract<NetworkShapes, { kind: 'shapes' }> {
  const shapes = layerShapes(network)
  if (shapes.kind === 'problem') throw new Error(shapes.message)
  return shapes
}

/** Output pixels and the pixels of padding before the first, along one side. TensorFlow's `same`. */
export function windowed(
  input: number,
  size: number,
  stride: number,
  padding: Padding,
): { readonly output: number; readonly before: number; readonly after: number } {
  if (padding === 'valid') return { output: Math.floor((input - size) / stride) + 1, before: 0, after: 0 }
  const output = Math.ceil(input / stride)
  const total = Math.max(0, (output - 1) * stride + size - input)
  return { output, before: total >> 1, after: total - (total >> 1) }
}

function mapOf({ height, width, channels }: Shape): MapActivation {
  return { kind: 'map', height, width, channels }
}

/** The activation after a layer, or what is wrong. */
function afterLayer(layer: Layer, before: Activation, saved: ReadonlyMap<string, Activation>): Activation | string {
  switch (layer.type) {
    case 'dense':
      if (before.kind === 'map') return l10n.t('Layer {0} needs a "flatten" before it.', layer.name)
      return { kind: 'flat', size: layer.units }
    case 'conv':
      return slide(layer.name, before, layer.kernelSize, layer.stride, layer.padding, layer.filters)
    case 'depthwise':
      return slide(layer.name, before, layer.kernelSize, layer.stride, layer.padding, null)
    case 'max-pool':
    case 'average-pool':
      return slide(layer.type, before, layer.size, layer.stride, layer.padding, null)
    case 'global-average-pool':
      if (before.kind === 'flat') return needsMap(layer.type)
      return { kind: 'flat', size: before.channels }
    case 'flatten':
      return { kind: 'flat', size: sizeOf(before) }
    case 'dropout':
      if (layer.rate >= 1) return l10n.t('A dropout of {0} leaves nothing. Choose a rate below 1.', layer.rate)
      return before
    case 'add':
      return add(layer, before, saved.get(layer.from))
    case 'l2-normalize':
      if (before.kind === 'map') return l10n.t('Layer {0} needs a "flatten" before it.', layer.type)
      return before
    case 'batch-norm':
    case 'relu':
    case 'leaky-relu':
    case 'relu6':
    case 'save':
      return before
    default:
      return assertNever(layer)
  }
}

function needsMap(name: string): string {
  return l10n.t('Layer {0} needs a picture, but the layers before it have already flattened it.', name)
}

function slide(
  name: string,
  before: Activation,
  size: number,
  stride: number,
  padding: Padding,
  filters: number | null,
): Activation | string {
  if (before.kind === 'flat') return needsMap(name)
  const height = windowed(before.height, size, stride, padding).output
  const width = windowed(before.width, size, stride, padding).output
  if (height < 1 || width < 1) {
    return l10n.t(
      'Nothing is left of the picture at layer {0}: it gets {1}×{2} pixels and looks at {3}×{3}. Use fewer layers that shrink, or larger pictures.',
      name,
      before.width,
      before.height,
      size,
    )
  }
  return { kind: 'map', height, width, channels: filters ?? before.channels }
}

function add(
  layer: Extract<Layer, { type: 'add' }>,
  before: Activation,
  from: Activation | undefined,
): Activation | string {
  if (!from) return l10n.t('Nothing was saved as "{0}" before the layer that adds it.', layer.from)
  const other = layer.project
    ? slide(layer.project.name, from, 1, layer.project.stride, 'same', layer.project.filters)
    : from
  if (typeof other === 'string') return other
  const same =
    other.kind === 'map' && before.kind === 'map'
      ? other.height === before.height && other.width === before.width && other.channels === before.channels
      : other.kind === before.kind && sizeOf(other) === sizeOf(before)
  return same
    ? before
    : l10n.t('The activations saved as "{0}" do not have the size of what they are added to.', layer.from)
}
