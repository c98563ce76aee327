/**
 * Collapse: the network maps everything to one point. Then the loss is α (softened: ln(1 + e^α)), because d_ap = d_an = 0,
 * and no gradient leads away. The loss alone says little: averaged over active triplets it can stay at α while all is
 * well. So three signs are asked for together, over many steps: loss at its plateau, both mean distances near zero, and
 * an embedding variance that does not grow (a network may well start from nearly equal embeddings and then spread them).
 */
import { assertNever } from './assertNever.ts'
import type { LossOptions } from './loss/tripletLoss.ts'

export type CollapseLoss = Pick<LossOptions, 'distance' | 'normalize' | 'softMargin'>

/** Steps that the signs must last. */
export const collapsePatience = 30
/** Distances count as near zero below this share of their scale; a distance of 1/4 is a squared one of 1/16. */
const nearZero = { euclidean: 0.25, 'squared-euclidean': 0.1, cosine: 0.1 } as const
const lossTolerance = 0.25
/** The variance has grown, and the wait begins anew, when it is this many times what it was at its lowest. */
const growth = 2

/** Finite numbers only, so that it survives JSON in a checkpoint. */
export interface CollapseState {
  /** First step of the present streak of signs; −1 outside one. */
  readonly since: number
  /** Lowest variance of the streak. */
  readonly lowestVariance: number
  readonly reported: boolean
}

export const noCollapse: CollapseState = { since: -1, lowestVariance: 0, reported: false }

export interface CollapseSigns {
  readonly step: number
  readonly loss: number
  readonly margin: number
  readonly apMean: number
  readonly anMean: number
  readonly embeddingVariance: number
}

export type CollapseVerdict = 'none' | 'collapsed' | 'recovered'

/** The loss of a collapsed network: α, or ln(1 + e^α) with a soft margin (ln 2 = 0.693 when α = 0). */
export function collapsedLoss(loss: CollapseLoss, margin: number): number {
  return loss.softMargin ? margin + Math.log1p(Math.exp(-margin)) : margin
}

/** One step further. `collapsed` is said once, `collapsePatience` steps after its onset; `recovered` once after that. */
export function watchCollapse(
  state: CollapseState,
  loss: CollapseLoss,
  signs: CollapseSigns,
): { readonly state: CollapseState; readonly verdict: CollapseVerdict } {
  const { step, embeddingVariance: variance } = signs
  const bound = nearZero[loss.distance] * distanceScale(loss, signs.margin)
  const plateau = collapsedLoss(loss, signs.margin)
  const looksCollapsed =
    signs.apMean <= bound && signs.anMean <= bound && Math.abs(signs.loss - plateau) <= lossTolerance * plateau

  if (state.reported) {
    // Twice the bound, so that a network at the bound does not collapse and recover in turn.
    const away = signs.anMean > 2 * bound
    return away ? { state: noCollapse, verdict: 'recovered' } : { state, verdict: 'none' }
  }
  if (!looksCollapsed) return { state: noCollapse, verdict: 'none' }
  if (state.since < 0 || variance > growth * state.lowestVariance) {
    return { state: { since: step, lowestVariance: variance, reported: false }, verdict: 'none' }
  }
  const reported = step - state.since >= collapsePatience
  const lowestVariance = Math.min(state.lowestVariance, variance)
  return { state: { since: state.since, lowestVariance, reported }, verdict: reported ? 'collapsed' : 'none' }
}

/**
 * What distances are large or small against: the margin, or what a soft margin bends over if that is larger; on the sphere
 * at most half the distance of orthogonal embeddings.
 */
function distanceScale(loss: CollapseLoss, margin: number): number {
  const scale = loss.softMargin ? Math.max(margin, 1) : margin
  return loss.normalize || loss.distance === 'cosine' ? Math.min(scale, halfOrthogonal(loss)) : scale
}

function halfOrthogonal(loss: CollapseLoss): number {
  switch (loss.distance) {
    case 'squared-euclidean':
      return 1
    case 'euclidean':
      return Math.SQRT1_2
    case 'cosine':
      return 0.5
    default:
      return assertNever(loss.distance, 'distance')
  }
}
