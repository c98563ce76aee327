/**
 * What a trainer can do before it knows its run: load what most runs need, and train a toy network for some steps, since
 * code runs several times as fast once the compiler has seen that it is used.
 */
import { availableParallelism } from 'node:os'
import type { ModelSpec } from '../../protocol/runSpec.ts'
import { createObjective } from '../core/objective.ts'
import { Random } from '../core/random.ts'
import { startSpare } from './spareThreads.ts'
import { crewThread } from './engines/onnx/crew.ts'
import { onnxKind } from './engines/onnx/onnxEngine.ts'
import { plainAdam } from './engines/optimizerRule.ts'
import { inputThread } from './inputPipeline.ts'
import { buildNetwork } from './models/build.ts'
import { initialWeights } from './models/weights.ts'

const picture = { height: 16, width: 16, channels: 3 }
const classes = 8
const batchSize = 4 * classes
const steps = 40
/** Wide enough that the compiler sees the loop that draws first weights. */
const wide = [32, 64]
/** As many as a run is likely to have, of which only the second one is known before the run is. */
const threads = Math.min(2, availableParallelism())

const modelOf = (filters: number[]): ModelSpec => ({
  architecture: 'conv',
  embeddingSize: 16,
  filters,
  batchNorm: true,
  dropout: 0,
})
const loss = {
  margin: 0.2,
  distance: 'squared-euclidean',
  normalize: true,
  softMargin: false,
  swap: false,
  reducer: 'mean',
} as const

/**
 * Where ONNX Runtime does not load there is little to prepare: other engines load in their own time.
 * @param isEnough whether there is a run by now
 */
export async function warmUp(isEnough: () => boolean): Promise<void> {
  startSpare(inputThread())
  const network = buildNetwork(modelOf([16, 16]), picture, loss.normalize)
  if ((await onnxKind.unusable(network)) !== null) return
  const engine = await onnxKind.create({
    network,
    optimizer: plainAdam,
    seed: 1,
    clipNorm: null,
    batchSize,
    threads,
  })
  try {
    const random = Random.fromSeed(1)
    const size = network.embeddingSize
    const objective = createObjective({
      loss,
      mining: { strategy: 'semi-hard', fallback: 'farthest' },
      random,
      maxBatch: batchSize,
      size,
    })
    const labels = Int32Array.from({ length: batchSize }, (_, i) => i % classes)
    const pixels = picture.height * picture.width * picture.channels
    const data = Float32Array.from({ length: batchSize * pixels }, () => random.uniform())
    for (let i = 0; i < steps && !isEnough(); i++)
      await engine.step(
        { data, count: batchSize },
        codes =>
          objective.evaluate(codes.data, codes.count, size, labels, loss.margin, codes.squaredDistances).gradient,
        plainAdam.learningRate,
      )
  } finally {
    engine.dispose()
  }
  if (threads > 1) startSpare(crewThread())
  for (let seed = 1; seed <= 3 && !isEnough(); seed++)
    initialWeights(buildNetwork(modelOf(wide), picture, loss.normalize), seed)
}
