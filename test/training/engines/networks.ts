/** Small networks that together use every layer in every way, for the tests of engines. */
import type { ModelSpec } from '../../../protocol/runSpec.ts'
import { buildNetwork } from '../../../server/training/models/build.ts'
import type { Layer, Network, Padding, Shape } from '../../../server/training/models/network.ts'

const odd: Shape = { height: 7, width: 6, channels: 3 }
const tiny: Shape = { height: 5, width: 4, channels: 2 }
const embedding: Layer = { type: 'dense', name: 'embedding', units: 4, bias: true }

function through(input: Shape, ...layers: Layer[]): Network {
  return { input, layers: [...layers, { type: 'flatten' }, embedding], embeddingSize: 4 }
}

function conv(name: string, filters: number, kernelSize: number, stride: number, padding: Padding, bias = true): Layer {
  return { type: 'conv', name, filters, kernelSize, stride, padding, bias }
}

function depthwise(kernelSize: number, stride: number, padding: Padding): Layer {
  return { type: 'depthwise', name: 'depthwise', kernelSize, stride, padding, bias: true }
}

function norm(name = 'norm'): Layer {
  return { type: 'batch-norm', name, momentum: 0.8, epsilon: 1e-3 }
}

/** A first convolution, so that what follows has to hand a gradient through. */
const first = conv('first', 4, 3, 1, 'same')

/** One layer at a time, behind a convolution and before a dense layer. */
export const layerNetworks: Readonly<Record<string, Network>> = {
  dense: through(tiny, { type: 'flatten' }, { type: 'dense', name: 'dense', units: 5, bias: true }),
  'dense without bias': through(tiny, { type: 'flatten' }, { type: 'dense', name: 'dense', units: 5, bias: false }),
  'conv 3×3 same': through(odd, first, conv('conv', 5, 3, 1, 'same')),
  'conv 3×3 same stride 2': through(odd, first, conv('conv', 5, 3, 2, 'same')),
  'conv 3×3 valid stride 2': through(odd, first, conv('conv', 3, 3, 2, 'valid', false)),
  'conv 5×5 valid': through(odd, first, conv('conv', 2, 5, 1, 'valid')),
  'conv 5×5 same stride 3': through(odd, first, conv('conv', 2, 5, 3, 'same')),
  'conv 1×1': through(odd, first, conv('conv', 6, 1, 1, 'valid')),
  'conv 1×1 stride 2': through(odd, first, conv('conv', 6, 1, 2, 'same')),
  'conv 2×2 same': through(odd, first, conv('conv', 3, 2, 1, 'same')),
  'conv of 17 filters': through(tiny, first, conv('conv', 17, 3, 1, 'same')),
  'depthwise 3×3': through(odd, first, depthwise(3, 1, 'same')),
  'depthwise 3×3 stride 2': through(odd, first, depthwise(3, 2, 'same')),
  'depthwise 5×5 valid': through(odd, first, depthwise(5, 1, 'valid')),
  'batch norm of pictures': through(tiny, first, norm()),
  'batch norm of rows': through(
    tiny,
    { type: 'flatten' },
    { type: 'dense', name: 'dense', units: 5, bias: true },
    norm(),
  ),
  relu: through(tiny, first, { type: 'relu' }),
  'leaky relu': through(tiny, first, { type: 'leaky-relu', slope: 0.2 }),
  'relu 6': through(tiny, first, norm(), { type: 'relu6' }),
  'max pool 2': through(odd, first, { type: 'max-pool', size: 2, stride: 2, padding: 'valid' }),
  'max pool 3 stride 2 same': through(odd, first, { type: 'max-pool', size: 3, stride: 2, padding: 'same' }),
  'average pool 2': through(odd, first, { type: 'average-pool', size: 2, stride: 2, padding: 'valid' }),
  'average pool 3 stride 2 same': through(odd, first, { type: 'average-pool', size: 3, stride: 2, padding: 'same' }),
  'global average pool': {
    input: odd,
    layers: [first, { type: 'global-average-pool' }, embedding],
    embeddingSize: 4,
  },
  dropout: through(tiny, first, { type: 'dropout', rate: 0.4 }),
  'residual connection': through(
    tiny,
    first,
    { type: 'save', as: 'a' },
    conv('inner', 4, 3, 1, 'same'),
    { type: 'relu' },
    { type: 'add', from: 'a', project: null },
    { type: 'add', from: 'a', project: null },
  ),
  'residual connection with projection': through(
    odd,
    first,
    { type: 'save', as: 'a' },
    conv('inner', 5, 3, 2, 'same'),
    { type: 'add', from: 'a', project: { name: 'project', filters: 5, stride: 2 } },
  ),
  'projection of the picture itself': through(
    tiny,
    { type: 'save', as: 'a' },
    { type: 'relu' },
    { type: 'add', from: 'a', project: { name: 'project', filters: 2, stride: 1 } },
    norm(),
  ),
  'unit sphere': {
    input: tiny,
    layers: [first, { type: 'flatten' }, embedding, { type: 'l2-normalize' }],
    embeddingSize: 4,
  },
}

const models: Readonly<Record<string, ModelSpec>> = {
  linear: { architecture: 'linear', embeddingSize: 5 },
  mlp: { architecture: 'mlp', embeddingSize: 4, hidden: [21, 14], dropout: 0.2 },
  conv: { architecture: 'conv', embeddingSize: 4, filters: [3, 5], batchNorm: false, dropout: 0 },
  'conv with batch norm': { architecture: 'conv', embeddingSize: 4, filters: [3, 5], batchNorm: true, dropout: 0.2 },
  residual: { architecture: 'residual', embeddingSize: 4, filters: [3, 4], blocks: 2, dropout: 0 },
}

/** The catalog's architectures, small. */
export const wholeNetworks: Readonly<Record<string, Network>> = Object.fromEntries(
  Object.entries(models).map(([name, model]) => [
    name,
    buildNetwork(model, { height: 8, width: 8, channels: 2 }, true),
  ]),
)
