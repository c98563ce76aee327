/**
 * Miners choose, in each batch, the triplets to learn from. One file a miner; definitions and sources stand there.
 * d_ap and d_an are the anchor's distances to positive and negative, α the margin.
 */
import type { Batch } from '../batch.ts'
import type { TripletSink } from '../triplets.ts'

export interface Miner {
  /**
   * Streams the chosen triplets of a loaded batch to `sink`. A batch without valid triplets gives none; of equals the one
   * with the lowest index is chosen.
   * @param margin α in units of the batch's distance; miners that use no margin ignore it
   */
  mine(batch: Batch, margin: number, sink: TripletSink): void
}

/** What to mine, and its settings. Structurally the run spec's mining section. */
export type MiningOptions =
  | { readonly strategy: 'random'; readonly tripletsPerAnchor: number }
  | { readonly strategy: 'batch-all' }
  | { readonly strategy: 'batch-hard' }
  | { readonly strategy: 'semi-hard'; readonly fallback: SemiHardFallback }
  | { readonly strategy: 'triplet-margin'; readonly select: TripletMarginSelect }
  | { readonly strategy: 'batch-easy-hard'; readonly positives: Difficulty; readonly negatives: Difficulty }
  | { readonly strategy: 'distance-weighted'; readonly cutoff: number; readonly nonzeroLossCutoff: number }
  | { readonly strategy: 'multi-similarity'; readonly epsilon: number }
  | { readonly strategy: 'angular'; readonly angle: number }
  | { readonly strategy: 'n-hard'; readonly from: number; readonly to: number }
  | { readonly strategy: 'closest-gap' }
  | { readonly strategy: 'offline' }

export type Difficulty = 'hard' | 'semi-hard' | 'easy'
export type SemiHardFallback = 'farthest' | 'skip'
export type TripletMarginSelect = 'all' | Difficulty
