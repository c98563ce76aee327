import { assertNever } from '../../../../../protocol/assertNever.ts'
import type { Layer, Network } from '../../../models/network.ts'
import type { LayerContext, TfLayer } from '../layer.ts'
import type { Tf } from '../tf.ts'
import type { TfOps } from '../ops.ts'
import { batchNormLayer } from './batchNorm.ts'
import { convolutionLayer, depthwiseLayer } from './convolution.ts'
import { denseLayer } from './dense.ts'
import { dropoutLayer, flattenLayer, l2NormalizeLayer, rectifierLayer } from './pointwise.ts'
import { averagePoolLayer, globalAverageLayer, maxPoolLayer } from './pooling.ts'
import { addLayer, type Branch, saveLayer } from './residual.ts'

/** Position of the first layer with weights: the backward pass ends there. */
export function firstTrainable(network: Network): number {
  return network.layers.findIndex(layer => 'name' in layer || (layer.type === 'add' && layer.project !== null))
}

/** The layers of a network on TF.js, in order. */
export function buildLayers(tf: Tf, ops: TfOps, network: Network, seed: number): TfLayer[] {
  const branches = new Map<string, Branch>()
  const branch = (name: string): Branch => {
    const known = branches.get(name) ?? { activations: null, gradient: null }
    branches.set(name, known)
    return known
  }
  const first = firstTrainable(network)
  return network.layers.map((layer, index) =>
    buildLayer(layer, { tf, ops, seed, index, needsInputGradient: index > first }, branch),
  )
}

function buildLayer(layer: Layer, context: LayerContext, branch: (name: string) => Branch): TfLayer {
  switch (layer.type) {
    case 'dense':
      return denseLayer(layer, context)
    case 'conv':
      return convolutionLayer(layer, context)
    case 'depthwise':
      return depthwiseLayer(layer, context)
    case 'batch-norm':
      return batchNormLayer(layer, context)
    case 'relu':
      return rectifierLayer(context, 0, Infinity)
    case 'leaky-relu':
      return rectifierLayer(context, layer.slope, Infinity)
    case 'relu6':
      return rectifierLayer(context, 0, 6)
    case 'max-pool':
      return maxPoolLayer(layer, context)
    case 'average-pool':
      return averagePoolLayer(layer, context)
    case 'global-average-pool':
      return globalAverageLayer(context)
    case 'flatten':
      return flattenLayer(context)
    case 'dropout':
      return dropoutLayer(context, layer.rate)
    case 'save':
      return saveLayer(branch(layer.as), context)
    case 'add':
      return addLayer(layer, branch(layer.from), context)
    case 'l2-normalize':
      return l2NormalizeLayer(context)
    default:
      return assertNever(layer)
  }
}
