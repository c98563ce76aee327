/**
 * Trying an engine on a network: is its gradient the slope of its own loss, and how long does a step take? Runs in a
 * process of its own (`trainer.cjs --probe`), since a native library that does not fit may take the process with it.
 */
import * as v from 'valibot'
import { OptimizerSpec } from '../../../protocol/runSpec.ts'
import { fillNormal, streamKey } from '../models/counterRandom.ts'
import type { Network } from '../models/network.ts'
import { weightSpecs } from '../models/weights.ts'
import type { EngineKind, EngineState, ImageBatch, TrainEngine } from './trainEngine.ts'

/** What the child process is asked. The network is built by our own code on both sides, so its layers are not decoded. */
export const ProbeRequest = v.object({
  engine: v.string(),
  network: v.custom<Network>(value => typeof value === 'object' && value !== null && 'layers' in value),
  optimizer: OptimizerSpec,
  batchSize: v.pipe(v.number(), v.integer(), v.minValue(1)),
  threads: v.nullable(v.number()),
  /** Milliseconds a step of an engine that was found right: one that is slower need not be looked at any further. */
  toBeat: v.optional(v.nullable(v.number()), null),
})
export type ProbeRequest = v.InferInput<typeof ProbeRequest>

export const ProbeResult = v.variant('kind', [
  /** Milliseconds a step of `batchSize` pictures; `gradientError` relative, over all weights. */
  v.object({ kind: v.literal('ok'), stepMs: v.number(), gradientError: v.number() }),
  /** Slower than what there was to beat, by so many milliseconds a step or about that; its gradient was not checked. */
  v.object({ kind: v.literal('slower'), stepMs: v.number() }),
  v.object({ kind: v.literal('wrong'), gradientError: v.number() }),
  v.object({ kind: v.literal('failed'), message: v.string() }),
])
export type ProbeResult = v.InferOutput<typeof ProbeResult>

/** Pictures for the gradient check: enough for batch norm, few enough for a second at most. */
const checkedPictures = 8
/** Above this the gradient is not that of the network; single precision and the kinks of relu stay far below. */
const largestError = 0.1
/** Share of its size by which the loss is changed each way. */
const linear = 0.0005
/** Time is measured over at least this many steps and about this many milliseconds. */
const timedSteps = 3
const timedMs = 300
/** Pictures in the step that an engine with something to beat is first looked at by; it costs more for each than a whole batch. */
const glancedPictures = 16
const hopeless = 3

/**
 * Never throws: what goes wrong is a result.
 * @param now the clock, in milliseconds
 */
