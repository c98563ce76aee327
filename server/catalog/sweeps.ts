/** Sweeps, in the words of Weights & Biases: the axes, and the search over them. */
import { count, type Choice, type ObjectSetting } from './entry.ts'
import { metricGoal } from '../../protocol/metrics.ts'
import { metrics } from './metrics.ts'
import { papers } from './papers.ts'

export const distributions = {
  uniform: { summary: 'Any number of the interval, all equally likely.' },
  log_uniform_values: {
    summary: 'Any number of the interval, every power of ten equally likely. Right for rates.',
    aliases: ['log_uniform', 'loguniform', 'log'],
  },
  int_uniform: {
    summary: 'Any whole number of the interval, all equally likely.',
    aliases: ['randint', 'int', 'integer'],
  },
  q_uniform: { summary: 'Multiples of q in the interval, all equally likely.', aliases: ['quniform'] },
  q_log_uniform_values: {
    summary: 'Multiples of q in the interval, every power of ten equally likely.',
    aliases: ['q_log_uniform', 'qloguniform'],
  },
} as const satisfies Record<string, Choice>
export type Distribution = keyof typeof distributions

export const methods = {
  grid: { summary: 'Every combination of the listed values.' },
  random: {
    summary:
      'Combinations spread evenly over all axes, intervals among them, up to runCap. The same seed gives the same ones.',
  },
  bayes: {
    summary:
      'After ten spread evenly, combinations near those that did well (a tree-structured Parzen estimator), up to runCap.',
    aliases: ['bayesian', 'tpe'],
  },
} as const satisfies Record<string, Choice>

export const terminations = {
  asha: {
    summary:
      'Runs are compared at rungs of epochs; only the best share goes on to the next. Stopped runs can go on later.',
    aliases: ['successive-halving', 'sha'],
  },
  hyperband: {
    summary: 'As asha, with several lowest rungs side by side: for when early results say little about late ones.',
    aliases: ['bohb'],
  },
  median: { summary: 'A run stops when it is worse than the median of the others at the same epoch.' },
} as const satisfies Record<string, Choice>

export const ranks = {
  forecast: {
    summary:
      'By where their curves are heading, so that runs which begin slowly and win late go on; the best always does.',
    citation: papers.learningCurves,
    aliases: ['extrapolate', 'extrapolation', 'trend'],
  },
  best: {
    summary: 'By their best value so far, as in the papers.',
    citation: papers.asha,
    aliases: ['value', 'current'],
  },
} as const satisfies Record<string, Choice>

/** Metrics that one can want more or less of. */
const goals: Record<string, Choice> = Object.fromEntries(
  Object.entries(metrics)
    .filter(([id]) => id in metricGoal)
    .map(([id, metric]) => [id.replace('test/', ''), metric]),
)

export const sweep: ObjectSetting = {
  kind: 'object',
  optional: true,
  summary:
    'How the values are searched where the file gives several. A file with `values` somewhere is a sweep even without this.',
  aliases: ['search', 'tune', 'hyperparameterSearch'],
  properties: {
    method: {
      kind: 'choice',
      choices: methods,
      default: 'grid',
      summary: 'Which combinations are tried.',
      aliases: ['algorithm', 'strategy'],
    },
    metric: {
      kind: 'object',
      summary: 'What makes one run better than another.',
      properties: {
        name: { kind: 'choice', choices: goals, default: 'mapAtR', summary: 'The metric that is compared.' },
        goal: {
          kind: 'choice',
          optional: true,
          choices: {
            maximize: { summary: 'More is better.', aliases: ['max', 'maximise'] },
            minimize: { summary: 'Less is better.', aliases: ['min', 'minimise'] },
          },
          summary: 'Whether more or less of it is better. Left out: what the metric itself says.',
          aliases: ['mode', 'direction'],
        },
      },
    },
    runCap: {
      kind: 'number',
      integer: true,
      range: count,
      default: null,
      whenNull: 'all combinations',
      summary: 'The most runs that a sweep may have.',
      aliases: ['run_cap', 'maxRuns', 'trials', 'nTrials'],
    },
    seed: {
      kind: 'number',
      integer: true,
      range: { min: 0, max: Number.MAX_SAFE_INTEGER },
      default: 1,
      summary: 'Which random combinations are tried.',
    },
    repeats: {
      kind: 'number',
      integer: true,
      range: count,
      default: 1,
      summary: 'Runs of each combination, with seeds that follow one another: what counts is their mean.',
      aliases: ['seeds', 'replicates'],
    },
    earlyTerminate: {
      kind: 'object',
      optional: true,
      summary: 'Stops runs that fall behind, never the best one.',
      aliases: ['early_terminate', 'pruner', 'scheduler'],
      properties: {
        type: {
          kind: 'choice',
          choices: terminations,
          default: 'asha',
          summary: 'How it is seen that a run falls behind.',
        },
        minEpochs: {
          kind: 'number',
          integer: true,
          range: count,
          default: 1,
          summary: 'No run is stopped before this epoch: the lowest rung.',
          aliases: ['min_iter', 'graceperiod', 'minIter'],
        },
        eta: {
          kind: 'number',
          integer: true,
          range: { min: 2, max: 100 },
          default: 3,
          summary: 'One of so many goes on at a rung, which are so many times as far apart. Not for median.',
          aliases: ['reductionFactor', 'reduction_factor'],
        },
        rank: {
          kind: 'choice',
          choices: ranks,
          default: 'forecast',
          summary: 'What runs are compared by at a rung. Not for median.',
          aliases: ['rankBy', 'compare'],
        },
      },
    },
  },
}
