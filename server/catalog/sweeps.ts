/** Sweeps, in the words of Weights & Biases: the axes, and the search over them. */
import { count, type Choice, type ObjectSetting } from './entry.ts'
import { metricGoal } from '../../protocol/metrics.ts'
import { metrics } from './metrics.ts'

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
  },
}
