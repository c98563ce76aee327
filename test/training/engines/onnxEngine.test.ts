import { afterEach, describe, expect, it } from 'vitest'
import type { OptimizerSpec } from '../../../protocol/runSpec.ts'
import { pairwiseDistances } from '../../../server/core/distances/pairwise.ts'
import { onnxKind } from '../../../server/training/engines/onnx/onnxEngine.ts'
import { tfjsCpu, tfjsWasm } from '../../../server/training/engines/tfjs/kinds.ts'
import type { EngineKind, EngineState, TrainEngine } from '../../../server/training/engines/trainEngine.ts'
import { fillNormal, streamKey } from '../../../server/training/models/counterRandom.ts'
import type { Layer, Network, Padding } from '../../../server/training/models/network.ts'
import { engineConformance } from './conformance.ts'
import { layerNetworks, wholeNetworks } from './networks.ts'

engineConformance(onnxKind, tfjsCpu)

describe('blocks of pictures', () => {
  const pictures = 12
  const conv = (name: string, filters: number, kernelSize: number, stride: number, padding: Padding): Layer => {
    return { type: 'conv', name, filters, kernelSize, stride, padding, bias: true }
  }
  const pool: Layer = { type: 'max-pool', size: 2, stride: 2, padding: 'valid' }
  const networkOf = (height: number, width: number, ...layers: Layer[]): Network => ({
    input: { height, width, channels: 1 },
    layers: [...layers, { type: 'global-average-pool' }, { type: 'dense', name: 'embedding', units: 4, bias: true }],
    embeddingSize: 4,
  })
  // More than one block may have, with and without a pool behind the convolution.
  const columns = networkOf(
    24,
    24,
    conv('one', 16, 3, 1, 'same'),
    { type: 'relu' },
    conv('two', 16, 3, 1, 'same'),
    { type: 'relu' },
    pool,
    conv('three', 48, 5, 2, 'same'),
  )
  // 3 × 3 at stride 1 with many weights goes by tiles, cut off at the border of an odd picture.
  const tiles = networkOf(
    17,
    16,
    conv('one', 32, 3, 1, 'same'),
    conv('two', 64, 3, 1, 'same'),
    { type: 'relu' },
    pool,
    conv('three', 36, 3, 1, 'valid'),
    conv('four', 64, 3, 1, 'valid'),
  )

  it.each(Object.entries({ columns, tiles }))(
    'add up to the gradients of the whole batch, by %s',
    async (_, network) => {
      const optimizer = { name: 'sgd', learningRate: 1, momentum: 0, weightDecay: 0 } as const
      const { height, width } = network.input
      const data = new Float32Array(pictures * height * width)
      fillNormal(data, 7, 1)
      const run = async (kind: EngineKind, threads: number): Promise<{ state: EngineState; codes: Float32Array }> => {
        const engine = await kind.create({ network, optimizer, seed: 1, clipNorm: null, batchSize: pictures, threads })
        const { data: codes } = await engine.embed({ data, count: pictures })
        await engine.step({ data, count: pictures }, ({ data: trained }) => trained.map((_, i) => (i % 5) - 2), 1)
        const state = await engine.exportState()
        engine.dispose()
        return { state, codes }
      }
      const expected = await run(tfjsWasm, 1)
      for (const threads of [1, 2]) {
        const { state, codes } = await run(onnxKind, threads)
        for (const [name, { data: theirs }] of [...expected.state, ['codes', { data: expected.codes }] as const]) {
          const mine = name === 'codes' ? codes : (state.get(name)?.data ?? new Float32Array())
          theirs.forEach((value, i) => {
            if (!(Math.abs(value - mine[i]) < 1e-4)) expect.fail(`${name}[${i}]: ${mine[i]} instead of ${value}`)
          })
        }
      }
    },
    60_000,
  )
})

describe('distances', () => {
  it.each([1, 2, 3])('are those of the embeddings, measured by %i threads', async threads => {
    const network = wholeNetworks['mlp']
    const optimizer = { name: 'sgd', learningRate: 1, momentum: 0, weightDecay: 0 } as const
    const engine = await onnxKind.create({ network, optimizer, seed: 1, clipNorm: null, batchSize: 9, threads })
    const { height, width, channels } = network.input
    const data = new Float32Array(9 * height * width * channels)
    fillNormal(data, 3, 1)
    for (const count of [1, 2, 5, 8, 9]) {
      // The first picture twice: what is equal is exactly 0 apart.
      if (count === 9) data.copyWithin(8 * (data.length / 9), 0, data.length / 9)
      await engine.step(
        { data, count },
        ({ data: codes, size, squaredDistances }) => {
          const measured = new Float64Array(count * count)
          pairwiseDistances('squared-euclidean', codes, count, size, measured)
          expect(squaredDistances?.length).toBe(count * count)
          squaredDistances?.forEach((value, i) => {
            expect(Math.abs(value - measured[i])).toBeLessThanOrEqual(1e-6 * measured[i])
          })
          return new Float32Array(count * size)
        },
        0,
      )
    }
    engine.dispose()
  })
})

