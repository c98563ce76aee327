/** What is to be done in a step: how far the weights go, and how closely it is looked at. */
import type { OpenRun } from './openRun.ts'
import { learningRateFactor } from './schedule.ts'
import type { Look } from './stepper.ts'

/** Histograms kept over a whole run, about. */
const histogramsPerRun = 200
/** Up to this step the difficulty of every batch is measured, later that of one in a few: a curve has no room for more. */
const measuredOneByOne = 500
const measuredEvery = 8

export interface StepPlan {
  readonly learningRate: number
  readonly look: Look
  /** Steps that the difficulty of this step's batch speaks for; 0 where it is not measured. */
  readonly span: number
}

/**
 * @param done steps before this one
 * @param epoch from 1
 * @param plateauFactor what the plateau schedule has made of the learning rate so far; 1 at first
 */
export function planStep(
  { spec, steps }: Pick<OpenRun, 'spec' | 'steps'>,
  done: number,
  epoch: number,
  plateauFactor: number,
): StepPlan {
  const factor = learningRateFactor(spec.schedule, { step: done, steps, epoch }, plateauFactor)
  const span = spanOf(done + 1)
  const isDrawn = (done + 1) % Math.ceil(steps / histogramsPerRun) === 0
  return {
    learningRate: spec.optimizer.learningRate * factor,
    look: isDrawn ? 'histograms' : span > 0 ? 'difficulty' : 'loss',
    span,
  }
}

function spanOf(step: number): number {
  if (step <= measuredOneByOne) return 1
  return step % measuredEvery === 0 ? measuredEvery : 0
}
