/**
 * No engine changes a result: what the catalog offers trains the same on each of them, but for rounding. Triplets are
 * mined from each engine's own embeddings, so that what a little noise could tip over would show.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import { distances, reducers } from '../../../server/catalog/losses.ts'
import { miners } from '../../../server/catalog/miners.ts'
import { architectures } from '../../../server/catalog/models.ts'
import { optimizers } from '../../../server/catalog/optimizers.ts'
import { createObjective } from '../../../server/core/objective.ts'
import { Random } from '../../../server/core/random.ts'
import { parseExperiment } from '../../../server/experiment/parse.ts'
import { resolveExperiment } from '../../../server/experiment/resolve.ts'
import { onnxKind } from '../../../server/training/engines/onnx/onnxEngine.ts'
import { tfjsCpu, tfjsWasm } from '../../../server/training/engines/tfjs/kinds.ts'
import type { EngineKind, TrainEngine } from '../../../server/training/engines/trainEngine.ts'
import { fillNormal, streamKey } from '../../../server/training/models/counterRandom.ts'
import { buildNetwork } from '../../../server/training/models/build.ts'

const shape = { height: 8, width: 8, channels: 2 }
const classes = 4
const samplesPerClass = 3
const batchSize = classes * samplesPerClass
const steps = 15

const models: Record<keyof typeof architectures, object> = {
  linear: {},
  mlp: { hidden: [12, 9] },
  conv: { filters: [3, 5], batchNorm: true },
  residual: { filters: [3, 4], blocks: 1 },
  layers: { layers: [{ type: 'depthwise' }, { type: 'conv', filters: 4, stride: 2 }, 'relu', 'global-average-pool'] },
}

interface Choice {
  readonly architecture?: string
  readonly optimizer?: string
  readonly mining?: string
  readonly loss?: object
}

/**
 * With every default written out, as a run would have it. By plain gradient descent where nothing else is asked for:
 * Adam's first steps are as long for a gradient that is nothing but rounding as for any other.
 */
function specOf({ architecture = 'conv', optimizer = 'sgd', mining = 'semi-hard', loss = {} }: Choice): RunSpec {
  const model = { architecture, embeddingSize: 6, ...Object.entries(models).find(([id]) => id === architecture)?.[1] }
  const file = {
    dataset: 'emoji',
    batch: { classes, samplesPerClass },
    model,
    optimizer: { name: optimizer, learningRate: 0.01 },
    mining,
    loss: { margin: 0.3, ...loss },
  }
  const resolution = resolveExperiment(parseExperiment(JSON.stringify(file)).tree, { folder: '.' })
  if (resolution.kind === 'refused') throw new Error(JSON.stringify(resolution.problems))
  return resolution.specs[0].spec
}

const engines: TrainEngine[] = []
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose()
})

/** Trains on new pictures in every step. @returns the losses, and the embeddings at the end */
async function train(kind: EngineKind, spec: RunSpec): Promise<{ losses: number[]; embeddings: Float32Array }> {
  const network = buildNetwork(spec.model, shape, spec.loss.normalize)
  const { optimizer, clipNorm } = spec
  const engine = await kind.create({ network, optimizer, seed: 3, clipNorm, batchSize, threads: 2 })
  engines.push(engine)
  const objective = createObjective({
    loss: spec.loss,
    mining: spec.mining,
    random: Random.fromSeed(4),
    maxBatch: batchSize,
    size: network.embeddingSize,
  })
  const labels = Int32Array.from({ length: batchSize }, (_, i) => Math.floor(i / samplesPerClass))
  const losses: number[] = []
  const data = new Float32Array(batchSize * shape.height * shape.width * shape.channels)
  for (let step = 0; step < steps; step++) {
    fillNormal(data, streamKey(5, 'pictures', step), 1)
    const gradientOf = (codes: { data: Float32Array; count: number; size: number }): Float32Array => {
      const { loss, gradient } = objective.evaluate(codes.data, codes.count, codes.size, labels)
      losses.push(loss)
      return gradient
    }
    await engine.step({ data, count: batchSize }, gradientOf, optimizer.learningRate)
  }
  return { losses, embeddings: (await engine.embed({ data, count: batchSize })).data }
}

const choices: [string, Choice][] = [
  ...Object.keys(architectures).flatMap(architecture =>
    Object.keys(optimizers).map((optimizer): [string, Choice] => [
      `${architecture}, ${optimizer}`,
      { architecture, optimizer, mining: 'batch-all' },
    ]),
  ),
  // Triplets from a file are no choice among those of a batch.
  ...Object.keys(miners)
    .filter(mining => mining !== 'offline')
    .map((mining): [string, Choice] => [mining, { mining }]),
  ...Object.keys(distances).flatMap(distance =>
    [true, false].map((normalize): [string, Choice] => [
      `${distance}${normalize ? '' : ', not normalized'}`,
      { loss: { distance, normalize } },
    ]),
  ),
  ...Object.keys(reducers).map((reducer): [string, Choice] => [reducer, { loss: { reducer }, mining: 'batch-all' }]),
  ['swap', { loss: { swap: true }, mining: 'batch-hard' }],
  ['soft margin', { loss: { softMargin: true }, mining: 'batch-hard' }],
]

describe.each([onnxKind, tfjsWasm])('$id trains as plain JavaScript does', kind => {
  it.each(choices)('%s', async (_, choice) => {
    const spec = specOf(choice)
    const [mine, theirs] = [await train(kind, spec), await train(tfjsCpu, spec)]
    expect(theirs.losses.every(Number.isFinite)).toBe(true)
    const scale = Math.max(1, ...theirs.losses)
    theirs.losses.forEach((loss, step) => {
      expect(
        Math.abs(mine.losses[step] - loss) / scale,
        `loss at step ${step}: ${mine.losses[step]}, ${loss}`,
      ).toBeLessThan(1e-4)
    })
    const longest = Math.max(1, ...theirs.embeddings.map(Math.abs))
    theirs.embeddings.forEach((value, i) => {
      expect(Math.abs(mine.embeddings[i] - value) / longest, `embedding ${i}`).toBeLessThan(1e-3)
    })
  })
})
