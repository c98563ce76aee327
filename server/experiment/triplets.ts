/** How many triplets a miner takes from a batch of P classes with K pictures each. */
import type { MiningSpec, RunSpec } from '../../protocol/runSpec.ts'

/** @returns `null` where it depends on the embeddings */
export function tripletsIn(batch: RunSpec['batch'], mining: MiningSpec): number | null {
  const { classes: p, samplesPerClass: k } = batch
  const anchors = p * k
  const negatives = anchors - k
  switch (mining.strategy) {
    case 'batch-all':
      return anchors * (k - 1) * negatives
    case 'batch-hard':
    case 'batch-easy-hard':
      return anchors
    case 'semi-hard':
      return mining.fallback === 'farthest' ? anchors * (k - 1) : null
    case 'closest-gap':
    case 'distance-weighted':
      return anchors * (k - 1)
    case 'random':
      return anchors * mining.tripletsPerAnchor
    case 'offline':
      return mining.triplets
    case 'n-hard':
    case 'triplet-margin':
    case 'multi-similarity':
    case 'angular':
      return null
  }
}
