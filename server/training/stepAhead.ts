/**
 * The first step of a run that is likely to be started, made before it is: whoever then starts it sees its first point at
 * once. A run's first step depends on nothing but its spec and its pictures, so it is the same one.
 */
import { isDeepStrictEqual } from 'node:util'
import type { LikelyRun } from '../../protocol/assignment.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { datasetStamp } from './datasets/stamp.ts'
import type { EngineState } from './engines/trainEngine.ts'
import { openRun, type OpenRun, TooLargeError } from './openRun.ts'
import { lessonOf } from './schedule.ts'
import { planStep } from './stepPlan.ts'
import { Stepper, type StepResult } from './stepper.ts'

/** Bytes that pictures, and the network in training, may take when nobody has asked for them yet. */
const mostBytes = 512 * 2 ** 20

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
 * @returns `null` where it would take more than looking ahead is worth: pictures that may have to be decoded or downloaded,
 *   engines that have to be tried, more memory than a little
 * @throws DatasetError, EngineError or RunError, as the run itself would
 */
export async function stepAhead(likely: LikelyRun, workspace: string, cacheFolder: string): Promise<StepAhead | null> {
  const { spec, threads } = likely
  const stamp = await datasetStamp(spec.dataset, workspace)
  if (stamp === null || stamp.bytes > mostBytes || spec.mining.strategy === 'offline') return null
  const choices: string[] = []
  const auto = { tryInProcess: null, cacheFolder, onChoice: (sentence: string) => void choices.push(sentence) }
  let run: OpenRun | null = null
  try {
    run = await openRun(spec, workspace, { auto, mostThreads: threads, mostBytes })
    if (spec.engine === 'auto' && choices.length === 0) {
      run.close()
      return null
    }
    const untrained = await run.engine.exportState()
    const stepper = new Stepper(run, lessonOf(spec, 1))
    const { learningRate, look } = planStep(run, 0, 1, 1)
    const result = await stepper.step(learningRate, look)
    return { likely, run, stepper, result, untrained, choices, stamp: stamp.text }
  } catch (error) {
    run?.close()
    if (error instanceof TooLargeError) return null
    throw error
  }
}

/** Whether it is the first step of this run, and its pictures are still the same. */
export async function isFirstStepOf(
  { likely, stamp }: StepAhead,
  spec: RunSpec,
  threads: number | null,
  workspace: string,
): Promise<boolean> {
  if (likely.threads !== threads || !isDeepStrictEqual(likely.spec, spec)) return false
  const now = await datasetStamp(spec.dataset, workspace)
  return now?.text === stamp
}
