import { assertNever } from '../assertNever.ts'
import type { Random } from '../random.ts'
import { angular } from './angular.ts'
import { batchAll } from './batchAll.ts'
import { batchEasyHard } from './batchEasyHard.ts'
import { batchHard } from './batchHard.ts'
import { closestGap } from './closestGap.ts'
import { distanceWeighted } from './distanceWeighted.ts'
import type { Miner, MiningOptions } from './miner.ts'
import { multiSimilarity } from './multiSimilarity.ts'
import { nHard } from './nHard.ts'
import { offline } from './offline.ts'
import { randomTriplets } from './randomTriplets.ts'
import { semiHard } from './semiHard.ts'
import { tripletMargin } from './tripletMargin.ts'

/**
 * The miner that the options name.
 * @param random where the drawing miners take their numbers from; its state belongs into checkpoints
 * @throws RangeError when a setting is outside its range
 */
export function createMiner(options: MiningOptions, random: Random): Miner {
  switch (options.strategy) {
    case 'random':
      return randomTriplets(options.tripletsPerAnchor, random)
    case 'batch-all':
      return batchAll()
    case 'batch-hard':
      return batchHard()
    case 'semi-hard':
      return semiHard(options.fallback)
    case 'triplet-margin':
      return tripletMargin(options.select)
    case 'batch-easy-hard':
      return batchEasyHard(options.positives, options.negatives)
    case 'distance-weighted':
      return distanceWeighted(options.cutoff, options.nonzeroLossCutoff, random)
    case 'multi-similarity':
      return multiSimilarity(options.epsilon)
    case 'angular':
      return angular(options.angle)
    case 'n-hard':
      return nHard(options.from, options.to)
    case 'closest-gap':
      return closestGap()
    case 'offline':
      return offline()
    default:
      return assertNever(options, 'mining strategy')
  }
}
