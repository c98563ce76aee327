/** What every engine must do, whatever it runs on. Called by the test file of each engine. */
import { afterEach, describe, expect, it } from 'vitest'
import type { OptimizerSpec } from '../../../protocol/runSpec.ts'
import type {
  Embeddings,
  EngineKind,
  EngineOptions,
  EngineState,
  ImageBatch,
  TrainEngine,
} from '../../../server/training/engines/trainEngine.ts'
import { fillNormal, streamKey } from '../../../server/training/models/counterRandom.ts'
import type { Network } from '../../../server/training/models/network.ts'
import { initialState, weightSpecs } from '../../../server/training/models/weights.ts'
import { layerNetworks, wholeNetworks } from './networks.ts'
import { referenceForward, referenceGradient, type Weights } from './reference.ts'

const sgd = { name: 'sgd', learningRate: 1, momentum: 0, weightDecay: 0 } as const satisfies OptimizerSpec
const adam = {
  name: 'adam',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
} as const satisfies OptimizerSpec
const pictures = 6

function normals(count: number, name: string): Float32Array {
  const data = new Float32Array(count)
  fillNormal(data, streamKey(1, name), 1)
  return data
}

function batchOf(network: Network, count = pictures, name = 'pictures'): ImageBatch {
  const { height, width, channels } = network.input
  return { data: normals(count * height * width * channels, name), count }
}

/** A gradient callback that pulls every embedding towards a fixed point, and the losses that it saw. */
function regression(
  network: Network,
  count = pictures,
): { losses: number[]; gradientOf: (e: Embeddings) => Float32Array } {
  const target = normals(count * network.embeddingSize, 'target')
  const losses: number[] = []
  return {
    losses,
    gradientOf: ({ data }) => {
      const difference = data.map((value, i) => value - target[i])
      losses.push(difference.reduce((sum, value) => sum + (value * value) / 2 / count, 0))
      return difference.map(value => value / count)
    },
  }
}

/** Weights that no symmetry makes easy: biases and running statistics are not zero and one. */
function unevenState(network: Network, optimizer: OptimizerSpec): EngineState {
  const state = new Map(initialState(network, optimizer, 1))
  for (const { name, shape } of weightSpecs(network)) {
    const noise = normals(state.get(name)?.data.length ?? 0, name)
    if (/bias|beta|movingMean/.test(name)) state.set(name, { shape, data: noise.map(x => 0.3 * x) })
    if (/gamma|movingVariance/.test(name)) state.set(name, { shape, data: noise.map(x => Math.exp(0.3 * x)) })
  }
  return state
}

function momentumOf(network: Network): number {
  return network.layers.find(layer => layer.type === 'batch-norm')?.momentum ?? 0
}

function doubles(network: Network, state: EngineState): Weights {
  return new Map(weightSpecs(network).map(({ name }) => [name, Float64Array.from(state.get(name)?.data ?? [])]))
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  let scale = 0.05
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]))
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / scale
    if (!(error <= tolerance)) expect.fail(`${what}[${i}]: ${actual[i]} instead of ${expected[i]}`)
  }
}

function sameState(a: EngineState, b: EngineState): void {
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
  for (const [name, { data }] of a) {
    const bits = (x: Float32Array | undefined): Uint8Array => new Uint8Array(x?.slice().buffer ?? new ArrayBuffer(0))
    expect(Buffer.compare(bits(data), bits(b.get(name)?.data)), name).toBe(0)
  }
}

