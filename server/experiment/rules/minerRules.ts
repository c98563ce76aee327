/** Miners that cannot work, or are known not to, with the rest of the settings. */
import * as l10n from '@vscode/l10n'
import type { MiningSpec, RunSpec } from '../../../protocol/runSpec.ts'
import { formatNumber } from '../runName.ts'
import type { Rule, Sight } from './rule.ts'

/** Where the miner is named: `"mining": "semi-hard"` or `"mining": { "strategy": … }`. */
const strategyPath = (sight: Sight) => (sight.written('mining')?.kind === 'object' ? 'mining.strategy' : 'mining')

function takesHardestPairs(mining: MiningSpec): boolean {
  if (mining.strategy === 'batch-hard') return true
  if (mining.strategy === 'n-hard') return mining.from === 1 && mining.to === 1
  return mining.strategy === 'batch-easy-hard' && mining.positives === 'hard' && mining.negatives === 'hard'
}

/** Rates from which the hardest triplets of an untrained network have been seen to collapse it. */
function isHighRate({ optimizer, schedule }: RunSpec): boolean {
  if (schedule.warmupSteps >= 100) return false
  return optimizer.learningRate >= (optimizer.name === 'adam' ? 5e-4 : 5e-2)
}

export const minerRules: readonly Rule[] = [
  {
    code: 'batch-hard-from-start',
    severity: 'warning',
    why: 'The hardest negative of an untrained network is nearly the anchor itself; with a high rate the quickest way down is one point for all pictures, a collapse.',
    *check(sight) {
      const { spec } = sight
      if (!takesHardestPairs(spec.mining) || !isHighRate(spec)) return
      const lower = spec.optimizer.name === 'adam' ? 1e-4 : 1e-2
      const { strategy } = spec.mining
      const warmUp =
        spec.curriculum.length > 0 || spec.epochs < 3
          ? []
          : sight.change(l10n.t('Start with semi-hard for two epochs'), [
              [strategyPath(sight), 'semi-hard'],
              ['curriculum', [{ fromEpoch: 3, mining: strategy === 'batch-hard' ? strategy : { ...spec.mining } }]],
            ])
      yield {
        path: 'mining.strategy',
        message: l10n.t(
          'The hardest triplets from the first step, with a rate of {0}, often collapse: all embeddings become one point. Start with semi-hard for two epochs, or lower the rate to {1}.',
          formatNumber(spec.optimizer.learningRate),
          formatNumber(lower),
        ),
        fixes: [...warmUp, ...sight.set('optimizer.learningRate', lower)],
      }
    },
  },
  {
    code: 'miner-needs-unit-norm',
    severity: 'error',
    why: 'Distance weighting uses how often each distance occurs on the unit sphere, so embeddings have to lie on it.',
    *check({ spec: { loss, mining }, set }) {
      if (mining.strategy !== 'distance-weighted' || loss.normalize || loss.distance === 'cosine') return
      yield {
        path: 'mining.strategy',
        message: l10n.t('"distance-weighted" needs embeddings on the unit sphere. Set "loss.normalize" to true.'),
        fixes: set('loss.normalize', true),
      }
    },
  },
  {
    code: 'miner-cutoffs-crossed',
    severity: 'error',
    why: 'Distances below one cutoff count as that one and beyond the other are never drawn: crossed, nothing is left to draw from.',
    *check({ spec: { mining }, set }) {
      if (mining.strategy !== 'distance-weighted' || mining.cutoff < mining.nonzeroLossCutoff) return
      yield {
        path: 'mining.cutoff',
        message: l10n.t(
          '"cutoff" ({0}) has to be smaller than "nonzeroLossCutoff" ({1}), or no negative can be drawn.',
          formatNumber(mining.cutoff),
          formatNumber(mining.nonzeroLossCutoff),
        ),
        fixes: mining.nonzeroLossCutoff > 0.5 ? set('mining.cutoff', 0.5) : [],
      }
    },
  },
  {
    code: 'miner-range-reversed',
    severity: 'error',
    why: 'Ranks run from the hardest (1) on, so a range that ends before it starts is empty.',
    *check({ spec: { mining }, set }) {
      if (mining.strategy !== 'n-hard' || mining.from <= mining.to) return
      yield {
        path: 'mining.to',
        message: l10n.t('The range from {0} to {1} is empty: "to" has to be {0} or more.', mining.from, mining.to),
        fixes: set('mining.to', mining.from),
      }
    },
  },
  {
    code: 'miner-range-beyond-batch',
    severity: 'warning',
    why: 'An anchor has (P − 1)·K negatives in its batch, so there is no harder rank than that many.',
    *check({ spec: { mining, batch }, set }) {
      if (mining.strategy !== 'n-hard' || mining.from > mining.to) return
      const negatives = (batch.classes - 1) * batch.samplesPerClass
      if (mining.to <= negatives) return
      yield {
        path: 'mining.to',
        message: l10n.t('An anchor has {0} negatives in a batch; rank {1} does not exist.', negatives, mining.to),
        fixes: mining.from <= negatives ? set('mining.to', negatives) : [],
      }
    },
  },
  {
    code: 'miner-takes-no-loss',
    severity: 'error',
    why: 'Easy triplets keep the margin, so their loss is 0 and the network learns nothing.',
    *check({ spec: { mining, loss }, set }) {
      if (mining.strategy !== 'triplet-margin' || mining.select !== 'easy' || loss.softMargin) return
      yield {
        path: 'mining.select',
        message: l10n.t('Easy triplets have no loss: nothing would be learned. Use "semi-hard", "hard" or "all".'),
        fixes: set('mining.select', 'semi-hard'),
      }
    },
  },
  {
    code: 'miner-never-hard',
    severity: 'warning',
    why: 'The nearest positive with the farthest negative is nearly always an easy triplet without a loss.',
    *check({ spec: { mining }, set }) {
      if (mining.strategy !== 'batch-easy-hard' || mining.positives !== 'easy' || mining.negatives !== 'easy') return
      yield {
        path: 'mining.negatives',
        message: l10n.t(
          'The nearest positive with the farthest negative is an easy triplet: there is little to learn. Use "semi-hard" or "hard" negatives.',
        ),
        fixes: set('mining.negatives', 'semi-hard'),
      }
    },
  },
]