export async function probeEngine(
  given: ProbeRequest,
  kinds: readonly EngineKind[],
  now = () => performance.now(),
): Promise<ProbeResult> {
  const request = { ...given, toBeat: given.toBeat ?? null }
  const kind = kinds.find(({ id }) => id === request.engine)
  if (!kind) return { kind: 'failed', message: `There is no engine ${request.engine}.` }
  try {
    let stepMs: number | null = null
    const { toBeat } = request
    if (toBeat !== null) {
      const glance = await glanceAt(kind, request, now)
      if (glance > hopeless * toBeat) return { kind: 'slower', stepMs: glance }
      stepMs = await timeSteps(kind, request, now)
      if (stepMs > toBeat) return { kind: 'slower', stepMs }
    }
    const gradientError = await checkGradient(kind, request)
    if (!(gradientError <= largestError)) return { kind: 'wrong', gradientError }
    return { kind: 'ok', stepMs: stepMs ?? (await timeSteps(kind, request, now)), gradientError }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function noise(count: number, name: string): Float32Array {
  const data = new Float32Array(count)
  fillNormal(data, streamKey(1, 'probe', name), 1)
  return data
}

function pictures(network: Network, count: number): ImageBatch {
  const { height, width, channels } = network.input
  return { data: noise(count * height * width * channels, 'pictures'), count }
}

/**
 * For L = Σ c · embeddings with a fixed c: every weight is moved a little along its own gradient, there and back, and the
 * difference of L compared with the norm of the gradient. Gradients are read off a step of plain SGD.
 *
 * @returns the largest error of a weight, relative to its gradient (small gradients: to a hundredth of the whole)
 */
async function checkGradient(kind: EngineKind, request: ProbeRequest): Promise<number> {
  const { network, threads } = request
  const optimizer: OptimizerSpec = { name: 'sgd', learningRate: 1, momentum: 0, weightDecay: 0 }
  const options = { network, optimizer, seed: 1, clipNorm: null, batchSize: checkedPictures, threads }
  const engine = await kind.create(options)
  try {
    const batch = pictures(network, checkedPictures)
    const towards = noise(checkedPictures * network.embeddingSize, 'towards')
    const start = await engine.exportState()
    let size = 0
    const lossAt = async (state: EngineState): Promise<number> => {
      await engine.importState(state)
      let loss = 0
      await engine.step(
        batch,
        ({ data, count, size: width }) => {
          loss = towards.reduce((sum, c, i) => sum + c * data[i], 0)
          size = norm(data.subarray(0, count * width))
          return towards
        },
        1,
      )
      return loss
    }
    await lossAt(start)
    const moved = await engine.exportState()
    const gradients = new Map<string, Float64Array>()
    for (const { name, trainable } of weightSpecs(network)) {
      if (trainable) gradients.set(name, difference(start.get(name)?.data, moved.get(name)?.data))
    }
    const whole = Math.hypot(...[...gradients.values()].map(norm))
    let worst = 0
    for (const [name, gradient] of gradients) {
      const length = norm(gradient)
      if (length < whole * 0.01) continue
      const tensor = start.get(name)
      if (!tensor) continue
      // Loss is about as large as the embeddings are long: its change is far above rounding, and few kinks are crossed.
      const reach = (linear * size) / length
      const along = (sign: number): EngineState => {
        const data = tensor.data.map((value, i) => value + (sign * reach * gradient[i]) / length)
        return new Map([...start, [name, { shape: tensor.shape, data }]])
      }
      const slope = ((await lossAt(along(1))) - (await lossAt(along(-1)))) / (2 * reach)
      worst = Math.max(worst, Math.abs(slope - length) / length)
    }
    return worst
  } finally {
    engine.dispose()
  }
}

function difference(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): Float64Array {
  return Float64Array.from(a, (value, i) => value - b[i])
}

function norm(x: Float32Array | Float64Array): number {
  let sum = 0
  for (const value of x) sum += value * value
  return Math.sqrt(sum)
}

/** @returns the median of a few steps, the first (which compiles and allocates) left out */
async function timeSteps(kind: EngineKind, request: ProbeRequest, now: () => number): Promise<number> {
  const { network, optimizer, batchSize, threads } = request
  const engine = await kind.create({ network, optimizer, seed: 1, clipNorm: null, batchSize, threads })
  try {
    const batch = pictures(network, batchSize)
    const gradient = noise(batchSize * network.embeddingSize, 'towards')
    await oneStep(engine, batch, gradient)
    const times: number[] = []
    const end = now() + timedMs
    while (times.length < timedSteps || (now() < end && times.length < 50)) {
      const start = now()
      await oneStep(engine, batch, gradient)
      times.push(now() - start)
    }
    return times.sort((a, b) => a - b)[times.length >> 1]
  } finally {
    engine.dispose()
  }
}

/** @returns about how long a step of the whole batch takes, from the second step of a small one */
async function glanceAt(kind: EngineKind, request: ProbeRequest, now: () => number): Promise<number> {
  const { network, optimizer, batchSize, threads } = request
  const few = Math.min(glancedPictures, batchSize)
  const engine = await kind.create({ network, optimizer, seed: 1, clipNorm: null, batchSize: few, threads })
  try {
    const batch = pictures(network, few)
    const gradient = noise(few * network.embeddingSize, 'towards')
    await oneStep(engine, batch, gradient)
    const start = now()
    await oneStep(engine, batch, gradient)
    return ((now() - start) * batchSize) / few
  } finally {
    engine.dispose()
  }
}

async function oneStep(engine: TrainEngine, batch: ImageBatch, gradient: Float32Array): Promise<void> {
  await engine.step(batch, () => gradient, 1e-6)
}