describe('threads', () => {
  const engines: TrainEngine[] = []
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.dispose()
  })

  const adam = {
    name: 'adam',
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-3,
    weightDecay: 0.01,
  } as const

  async function train(
    network: Network,
    threads: number,
    counts: readonly number[],
    { clipNorm = 5, optimizer = adam, norms = [] }: Partial<Training> = {},
  ): Promise<EngineState> {
    const engine = await onnxKind.create({ network, optimizer, seed: 1, clipNorm, batchSize: 6, threads })
    engines.push(engine)
    const { height, width, channels } = network.input
    const data = new Float32Array(6 * height * width * channels)
    for (const [step, count] of counts.entries()) {
      fillNormal(data, streamKey(step, 'pictures'), 1)
      const norm = await engine.step({ data, count }, ({ data: codes }) => codes.map((code, i) => code - (i % 3)), 1e-2)
      expect(norm).toBeGreaterThan(0)
      norms.push(norm)
    }
    return engine.exportState()
  }
  interface Training {
    readonly clipNorm: number | null
    readonly optimizer: OptimizerSpec
    /** Gets the norm of each step's gradient. */
    readonly norms: number[]
  }

  function expectAlike(one: EngineState, other: EngineState): void {
    for (const [name, { data }] of one) {
      const theirs = other.get(name)?.data ?? new Float32Array()
      data.forEach((value, i) => {
        if (!(Math.abs(value - theirs[i]) < 2e-5)) expect.fail(`${name}[${i}]: ${value} and ${theirs[i]}`)
      })
    }
  }

  const networks = { ...wholeNetworks, 'batch norm of rows': layerNetworks['batch norm of rows'] }
  // Six pictures for four threads: their parts differ, and with two pictures some have none.
  it.each(Object.entries(networks))('share the work of %s and change nothing but rounding', async (_, network) => {
    const [one, four] = [await train(network, 1, [6, 2, 5]), await train(network, 4, [6, 2, 5])]
    expectAlike(one, four)
  })

  const momentum = { name: 'sgd', learningRate: 1e-2, momentum: 0.9, weightDecay: 0.01 } as const
  it.each([
    { optimizer: adam, clipNorm: null },
    { optimizer: momentum, clipNorm: null },
    { optimizer: momentum, clipNorm: 0.5 },
  ])('add up their gradients alike: $optimizer.name, clipped at $clipNorm', async how => {
    for (const network of [wholeNetworks['mlp'], wholeNetworks['conv with batch norm']]) {
      const norms: number[][] = [[], []]
      const states = [
        await train(network, 1, [6, 2, 5], { ...how, norms: norms[0] }),
        await train(network, 3, [6, 2, 5], { ...how, norms: norms[1] }),
      ]
      norms[0].forEach((norm, i) => {
        expect(Math.abs(norms[1][i] / norm - 1)).toBeLessThan(1e-4)
      })
      expectAlike(states[0], states[1])
    }
  })

  it('give the same bits every time', async () => {
    const network = wholeNetworks['conv with batch norm']
    const [one, two] = [await train(network, 3, [6, 6, 6]), await train(network, 3, [6, 6, 6])]
    for (const [name, { data }] of one) expect(two.get(name)?.data, name).toEqual(data)
  })

  it('all stop at an error of the caller, and go on after it', async () => {
    const network = wholeNetworks['mlp']
    const engine = await onnxKind.create({
      network,
      optimizer: adam,
      seed: 1,
      clipNorm: null,
      batchSize: 6,
      threads: 3,
    })
    engines.push(engine)
    const batch = { data: new Float32Array(6 * 128).fill(0.5), count: 6 }
    const before = await engine.exportState()
    const failing = engine.step(batch, () => {
      throw new Error('no triplets')
    }, 1) // prettier-ignore
    await expect(failing).rejects.toThrow('no triplets')
    expect(await engine.exportState()).toEqual(before)
    await engine.step(batch, ({ data }) => data.slice(), 1e-2)
    expect(await engine.exportState()).not.toEqual(before)
  })
})
