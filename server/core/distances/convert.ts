/** One distance from another, where the miner's definition is tied to it. */
import { assertNever } from '../assertNever.ts'
import type { DistanceKind } from './pairwise.ts'

/** ‖x − y‖² from a distance of the given kind; for cosine of the rows on the unit sphere, where ‖x − y‖² = 2(1 − cos). */
export function squaredEuclidean(kind: DistanceKind, distance: number): number {
  switch (kind) {
    case 'squared-euclidean':
      return distance
    case 'euclidean':
      return distance * distance
    case 'cosine':
      return 2 * distance
    default:
      return assertNever(kind, 'distance')
  }
}
