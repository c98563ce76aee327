import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../../protocol/runSpec.ts'
import { buildNetwork } from '../../../server/training/models/build.ts'
import type { Network, Shape } from '../../../server/training/models/network.ts'
import { layerShapes, windowed } from '../../../server/training/models/shapes.ts'
import { initialState, initialWeights, parameterCount, weightSpecs } from '../../../server/training/models/weights.ts'

const mnist: Shape = { height: 28, width: 28, channels: 1 }
const emoji: Shape = { height: 32, width: 32, channels: 3 }

const models = {
  mlp: { architecture: 'mlp', embeddingSize: 64, hidden: [256, 128], dropout: 0 },
  conv: { architecture: 'conv', embeddingSize: 128, filters: [32, 64], batchNorm: false, dropout: 0 },
  residual: { architecture: 'residual', embeddingSize: 64, filters: [16, 32, 64], blocks: 2, dropout: 0.1 },
  linear: { architecture: 'linear', embeddingSize: 8 },
} as const satisfies Record<string, ModelSpec>

describe('a network from a model', () => {
  it('has the parameters that the same net has in PyTorch', () => {
    // sum(p.numel() for p in model.parameters()) of the two reference networks
    expect(parameterCount(buildNetwork(models.mlp, mnist, true))).toBe(
      784 * 256 + 256 + 256 * 128 + 128 + 128 * 64 + 64,
    )
    expect(parameterCount(buildNetwork(models.conv, mnist, true))).toBe(320 + 18496 + 3136 * 128 + 128)
  })

  it('halves the picture at every block of a conv net', () => {
    const shapes = layerShapes(buildNetwork(models.conv, emoji, true))
    expect(
      shapes.kind === 'shapes' && shapes.after.map(a => (a.kind === 'map' ? `${a.height}×${a.channels}` : a.size)),
    ).toEqual(['32×32', '32×32', '16×32', '16×64', '16×64', '8×64', 4096, 128, 128])
  })

  it('adds a projection wherever a residual stage changes the size', () => {
    const network = buildNetwork(models.residual, emoji, true)
    const projections = network.layers.flatMap(layer =>
      layer.type === 'add' && layer.project ? [layer.project.name] : [],
    )
    expect(projections).toEqual(['stage2block1project', 'stage3block1project'])
    expect(layerShapes(network).kind).toBe('shapes')
  })

  it('ends on the unit sphere only when asked to', () => {
    expect(buildNetwork(models.linear, mnist, false).layers.at(-1)?.type).toBe('dense')
    expect(buildNetwork(models.linear, mnist, true).layers.at(-1)?.type).toBe('l2-normalize')
  })

  it('flattens by itself before a dense layer of one’s own, and numbers the layers', () => {
    const network = buildNetwork(
      {
        architecture: 'layers',
        embeddingSize: 4,
        layers: [
          { type: 'conv', filters: 2, kernelSize: 5, stride: 2, padding: 'valid', bias: true },
          { type: 'depthwise', kernelSize: 3, stride: 1, padding: 'same', bias: true },
          { type: 'dense', units: 7 },
          { type: 'relu' },
          { type: 'dense', units: 6 },
        ],
      },
      mnist,
      false,
    )
    expect(weightSpecs(network).map(weight => `${weight.name} ${weight.shape.join('×')}`)).toEqual([
      'conv1/kernel 5×5×1×2',
      'conv1/bias 2',
      'depthwise1/kernel 3×3×2×1',
      'depthwise1/bias 2',
      'dense1/kernel 288×7',
      'dense1/bias 7',
      'dense2/kernel 7×6',
      'dense2/bias 6',
      'embedding/kernel 6×4',
      'embedding/bias 4',
    ])
  })
})

describe('what cannot work', () => {
  const problemOf = (network: Network): string | null => {
    const shapes = layerShapes(network)
    return shapes.kind === 'problem' ? shapes.message : null
  }

  it('says where a picture becomes too small', () => {
    const network = buildNetwork({ ...models.conv, filters: [4, 4, 4, 4, 4] }, mnist, true)
    expect(problemOf(network)).toMatch(
      /Nothing is left of the picture at layer max-pool: it gets 1×1 pixels and looks at 2×2/,
    )
    expect(() => parameterCount(network)).toThrow(/Nothing is left/)
  })

  it('says that a convolution cannot follow a dense layer', () => {
    const network = buildNetwork(
      {
        architecture: 'layers',
        embeddingSize: 4,
        layers: [
          { type: 'dense', units: 7 },
          { type: 'conv', filters: 2, kernelSize: 3, stride: 1, padding: 'same', bias: true },
        ],
      },
      mnist,
      false,
    )
    expect(problemOf(network)).toMatch(/conv1 needs a picture/)
  })

  it('says that a residual connection does not fit', () => {
    const base = buildNetwork(models.linear, mnist, false)
    const broken: Network = {
      ...base,
      layers: [
        { type: 'save', as: 'a' },
        { type: 'max-pool', size: 2, stride: 2, padding: 'valid' },
        { type: 'add', from: 'a', project: null },
        ...base.layers,
      ],
    }
    expect(problemOf(broken)).toMatch(/"a" do not have the size/)
    expect(problemOf({ ...base, layers: [{ type: 'add', from: 'b', project: null }, ...base.layers] })).toMatch(
      /Nothing was saved as "b"/,
    )
  })

  it('says that a dropout of one leaves nothing', () => {
    expect(problemOf(buildNetwork({ ...models.mlp, dropout: 1 }, mnist, true))).toMatch(/leaves nothing/)
  })
})

describe('windows', () => {
  it('cover the input exactly as TensorFlow’s padding says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        (input, size, stride) => {
          const { output, before, after } = windowed(input, size, stride, 'same')
          expect(output).toBe(Math.ceil(input / stride))
          expect(after - before === 0 || after - before === 1).toBe(true)
          // The last window ends at the last padded pixel, unless the stride leaves pixels over.
          expect((output - 1) * stride + size).toBeLessThanOrEqual(before + input + after)
          const valid = windowed(input, size, stride, 'valid').output
          expect((valid - 1) * stride + size).toBeLessThanOrEqual(input)
        },
      ),
    )
  })
})

describe('first weights', () => {
  const network = buildNetwork(models.conv, mnist, true)

  it('are the same for a seed and others for another', () => {
    const kernel = (seed: number): Float32Array | undefined => initialWeights(network, seed).get('conv2/kernel')?.data
    expect(kernel(1)).toEqual(kernel(1))
    expect(kernel(1)).not.toEqual(kernel(2))
    expect(kernel(1)).not.toEqual(kernel(1 + 2 ** 32))
  })

  it('have He’s spread before a rectifier and less before the embedding', () => {
    const weights = initialWeights(network, 3)
    const deviation = (name: string): number => {
      const data = weights.get(name)?.data ?? new Float32Array()
      return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length)
    }
    expect(deviation('conv2/kernel')).toBeCloseTo(Math.sqrt(2 / 288), 2)
    expect(deviation('embedding/kernel')).toBeCloseTo(Math.sqrt(1 / 3136), 3)
  })

  it('come with an empty optimizer in a whole state', () => {
    const adam = { name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const
    const state = initialState(network, adam, 1)
    expect(state.get('conv1/kernel/m')?.data.every(x => x === 0)).toBe(true)
    expect([...(state.get('optimizer/step')?.data ?? [])]).toEqual([0])
    expect(state.size).toBe(6 * 3 + 1)
  })
})
