/** The part of a run's state that is not in the network: where the loop stands. What a checkpoint holds of it. */
import * as v from 'valibot'
import { HardTripletDetail } from '../../protocol/details.ts'
import { healthyStart, type HealthState } from '../core/health.ts'

const Health: v.GenericSchema<HealthState> = v.object({
  collapse: v.object({ since: v.number(), lowestVariance: v.number(), reported: v.boolean() }),
  diverged: v.boolean(),
  firstNorm: v.nullable(v.number()),
  exploded: v.boolean(),
  easySteps: v.number(),
  idleSteps: v.number(),
  said: v.object({
    'all-easy': v.nullable(v.number()),
    'miner-idle': v.nullable(v.number()),
    'no-triplets': v.nullable(v.number()),
  }),
})

export const LoopState = v.object({
  /** Fingerprint of the pictures that the run has seen. */
  fingerprint: v.string(),
  /** Steps done. */
  step: v.number(),
  /** Epochs that were evaluated and reported, after their last step. */
  epochsClosed: v.number(),
  /** Whether the network was evaluated as it was before the first step. */
  untrainedEvaluated: v.boolean(),
  /** State of the miner's random numbers. */
  minerRandom: v.array(v.number()),
  /** The learning-rate schedule's: best mean loss of an epoch so far, epochs since, and the factor reached. */
  plateau: v.object({ best: v.nullable(v.number()), waited: v.number(), factor: v.number() }),
  /** Best epoch so far, by MAP@R, or by the loss where nothing is held out: larger is better. */
  best: v.nullable(v.object({ score: v.number(), step: v.number() })),
  evaluationsSinceBest: v.number(),
  /** Of the running epoch. */
  epochLoss: v.object({ sum: v.number(), count: v.number() }),
  /** Hardest triplets of the running epoch. */
  hardest: v.array(HardTripletDetail),
  /** In how many epochs a picture was among the hardest, by its index in the dataset. */
  hardEpochs: v.array(v.tuple([v.number(), v.number()])),
  health: Health,
})
export type LoopState = v.InferOutput<typeof LoopState>

/** Before the first step. */
export function freshState(fingerprint: string, minerRandom: number[]): LoopState {
  return {
    fingerprint,
    step: 0,
    epochsClosed: 0,
    untrainedEvaluated: false,
    minerRandom,
    plateau: { best: null, waited: 0, factor: 1 },
    best: null,
    evaluationsSinceBest: 0,
    epochLoss: { sum: 0, count: 0 },
    hardest: [],
    hardEpochs: [],
    health: healthyStart,
  }
}
