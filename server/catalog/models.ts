/** Network architectures and the layers that they are made of. */
import {
  count,
  fraction,
  nonNegative,
  positive,
  type NumberSetting,
  type Option,
  type VariantSetting,
} from './entry.ts'
import type { LayerSpec, ModelSpec } from '../../protocol/runSpec.ts'
import { cite, papers } from './papers.ts'

const whole = (summary: string, preset?: number, tries?: readonly number[]): NumberSetting => ({
  kind: 'number',
  integer: true,
  range: count,
  summary,
  ...(preset === undefined ? {} : { default: preset }),
  ...(tries === undefined ? {} : { tries }),
})

const embeddingSize: NumberSetting = {
  ...whole('Numbers in an embedding. More than a few hundred rarely help.', 64, [32, 64, 128]),
  symbol: 'dim',
  aliases: ['embedding', 'embeddingDim', 'dim', 'dimensions', 'outputSize'],
}

const dropout: NumberSetting = {
  kind: 'number',
  integer: false,
  range: { min: 0, max: 1, open: 'max' },
  default: 0,
  tries: [0, 0.1, 0.25, 0.5],
  summary: 'Share of activations set to zero before the last layer, while training.',
  citation: papers.dropout,
}

const list = (summary: string, item: string, preset: readonly number[], aliases: readonly string[]) =>
  ({ kind: 'list', minItems: 1, default: preset, summary, aliases, item: whole(item) }) as const

const padding = {
  kind: 'choice',
  default: 'same',
  summary: 'What happens at the border.',
  choices: {
    same: { summary: 'The picture is padded with zeros: its size only shrinks by the stride.' },
    valid: { summary: 'No padding: the picture loses kernelSize − 1 pixels each way.', aliases: ['none'] },
  },
} as const
const stride = whole('Pixels from one window to the next.', 1, [1, 2])
const poolSize = whole('Pixels in a window, each way.', 2)
const poolStride = whole('Pixels from one window to the next.', 2)
const kernelSize = whole('Pixels in a window, each way.', 3, [3, 5])
const bias = { kind: 'boolean', default: true, summary: 'Whether a constant is added to each output.' } as const

export const layers = {
  dense: {
    summary: 'Every output sees every input.',
    aliases: ['linear', 'fc', 'fullyConnected'],
    properties: { units: { ...whole('Outputs.'), aliases: ['size', 'outputs'] } },
  },
  conv: {
    summary: 'Convolution.',
    aliases: ['conv2d', 'convolution'],
    properties: {
      filters: { ...whole('Channels that come out.'), aliases: ['channels'] },
      kernelSize,
      stride,
      padding,
      bias,
    },
  },
  depthwise: {
    summary: 'Convolution of each channel on its own.',
    citation: cite(papers.mobileNets, '§3.1'),
    aliases: ['depthwiseConv2d'],
    properties: { kernelSize, stride, padding, bias },
  },
  'batch-norm': {
    summary: 'Brings each channel to mean 0 and variance 1 over the batch.',
    citation: papers.batchNorm,
    aliases: ['batchNormalization', 'bn'],
    properties: {
      momentum: {
        kind: 'number',
        integer: false,
        range: fraction,
        default: 0.9,
        summary: 'Share of the running mean that stays at each step.',
      },
      epsilon: { kind: 'number', integer: false, range: positive, default: 1e-5, summary: 'Added to the variance.' },
    },
  },
  relu: { summary: 'max(0, x).', properties: {} },
  'leaky-relu': {
    summary: 'x above zero, a small slope below.',
    properties: {
      slope: { kind: 'number', integer: false, range: nonNegative, default: 0.1, summary: 'The slope below zero.' },
    },
  },
  relu6: { summary: 'min(6, max(0, x)).', properties: {} },
  'max-pool': {
    summary: 'The largest value of each window.',
    aliases: ['maxPool2d', 'maxPooling2d'],
    properties: { size: poolSize, stride: poolStride },
  },
  'average-pool': {
    summary: 'The mean of each window.',
    aliases: ['avgPool2d', 'averagePooling2d', 'avg-pool'],
    properties: { size: poolSize, stride: poolStride },
  },
  'global-average-pool': {
    summary: 'The mean of each channel over the whole picture.',
    aliases: ['globalAveragePooling2d', 'gap'],
    properties: {},
  },
  flatten: { summary: 'All values in one row.', properties: {} },
  dropout: {
    summary: 'Sets a share of the activations to zero, while training.',
    citation: papers.dropout,
    properties: {
      rate: {
        kind: 'number',
        integer: false,
        range: { min: 0, max: 1, open: 'max' },
        default: 0.25,
        summary: 'The share set to zero.',
        aliases: ['p'],
      },
    },
  },
} as const satisfies Record<LayerSpec['type'], Option>

export const architectures = {
  conv: {
    summary:
      'Blocks of 3×3 convolution, ReLU and 2×2 max-pooling, then one dense layer. The default for small pictures.',
    aliases: ['cnn', 'convnet'],
    properties: {
      embeddingSize,
      filters: list('Channels of each block; each halves the picture.', 'Channels of a block.', [32, 64], ['channels']),
      batchNorm: {
        kind: 'boolean',
        default: false,
        summary: 'Batch normalisation after each convolution.',
        citation: papers.batchNorm,
        aliases: ['batchNormalization', 'bn'],
      },
      dropout,
    },
  },
  mlp: {
    summary: 'Dense layers with ReLU. Fast; knows nothing of neighbouring pixels.',
    aliases: ['dense', 'fully-connected'],
    properties: {
      embeddingSize,
      hidden: list(
        'Units of each hidden layer.',
        'Units of a layer.',
        [256, 128],
        ['hiddenLayers', 'hiddenSizes', 'units'],
      ),
      dropout,
    },
  },
  residual: {
    summary: 'Convolutions with shortcuts around every two of them and batch normalisation: deeper, slower, stronger.',
    citation: cite(papers.residual, '§3'),
    aliases: ['resnet'],
    properties: {
      embeddingSize,
      filters: list(
        'Channels of each stage; each stage after the first halves the picture.',
        'Channels of a stage.',
        [32, 64, 128],
        ['channels'],
      ),
      // ResNet-1202, the deepest of its paper, has 200 in a stage; a slip of the hand may not build a million.
      blocks: { ...whole('Residual blocks in each stage.', 1, [1, 2]), range: { min: 1, max: 200 } },
      dropout,
    },
  },
  linear: {
    summary: 'One dense layer from the pixels: a learned Mahalanobis distance, the baseline.',
    properties: { embeddingSize },
  },
  layers: {
    summary: 'Your own list of layers; a dense layer to the embedding follows the last.',
    aliases: ['custom', 'sequential'],
    properties: {
      embeddingSize,
      layers: {
        kind: 'list',
        minItems: 1,
        summary: 'The layers, from the picture on.',
        item: { kind: 'variant', tag: 'type', options: layers, summary: 'One layer.' },
      },
    },
  },
} as const satisfies Record<ModelSpec['architecture'], Option>

export const model: VariantSetting = {
  kind: 'variant',
  tag: 'architecture',
  options: architectures,
  default: 'conv',
  tries: ['mlp', 'conv', 'residual'],
  summary: 'The network that turns a picture into an embedding.',
  aliases: ['network', 'net', 'backbone', 'trunk'],
}
