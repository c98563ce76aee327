/** What changes over a run by plan: the learning rate, and the curriculum's miner and margin. */
import type * as v from 'valibot'
import { assertNever } from '../../protocol/assertNever.ts'
import type { MiningSpec, RunSpec, ScheduleSpec as schema } from '../../protocol/runSpec.ts'
import type { LoopState } from './loopState.ts'

type ScheduleSpec = v.InferOutput<typeof schema>

/** Where in the run a step stands. */
export interface Position {
  /** Steps done before this one, from 0. */
  readonly step: number
  readonly steps: number
  /** From 1. */
  readonly epoch: number
}

/**
 * The learning rate's factor at a step: a linear warm-up over the first steps, times the schedule's own course.
 * Cosine: Loshchilov and Hutter, SGDR, ICLR 2017, eq. 5 (arXiv:1608.03983), without restarts, from 1 down to `final`.
 */
export function learningRateFactor(schedule: ScheduleSpec, at: Position, plateauFactor: number): number {
  const { warmupSteps } = schedule
  const warmup = at.step < warmupSteps ? (at.step + 1) / warmupSteps : 1
  return warmup * course(schedule, at, plateauFactor)
}

function course(schedule: ScheduleSpec, at: Position, plateauFactor: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1
    case 'step':
      return schedule.factor ** Math.floor((at.epoch - 1) / schedule.everyEpochs)
    case 'cosine': {
      const done = Math.max(0, at.step - schedule.warmupSteps) / Math.max(1, at.steps - schedule.warmupSteps)
      return schedule.final + (1 - schedule.final) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)))
    }
    case 'plateau':
      return plateauFactor
    default:
      return assertNever(schedule)
  }
}

/**
 * Plateau: after an epoch whose mean loss is not below the best by a ten-thousandth of it, wait; after more than
 * `patience` such epochs multiply the rate (as PyTorch's ReduceLROnPlateau with its defaults).
 */
export function afterEpoch(
  schedule: ScheduleSpec,
  plateau: LoopState['plateau'],
  epochLoss: number,
): LoopState['plateau'] {
  if (schedule.kind !== 'plateau') return plateau
  if (plateau.best === null || epochLoss < plateau.best * (1 - 1e-4)) return { ...plateau, best: epochLoss, waited: 0 }
  const waited = plateau.waited + 1
  return waited > schedule.patience
    ? { ...plateau, waited: 0, factor: plateau.factor * schedule.factor }
    : { ...plateau, waited }
}

export interface Lesson {
  readonly mining: MiningSpec
  readonly margin: number
}

/** Miner and margin of an epoch (from 1): the spec's own, then what each step of the curriculum up to it says. */
export function lessonOf(spec: RunSpec, epoch: number): Lesson {
  let lesson: Lesson = { mining: spec.mining, margin: spec.loss.margin }
  const due = spec.curriculum.filter(step => step.fromEpoch <= epoch).toSorted((a, b) => a.fromEpoch - b.fromEpoch)
  for (const { mining = lesson.mining, margin = lesson.margin } of due) lesson = { mining, margin }
  return lesson
}
