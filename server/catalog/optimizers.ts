/** Optimizers and learning-rate schedules. */
import {
  count,
  fraction,
  nonNegative,
  positive,
  type NumberSetting,
  type Option,
  type VariantSetting,
} from './entry.ts'
import type { OptimizerSpec, RunSpec } from '../../protocol/runSpec.ts'
import { cite, papers } from './papers.ts'

const learningRate = (preset: number): NumberSetting => ({
  kind: 'number',
  integer: false,
  range: positive,
  default: preset,
  tries: [1e-4, 3e-4, 1e-3, 3e-3],
  logarithmic: true,
  symbol: 'lr',
  summary: 'How far one step goes. The setting that matters most after the margin.',
  aliases: ['lr', 'rate', 'stepSize', 'eta'],
})

const weightDecay: NumberSetting = {
  kind: 'number',
  integer: false,
  range: nonNegative,
  default: 0,
  tries: [0, 1e-5, 1e-4, 1e-3],
  logarithmic: true,
  symbol: 'wd',
  summary: 'Pulls the weights towards zero at every step, apart from the gradient.',
  citation: cite(papers.adamW, '§2'),
  aliases: ['wd', 'l2', 'decay'],
}

const clipNorm: NumberSetting = {
  kind: 'number',
  integer: false,
  range: positive,
  default: null,
  whenNull: 'not clipped',
  tries: [1, 5],
  summary: 'The largest norm that the whole gradient may have; longer ones are scaled down.',
  citation: cite(papers.clipping, '§3.2'),
  aliases: ['gradientClip', 'gradClip', 'clip', 'maxGradNorm'],
}

const moment = (summary: string, preset: number): NumberSetting => ({
  kind: 'number',
  integer: false,
  range: { min: 0, max: 1, open: 'max' },
  default: preset,
  summary,
})

export const optimizers = {
  adam: {
    summary: 'Adapts the step of each weight to its gradients. Works without much tuning.',
    citation: papers.adam,
    aliases: ['adamw'],
    properties: {
      learningRate: learningRate(1e-3),
      beta1: moment('Decay of the mean of the gradients.', 0.9),
      beta2: moment('Decay of the mean of the squared gradients.', 0.999),
      epsilon: {
        kind: 'number',
        integer: false,
        range: positive,
        default: 1e-8,
        summary: 'Keeps the division finite.',
        aliases: ['eps'],
      },
      weightDecay,
      clipNorm,
    },
  },
  sgd: {
    summary: 'Plain gradient descent with momentum.',
    citation: papers.momentum,
    aliases: ['momentum'],
    properties: {
      learningRate: learningRate(1e-2),
      momentum: { ...moment('Share of the last step that is kept.', 0.9), tries: [0, 0.9] },
      weightDecay,
      clipNorm,
    },
  },
} as const satisfies Record<OptimizerSpec['name'], Option>

export const optimizer: VariantSetting = {
  kind: 'variant',
  tag: 'name',
  options: optimizers,
  default: 'adam',
  summary: 'How gradients change the weights.',
  aliases: ['optim', 'optimiser'],
}

const warmupSteps: NumberSetting = {
  kind: 'number',
  integer: true,
  range: { min: 0, max: 1_000_000 },
  default: 0,
  unit: 'steps',
  tries: [0, 100, 500],
  summary: 'Steps over which the rate grows from zero to its value.',
  citation: cite(papers.warmup, '§2.2'),
  aliases: ['warmup'],
}

export const schedules = {
  constant: { summary: 'The rate stays as it is.', aliases: ['none', 'fixed'], properties: { warmupSteps } },
  step: {
    summary: 'The rate is multiplied by a factor every few epochs.',
    aliases: ['stepLR', 'decay'],
    properties: {
      warmupSteps,
      everyEpochs: {
        kind: 'number',
        integer: true,
        range: count,
        default: 10,
        unit: 'epochs',
        summary: 'Epochs from one drop to the next.',
        aliases: ['stepSize', 'every'],
      },
      factor: {
        kind: 'number',
        integer: false,
        range: fraction,
        default: 0.5,
        summary: 'What the rate is multiplied by.',
        aliases: ['gamma'],
      },
    },
  },
  cosine: {
    summary: 'The rate falls along half a cosine to its final share at the last step.',
    formula: 'η(t) = η₀ (f + (1 − f)(1 + cos(π t / T)) / 2)',
    citation: cite(papers.cosine, '§3'),
    aliases: ['cosineAnnealing'],
    properties: {
      warmupSteps,
      final: {
        kind: 'number',
        integer: false,
        range: fraction,
        default: 0,
        summary: 'The share of the rate that is left at the end.',
        aliases: ['etaMin', 'min'],
      },
    },
  },
  plateau: {
    summary: 'The rate is multiplied by a factor when MAP@R has stopped improving.',
    aliases: ['reduceOnPlateau', 'reduceLROnPlateau'],
    properties: {
      warmupSteps,
      patience: {
        kind: 'number',
        integer: true,
        range: count,
        default: 3,
        unit: 'evaluations',
        summary: 'Evaluations without improvement before a drop.',
      },
      factor: {
        kind: 'number',
        integer: false,
        range: fraction,
        default: 0.5,
        summary: 'What the rate is multiplied by.',
        aliases: ['gamma'],
      },
    },
  },
} as const satisfies Record<RunSpec['schedule']['kind'], Option>

export const schedule: VariantSetting = {
  kind: 'variant',
  tag: 'kind',
  options: schedules,
  default: 'constant',
  summary: 'The learning rate over the run, as a factor of `learningRate`.',
  aliases: ['lrSchedule', 'scheduler', 'lrScheduler'],
}
