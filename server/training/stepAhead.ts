/**
 * The first step of a run that is likely to be started, made before it is: whoever then starts it sees its first point at
 * once. A run's first step depends on nothing but its spec and its pictures, so it is the same one.
 */
import { isDeepStrictEqual } from 'node:util'
import type { LikelyRun } from '../../protocol/assignment.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { datasetStamp } from './datasets/stamp.ts'
import { chooseEngine } from './engines/choose.ts'
import { onnxKind } from './engines/onnx/onnxEngine.ts'
import { engineKinds } from './engines/registry.ts'
import type { EngineOptions, EngineState } from './engines/trainEngine.ts'
import { multiplications, trainingBytes } from './models/cost.ts'
import { openRun, type OpenRun, UnwantedError } from './openRun.ts'
import { lessonOf } from './schedule.ts'
import { planStep } from './stepPlan.ts'
import { Stepper, type StepResult } from './stepper.ts'

/** Bytes that pictures and training may take each when nobody has asked for them yet. */
const mostBytes = 512 * 2 ** 20
/** Multiplications of a batch's way through the network: a step of some tenths of a second. */
const mostWork = 2e10

export interface StepAhead {
  readonly likely: LikelyRun
  /** As it is after its first step. */
  readonly run: OpenRun
  readonly stepper: Stepper
  readonly result: StepResult
  /** The network before the step. */
  readonly untrained: EngineState
  /** What there is to say of the choice of the engine. */
  readonly choices: readonly string[]
  readonly stamp: string
}

/**
 * @param workspace where packages and caches are looked for
 * @param cacheFolder where it is remembered which engine is the fastest: none is tried now
 * @param isEnough whether it comes too late
 * @returns `null` where it would take more than looking ahead is worth: pictures that have to be decoded or resized, engines
 *   that have to be tried or are slow, more memory or time than a little
 * @throws DatasetError, EngineError or RunError, as the run itself would
 */
export async function stepAhead(
  likely: LikelyRun,
  workspace: string,
  cacheFolder: string,
  isEnough: () => boolean = () => false,
): Promise<StepAhead | null> {
  const { spec, threads } = likely
  if (spec.mining.strategy === 'offline' || spec.image.size !== null) return null
  const stamp = await datasetStamp(spec.dataset, workspace)
  if (stamp === null || stamp.bytes > mostBytes) return null
  const choices: string[] = []
  const auto = { tryInProcess: null, cacheFolder, onChoice: (sentence: string) => void choices.push(sentence) }
  const isWanted = async (options: EngineOptions): Promise<boolean> => {
    const { network, batchSize } = options
    if (trainingBytes(network, batchSize) > mostBytes || multiplications(network) * batchSize > mostWork) return false
    const engine = spec.engine === 'auto' ? (await chooseEngine(engineKinds, options, auto))?.engine : spec.engine
    return engine === onnxKind.id && !isEnough()
  }
  let run: OpenRun | null = null
  try {
    run = await openRun(spec, workspace, { auto, mostThreads: threads, isWanted })
    const untrained = await run.engine.exportState()
    const stepper = new Stepper(run, lessonOf(spec, 1))
    const { learningRate, look } = planStep(run, 0, 1, 1)
    const result = await stepper.step(learningRate, look)
    return { likely, run, stepper, result, untrained, choices, stamp: stamp.text }
  } catch (error) {
    run?.close()
    if (error instanceof UnwantedError) return null
    throw error
  }
}

/** Whether it was made for a run like this, whatever has become of its pictures. */
export function isLikely({ likely }: StepAhead, spec: RunSpec, threads: number | null): boolean {
  return likely.threads === threads && isDeepStrictEqual(likely.spec, spec)
}

/** Whether it is the first step of this run, and its pictures are still the same. */
export async function isFirstStepOf(
  ahead: StepAhead,
  spec: RunSpec,
  threads: number | null,
  workspace: string,
): Promise<boolean> {
  if (!isLikely(ahead, spec, threads)) return false
  const now = await datasetStamp(spec.dataset, workspace)
  return now?.text === ahead.stamp
}
