/** Watches a run step by step and says, in numbers, when something is wrong with it. Words are somebody else's. */
import { type CollapseState, collapsedLoss, noCollapse, watchCollapse } from './collapse.ts'
import type { LossOptions } from './loss/tripletLoss.ts'

/** One training step in numbers, as the objective and the difficulty meter give them. */
export interface HealthObservation {
  /** From 1, ascending. */
  readonly step: number
  /** Steps that this one speaks for: itself, and those before it that were not looked at. Left out: 1. */
  readonly span?: number
  readonly loss: number
  /** α of this step. */
  readonly margin: number
  readonly validTriplets: number
  readonly minedTriplets: number
  /** Share of all valid triplets with loss > 0. */
  readonly activeFraction: number
  /** Mean d_ap and d_an; NaN without positives or negatives. */
  readonly apMean: number
  readonly anMean: number
  readonly embeddingNorm: number
  readonly embeddingVariance: number
}

export type HealthFinding =
  /** All embeddings have become the same point. */
  | {
      readonly kind: 'collapsed'
      readonly step: number
      /** Where it began. */
      readonly onset: number
      readonly loss: number
      /** The loss of a collapsed network: α, or ln(1 + e^α) with a soft margin. */
      readonly plateau: number
      readonly anMean: number
      readonly embeddingVariance: number
    }
  /** A collapsed network spreads its embeddings again. */
  | { readonly kind: 'recovered'; readonly step: number; readonly anMean: number }
  /** The loss is no number any more: nothing that follows means anything. */
  | { readonly kind: 'diverged'; readonly step: number; readonly loss: number }
  /** Without normalisation: the embeddings grow without bound. */
  | { readonly kind: 'exploding'; readonly step: number; readonly embeddingNorm: number; readonly firstNorm: number }
  /** No triplet of any batch has violated the margin for `steps` steps: nothing is left to learn at this margin. */
  | { readonly kind: 'all-easy'; readonly step: number; readonly steps: number; readonly margin: number }
  /** The miner has chosen only triplets without loss for `steps` steps, though others violate the margin. */
  | { readonly kind: 'miner-idle'; readonly step: number; readonly steps: number; readonly activeFraction: number }
  /** A batch without a valid triplet. */
  | { readonly kind: 'no-triplets'; readonly step: number; readonly missing: 'positives' | 'negatives' }

/** Steps in a row before easy triplets or an idle miner are worth a word. */
export const idlePatience = 20
/** A finding that may come and go is not repeated within this many steps. */
const quietSteps = 200
const explosion = 1000

/** Findings that may come and go. */
type Passing = 'all-easy' | 'miner-idle' | 'no-triplets'

/** Survives JSON; belongs into checkpoints, so that a resumed run neither repeats nor misses a finding. */
export interface HealthState {
  readonly collapse: CollapseState
  readonly diverged: boolean
  /** Norm at the first step; null before it. */
  readonly firstNorm: number | null
  readonly exploded: boolean
  readonly easySteps: number
  readonly idleSteps: number
  /** Step at which a finding that may come and go was last said; null before the first time. */
  readonly said: Readonly<Record<Passing, number | null>>
}

export const healthyStart: HealthState = {
  collapse: noCollapse,
  diverged: false,
  firstNorm: null,
  exploded: false,
  easySteps: 0,
  idleSteps: 0,
  said: { 'all-easy': null, 'miner-idle': null, 'no-triplets': null },
}

/**
 * One step further: the new state and what is to be said now. Each finding is said once when it sets in, and again only
 * after it had gone; those that come and go not more often than every 200 steps.
 */
export function watchHealth(
  state: HealthState,
  loss: Pick<LossOptions, 'distance' | 'normalize' | 'softMargin'>,
  now: HealthObservation,
): { readonly state: HealthState; readonly findings: readonly HealthFinding[] } {
  if (state.diverged) return { state, findings: [] }
  const { step, span = 1 } = now
  if (!Number.isFinite(now.loss)) {
    return { state: { ...state, diverged: true }, findings: [{ kind: 'diverged', step, loss: now.loss }] }
  }
  const findings: HealthFinding[] = []
  const said = { ...state.said }
  const sayPassing = (finding: Extract<HealthFinding, { kind: Passing }>) => {
    const last = said[finding.kind]
    if (last !== null && step - last < quietSteps) return
    said[finding.kind] = step
    findings.push(finding)
  }

  if (now.validTriplets === 0) {
    // Says nothing about the network: the other watches wait.
    sayPassing({ kind: 'no-triplets', step, missing: Number.isNaN(now.apMean) ? 'positives' : 'negatives' })
    return { state: { ...state, said }, findings }
  }

  const { state: collapse, verdict } = watchCollapse(state.collapse, loss, now)
  if (verdict === 'collapsed') {
    const { anMean, embeddingVariance } = now
    const plateau = collapsedLoss(loss, now.margin)
    findings.push({ kind: verdict, step, onset: collapse.since, loss: now.loss, plateau, anMean, embeddingVariance })
  } else if (verdict === 'recovered') {
    findings.push({ kind: verdict, step, anMean: now.anMean })
  }

  const firstNorm = state.firstNorm ?? now.embeddingNorm
  const exploded =
    state.exploded || (!loss.normalize && now.embeddingNorm > explosion * Math.max(firstNorm, now.margin))
  if (exploded && !state.exploded) {
    findings.push({ kind: 'exploding', step, embeddingNorm: now.embeddingNorm, firstNorm })
  }

  const easySteps = now.activeFraction === 0 ? state.easySteps + span : 0
  if (easySteps >= idlePatience && state.easySteps < idlePatience) {
    sayPassing({ kind: 'all-easy', step, steps: easySteps, margin: now.margin })
  }
  const idleSteps = now.activeFraction > 0 && now.loss === 0 ? state.idleSteps + span : 0
  if (idleSteps >= idlePatience && state.idleSteps < idlePatience) {
    sayPassing({ kind: 'miner-idle', step, steps: idleSteps, activeFraction: now.activeFraction })
  }
  return { state: { diverged: false, collapse, firstNorm, exploded, easySteps, idleSteps, said }, findings }
}
