/** Miners that cannot work, or are known not to, with the rest of the settings. */
import * as l10n from '@vscode/l10n'
import type { MiningSpec, RunSpec } from '../../../protocol/runSpec.ts'
import { formatNumber } from '../runName.ts'
import type { Rule, Sight } from './rule.ts'

/** A miner and where it stands: `mining`, or `curriculum.0.mining`. */
interface Placed {
  readonly at: string
  readonly mining: MiningSpec
}

/** Every miner that the run ever has. */
function miners({ mining, curriculum }: RunSpec): Placed[] {
  const later = curriculum.flatMap((step, i) =>
    step.mining === undefined ? [] : [{ at: `curriculum.${i}.mining`, mining: step.mining }],
  )
  return [{ at: 'mining', mining }, ...later]
}

/** The miner of the first epoch. */
function firstMiner(spec: RunSpec): Placed {
  const [own, ...later] = miners(spec)
  const replaced = later.findLast(({ at }) => spec.curriculum[Number(at.split('.')[1])]?.fromEpoch === 1)
  return replaced ?? own
}

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
    code: 'offline-in-curriculum',
    severity: 'error',
    why: 'Triplets of a file decide which pictures a batch has, and that cannot change in the middle of a run.',
    *check({ spec, remove }) {
      for (const [i, step] of spec.curriculum.entries()) {
        if (step.mining === undefined) continue
        if (step.mining.strategy !== 'offline' && spec.mining.strategy !== 'offline') continue
        yield {
          path: `curriculum.${i}.mining`,
          message: l10n.t(
            'Offline triplets hold for a whole run: the miner cannot change to or from them. Fork the run with another miner instead.',
          ),
          fixes: remove(step.margin === undefined ? `curriculum.${i}` : `curriculum.${i}.mining`),
        }
      }
    },
  },
  {
    code: 'batch-hard-from-start',
    severity: 'warning',
    why: 'The hardest negative of an untrained network is nearly the anchor itself; with a high rate the quickest way down is one point for all pictures, a collapse.',
    *check(sight) {
      const { spec } = sight
      const { at, mining } = firstMiner(spec)
      if (!takesHardestPairs(mining) || !isHighRate(spec)) return
      const lower = spec.optimizer.name === 'adam' ? 1e-4 : 1e-2
      const { strategy } = mining
      const warmUp =
        spec.curriculum.length > 0 || spec.epochs < 3
          ? []
          : sight.change(l10n.t('Start with semi-hard for two epochs'), [
              [strategyPath(sight), 'semi-hard'],
              ['curriculum', [{ fromEpoch: 3, mining: strategy === 'batch-hard' ? strategy : { ...mining } }]],
            ])
      yield {
        path: `${at}.strategy`,
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
    *check({ spec, set }) {
      if (spec.loss.normalize || spec.loss.distance === 'cosine') return
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'distance-weighted')
          yield {
            path: `${at}.strategy`,
            message: l10n.t('"distance-weighted" needs embeddings on the unit sphere. Set "loss.normalize" to true.'),
            fixes: set('loss.normalize', true),
          }
    },
  },
  {
    code: 'miner-needs-cosine',
    severity: 'warning',
    why: 'Multi-similarity compares angles; without normalisation the loss compares distances, which also depend on lengths, so the miner picks other triplets than those that are hard for the loss.',
    *check({ spec, set }) {
      if (spec.loss.normalize || spec.loss.distance === 'cosine') return
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'multi-similarity')
          yield {
            path: `${at}.strategy`,
            message: l10n.t(
              '"multi-similarity" compares angles, but this loss compares distances of any length. Set "loss.normalize" to true, or "loss.distance" to "cosine".',
            ),
            fixes: [...set('loss.normalize', true), ...set('loss.distance', 'cosine')],
          }
    },
  },
  {
    code: 'miner-cutoffs-crossed',
    severity: 'error',
    why: 'Distances below one cutoff count as that one and beyond the other are never drawn: crossed, nothing is left to draw from.',
    *check({ spec, set }) {
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'distance-weighted' && mining.cutoff > mining.nonzeroLossCutoff)
          yield {
            path: `${at}.cutoff`,
            message: l10n.t(
              '"cutoff" ({0}) may not be larger than "nonzeroLossCutoff" ({1}), or no negative can be drawn.',
              formatNumber(mining.cutoff),
              formatNumber(mining.nonzeroLossCutoff),
            ),
            fixes: set(`${at}.cutoff`, Math.min(0.5, mining.nonzeroLossCutoff)),
          }
    },
  },
  {
    code: 'miner-range-reversed',
    severity: 'error',
    why: 'Ranks run from the hardest (1) on, so a range that ends before it starts is empty.',
    *check({ spec, set }) {
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'n-hard' && mining.from > mining.to)
          yield {
            path: `${at}.to`,
            message: l10n.t('The range from {0} to {1} is empty: "to" has to be {0} or more.', mining.from, mining.to),
            fixes: set(`${at}.to`, mining.from),
          }
    },
  },
  {
    code: 'miner-range-beyond-batch',
    severity: 'warning',
    why: 'An anchor has (P − 1)·K negatives in its batch, so there is no harder rank than that many.',
    *check({ spec, set }) {
      const negatives = (spec.batch.classes - 1) * spec.batch.samplesPerClass
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'n-hard' && mining.from <= mining.to && mining.to > negatives)
          yield {
            path: `${at}.to`,
            message: l10n.t('An anchor has {0} negatives in a batch; rank {1} does not exist.', negatives, mining.to),
            fixes: mining.from <= negatives ? set(`${at}.to`, negatives) : [],
          }
    },
  },
  {
    code: 'miner-takes-no-loss',
    severity: 'error',
    why: 'Easy triplets keep the margin, so their loss is 0 and the network learns nothing.',
    *check({ spec, set }) {
      if (spec.loss.softMargin) return
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'triplet-margin' && mining.select === 'easy')
          yield {
            path: `${at}.select`,
            message: l10n.t('Easy triplets have no loss: nothing would be learned. Use "semi-hard", "hard" or "all".'),
            fixes: set(`${at}.select`, 'semi-hard'),
          }
    },
  },
  {
    code: 'miner-never-hard',
    severity: 'warning',
    why: 'The nearest positive with the farthest negative is nearly always an easy triplet without a loss.',
    *check({ spec, set }) {
      for (const { at, mining } of miners(spec))
        if (mining.strategy === 'batch-easy-hard' && mining.positives === 'easy' && mining.negatives === 'easy')
          yield {
            path: `${at}.negatives`,
            message: l10n.t(
              'The nearest positive with the farthest negative is an easy triplet: there is little to learn. Use "semi-hard" or "hard" negatives.',
            ),
            fixes: set(`${at}.negatives`, 'semi-hard'),
          }
    },
  },
]