/** @param reference the engine whose losses over 100 steps the tested one has to reproduce; `null`: none to compare with */
export function engineConformance(kind: EngineKind, reference: EngineKind | null): void {
  const engines: TrainEngine[] = []
  async function create(
    network: Network,
    options: Partial<EngineOptions> = {},
    of: EngineKind = kind,
  ): Promise<TrainEngine> {
    const engine = await of.create({
      network,
      optimizer: sgd,
      seed: 1,
      clipNorm: null,
      batchSize: pictures,
      threads: 1,
      ...options,
    })
    engines.push(engine)
    return engine
  }
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.dispose()
  })

  describe.each(Object.entries({ ...layerNetworks, ...wholeNetworks }))(`${kind.id}: %s`, (_, network) => {
    const batch = batchOf(network)
    const state = unevenState(network, sgd)
    const weights = doubles(network, state)

    it('embeds as the definition says', async () => {
      const engine = await create(network)
      await engine.importState(state)
      const embeddings = await engine.embed(batch)
      const expected = referenceForward(network, weights, batch.data, pictures, { training: false, seed: 1, step: 0 })
      expectClose(embeddings.data, expected, 1e-5, 'embeddings')
    })

    it('has the gradients of finite differences', async () => {
      const engine = await create(network)
      await engine.importState(state)
      const towards = normals(pictures * network.embeddingSize, 'towards')
      const statistics = new Map<string, Float64Array>()
      const mode = { training: true, seed: 1, step: 0 }
      const expected = referenceForward(network, weights, batch.data, pictures, { ...mode, statistics })
      // With plain SGD the gradient is the change of the weight; a large rate keeps its digits.
      const rate = 1024
      const norm = await engine.step(
        batch,
        embeddings => {
          expectClose(embeddings.data, expected, 1e-5, 'embeddings in training')
          return towards
        },
        rate,
      )
      const after = await engine.exportState()
      let squares = 0
      for (const { name, trainable } of weightSpecs(network)) {
        const before = state.get(name)?.data ?? new Float32Array()
        const now = after.get(name)?.data ?? new Float32Array()
        if (trainable) {
          const gradient = referenceGradient(network, weights, name, batch.data, pictures, towards, mode)
          squares += gradient.reduce((sum, x) => sum + x * x, 0)
          expectClose(
            now.map((value, i) => (before[i] - value) / rate),
            gradient,
            2e-5,
            name,
          )
        } else {
          const batchValue = statistics.get(name) ?? new Float64Array()
          const momentum = momentumOf(network)
          const moved = Float64Array.from(before, (old, i) => momentum * old + (1 - momentum) * batchValue[i])
          expectClose(now, moved, 1e-5, name)
        }
      }
      expect(norm / Math.sqrt(squares)).toBeCloseTo(1, 4)
    })
  })

  describe.each(Object.entries(wholeNetworks))(`${kind.id}: training of %s`, (_, network) => {
    const batch = batchOf(network)

    if (reference)
      it('has the reference’s losses over 100 steps', async () => {
        const run = async (of: EngineKind): Promise<number[]> => {
          const engine = await create(network, { optimizer: adam }, of)
          const { losses, gradientOf } = regression(network)
          for (let step = 0; step < 100; step++) await engine.step(batch, gradientOf, 1e-3)
          return losses
        }
        const [mine, theirs] = [await run(kind), await run(reference)]
        mine.forEach((loss, step) => expect(Math.abs(loss - theirs[step]), `loss at step ${step}`).toBeLessThan(1e-4))
        expect(mine[99]).toBeLessThan(mine[0])
      })

    it('goes on from its state bit for bit, in an engine of any seed history', async () => {
      for (const optimizer of [adam, { ...sgd, momentum: 0.9, weightDecay: 0.1 }]) {
        const { gradientOf } = regression(network)
        const train = async (engine: TrainEngine): Promise<void> => {
          for (let step = 0; step < 4; step++) await engine.step(batch, gradientOf, 1e-3)
        }
        const whole = await create(network, { optimizer })
        await train(whole)
        const half = await whole.exportState()
        await train(whole)
        const resumed = await create(network, { optimizer })
        await train(resumed)
        await resumed.importState(half)
        sameState(await resumed.exportState(), half)
        await train(resumed)
        sameState(await resumed.exportState(), await whole.exportState())
      }
    })

    it('is repeated by the same seed and not by another', async () => {
      const run = async (seed: number): Promise<EngineState> => {
        const engine = await create(network, { optimizer: adam, seed })
        const { gradientOf } = regression(network)
        for (let step = 0; step < 3; step++) await engine.step(batch, gradientOf, 1e-3)
        return engine.exportState()
      }
      sameState(await run(5), await run(5))
      const other = await run(6)
      expect(other.get('embedding/kernel')?.data).not.toEqual((await run(5)).get('embedding/kernel')?.data)
    })
  })

  describe(`${kind.id}: optimizers`, () => {
    const network = wholeNetworks['linear']
    // Without the sphere the gradient of a linear net does not depend on its weights, so every step is known beforehand.
    const linear: Network = { ...network, layers: network.layers.filter(layer => layer.type !== 'l2-normalize') }
    const batch = batchOf(linear)
    const towards = normals(pictures * linear.embeddingSize, 'towards')
    const inputs = batch.data.length / pictures

    function kernelGradient(): Float64Array {
      const gradient = new Float64Array(inputs * linear.embeddingSize)
      for (let n = 0; n < pictures; n++)
        for (let i = 0; i < inputs; i++)
          for (let o = 0; o < linear.embeddingSize; o++)
            gradient[i * linear.embeddingSize + o] += batch.data[n * inputs + i] * towards[n * linear.embeddingSize + o]
      return gradient
    }

    it('Adam moves as AdamW of PyTorch', async () => {
      const engine = await create(linear, { optimizer: adam })
      const kernel = (s: EngineState): Float32Array => s.get('embedding/kernel')?.data ?? new Float32Array()
      const w = Float64Array.from(kernel(await engine.exportState()))
      const m = new Float64Array(w.length)
      const v = new Float64Array(w.length)
      const g = kernelGradient()
      for (let t = 1; t <= 12; t++) {
        const rate = 0.01 / t
        await engine.step(batch, () => towards, rate)
        for (let i = 0; i < w.length; i++) {
          w[i] -= rate * 0.01 * w[i]
          m[i] = 0.9 * m[i] + 0.1 * g[i]
          v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i]
          w[i] -= (rate * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8)
        }
      }
      expectClose(kernel(await engine.exportState()), w, 1e-5, 'kernel')
    })

    it('SGD gathers momentum as in PyTorch', async () => {
      const engine = await create(linear, { optimizer: { ...sgd, momentum: 0.9, weightDecay: 0.1 } })
      const kernel = (s: EngineState): Float32Array => s.get('embedding/kernel')?.data ?? new Float32Array()
      const w = Float64Array.from(kernel(await engine.exportState()))
      const velocity = new Float64Array(w.length)
      const g = kernelGradient()
      for (let t = 1; t <= 8; t++) {
        await engine.step(batch, () => towards, 0.01)
        for (let i = 0; i < w.length; i++) {
          velocity[i] = 0.9 * velocity[i] + g[i]
          w[i] = w[i] * (1 - 0.01 * 0.1) - 0.01 * velocity[i]
        }
      }
      expectClose(kernel(await engine.exportState()), w, 1e-5, 'kernel')
    })

    it('weight decay pulls at kernels and leaves biases', async () => {
      const engine = await create(linear, { optimizer: { ...adam, weightDecay: 0.5 } })
      const state = unevenState(linear, adam)
      await engine.importState(state)
      await engine.step(batch, ({ data }) => new Float32Array(data.length), 0.1)
      const after = await engine.exportState()
      const kernel = state.get('embedding/kernel')?.data ?? new Float32Array()
      expectClose(
        after.get('embedding/kernel')?.data ?? [],
        kernel.map(x => x * 0.95),
        1e-6,
        'kernel',
      )
      expect(after.get('embedding/bias')?.data).toEqual(state.get('embedding/bias')?.data)
    })

    it('clips the whole gradient, and reports its norm before that', async () => {
      const free = await create(linear)
      const before = await free.exportState()
      const norm = await free.step(batch, () => towards, 1)
      const clipped = await create(linear, { clipNorm: norm / 10 })
      expect(await clipped.step(batch, () => towards, 1)).toBeCloseTo(norm, 3)
      const after = await clipped.exportState()
      let squares = 0
      for (const { name } of weightSpecs(linear)) {
        const start = before.get(name)?.data ?? new Float32Array()
        after.get(name)?.data.forEach((value, i) => (squares += (value - start[i]) ** 2))
      }
      expect(Math.sqrt(squares) / (norm / 10)).toBeCloseTo(1, 4)
    })

    it('lets moments fade to zero, not to denormals', async () => {
      const engine = await create(linear, { optimizer: { ...adam, beta1: 0.5, beta2: 0.5 } })
      await engine.step(batch, () => towards, 1e-3)
      const zeros = new Float32Array(towards.length)
      for (let step = 0; step < 140; step++) await engine.step(batch, () => zeros, 1e-3)
      const m = (await engine.exportState()).get('embedding/kernel/m')?.data ?? new Float32Array([1])
      expect(m.every(value => value === 0)).toBe(true)
    })
  })

  describe(`${kind.id}: batches and states`, () => {
    const network = wholeNetworks['conv with batch norm']

    it('embeds any number of pictures the same way, in results that stay', async () => {
      const engine = await create(network)
      const many = batchOf(network, 300)
      const all = await engine.embed(many)
      const kept = all.data.slice()
      const size = many.data.length / 300
      for (const [from, count] of [
        [0, 1],
        [5, 17],
        [255, 45],
      ]) {
        const part = await engine.embed({ data: many.data.slice(from * size), count })
        expectClose(
          part.data,
          kept.slice(from * network.embeddingSize, (from + count) * network.embeddingSize),
          1e-5,
          'part',
        )
      }
      expect((await engine.embed({ data: many.data, count: 0 })).data.length).toBe(0)
      expect(all.data).toEqual(kept)
    })

    it('reads only the pictures that the batch counts', async () => {
      const long = batchOf(network, pictures + 3)
      const run = async (batch: ImageBatch): Promise<EngineState> => {
        const engine = await create(network)
        await engine.step(batch, regression(network).gradientOf, 0.01)
        return engine.exportState()
      }
      sameState(await run({ data: long.data, count: pictures }), await run({ ...batchOf(network), count: pictures }))
    })

    it('embedding does not change the training', async () => {
      const train = async (disturb: boolean): Promise<EngineState> => {
        const engine = await create(network, { optimizer: adam })
        for (let step = 0; step < 3; step++) {
          if (disturb) await engine.embed(batchOf(network, 9, 'other'))
          await engine.step(batchOf(network), regression(network).gradientOf, 1e-3)
        }
        return engine.exportState()
      }
      sameState(await train(true), await train(false))
    })

    it('an error in the callback is the caller’s, and leaves the engine usable', async () => {
      const engine = await create(network)
      const before = doubles(network, await engine.exportState()).get('embedding/kernel')
      const failing = engine.step(
        batchOf(network),
        () => {
          throw new Error('mining failed')
        },
        0.1,
      )
      await expect(failing).rejects.toThrow('mining failed')
      expect(doubles(network, await engine.exportState()).get('embedding/kernel')).toEqual(before)
      await engine.step(batchOf(network), regression(network).gradientOf, 0.1)
    })

    it('refuses a state of another network, naming the tensor', async () => {
      const engine = await create(network)
      const state = new Map(await engine.exportState())
      state.set('conv2/kernel', { shape: [1], data: new Float32Array(1) })
      await expect(engine.importState(state)).rejects.toThrow(/conv2\/kernel/)
      state.delete('conv2/kernel')
      await expect(engine.importState(state)).rejects.toThrow(/conv2\/kernel/)
    })

    it('says which engine it is, with versions', async () => {
      const engine = await create(network)
      expect(engine.id).toBe(kind.id)
      expect(Object.keys(engine.versions).length).toBeGreaterThan(0)
      expect(await kind.unusable(network)).toBeNull()
    })
  })
}
