/** Where the tensors that all threads share lie in the memory: weights, optimizer memory, gradients, messages. */
import type { EngineOptions } from '../trainEngine.ts'
import { type WeightSpec, weightSpecs } from '../../models/weights.ts'
import type { Arena } from './memory.ts'
import { controlBytes } from './team.ts'

/** A weight among the trained ones: padded to four floats, so that kernels need no rests. */
export interface TrainedWeight {
  readonly spec: WeightSpec
  /** Floats from the first trained weight. */
  readonly offset: number
  readonly count: number
}

export interface SharedLayout {
  readonly control: number
  /** Doubles: learning rate, optimizer step; then a sum of squares a thread. */
  readonly numbers: number
  readonly trained: readonly TrainedWeight[]
  /** Floats in all trained weights together. */
  readonly trainedFloats: number
  readonly weights: number
  /** The optimizer's memory, shaped as the weights: m and v, or velocity. */
  readonly slots: readonly { readonly name: string; readonly address: number }[]
  /** One block of gradients a thread. */
  readonly gradients: readonly number[]
  readonly running: readonly { readonly spec: WeightSpec; readonly address: number }[]
  /** What the threads tell each other in a batch norm, by its name: four doubles a channel, a block a thread. */
  readonly statistics: ReadonlyMap<string, number>
  readonly statisticsStride: number
  /** The whole batch's embeddings, row-major. */
  readonly embeddings: number
  /** Their squared distances, row-major; 0 where the batch is so large that they would take too much memory. */
  readonly distances: number
}

/** Up to this many rows, distances are measured by the threads together: 64 MiB. */
const mostRowsMeasured = 4096

export function sharedLayout(arena: Arena, options: EngineOptions, ranks: number): SharedLayout {
  const { network, batchSize } = options
  const specs = weightSpecs(network)
  const trained: TrainedWeight[] = []
  let trainedFloats = 0
  for (const spec of specs.filter(one => one.trainable)) {
    const count = floatsIn(spec.shape)
    trained.push({ spec, offset: trainedFloats, count })
    trainedFloats += Math.ceil(count / 4) * 4
  }
  const norms = network.layers.filter(layer => layer.type === 'batch-norm').map(layer => layer.name)
  const widest = specs.filter(spec => !spec.trainable).reduce((most, spec) => Math.max(most, floatsIn(spec.shape)), 0)
  const statisticsStride = widest * 4 * 8
  const slotNames = options.optimizer.name === 'adam' ? ['m', 'v'] : ['velocity']
  return {
    control: arena.bytes(controlBytes),
    numbers: arena.doubles(2 + ranks),
    trained,
    trainedFloats,
    weights: arena.floats(trainedFloats),
    slots: slotNames.map(name => ({ name, address: arena.floats(trainedFloats) })),
    gradients: Array.from({ length: ranks }, () => arena.floats(trainedFloats)),
    running: specs.filter(one => !one.trainable).map(spec => ({ spec, address: arena.floats(floatsIn(spec.shape)) })),
    statistics: new Map(norms.map(name => [name, arena.bytes(statisticsStride * ranks)])),
    statisticsStride,
    embeddings: arena.floats(batchSize * network.embeddingSize),
    distances: batchSize <= mostRowsMeasured ? arena.floats(batchSize * batchSize) : 0,
  }
}

export function floatsIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
