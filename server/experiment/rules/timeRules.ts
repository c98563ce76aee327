/** Things that are to happen at a time that never comes, and rates that no run survives. */
import * as l10n from '@vscode/l10n'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import type { Fix } from '../finding.ts'
import { formatNumber } from '../runName.ts'
import { trainingSide } from './batchRules.ts'
import type { Rule, Sight } from './rule.ts'

/** Steps of the whole run; `null` where the number of pictures is not known. */
export function totalSteps({ spec, dataset }: Pick<Sight, 'spec' | 'dataset'>): number | null {
  const perEpoch = stepsPerEpoch({ spec, dataset })
  return perEpoch === null ? null : perEpoch * spec.epochs
}

/** Steps of an epoch, as the sampler counts them: as many as show as many pictures as there are. */
export function stepsPerEpoch({ spec, dataset }: Pick<Sight, 'spec' | 'dataset'>): number | null {
  if (spec.stepsPerEpoch !== null) return spec.stepsPerEpoch
  if (dataset?.kind !== 'known' || spec.mining.strategy === 'offline') return null
  const { images } = trainingSide(dataset, spec.split)
  return Math.max(1, Math.round(images / (spec.batch.classes * spec.batch.samplesPerClass)))
}

/** Which entry of a curriculum comes first, second, and so on. */
function inTime(curriculum: RunSpec['curriculum']): number[] {
  const at = (i: number) => curriculum[i]?.fromEpoch ?? 0
  return [...curriculum.keys()].sort((a, b) => at(a) - at(b))
}

export const timeRules: readonly Rule[] = [
  {
    code: 'curriculum-beyond-epochs',
    severity: 'warning',
    why: 'A change after the last epoch never happens.',
    *check({ spec, set }) {
      for (const [i, { fromEpoch }] of spec.curriculum.entries()) {
        if (fromEpoch <= spec.epochs) continue
        yield {
          path: `curriculum.${i}.fromEpoch`,
          unnecessary: true,
          message: l10n.t(
            'The run ends with epoch {0}: this change from epoch {1} never happens.',
            spec.epochs,
            fromEpoch,
          ),
          fixes: [...set('epochs', fromEpoch + 1), ...set(`curriculum.${i}.fromEpoch`, Math.max(1, spec.epochs))],
        }
      }
    },
  },
  {
    code: 'curriculum-out-of-order',
    severity: 'warning',
    why: 'The changes of a curriculum follow each other in time, and a reader expects them in that order.',
    *check({ spec: { curriculum }, reorder }) {
      let fixes: readonly Fix[] | undefined
      for (const [i, { fromEpoch }] of curriculum.entries()) {
        const before = i === 0 ? undefined : curriculum[i - 1]?.fromEpoch
        if (before === undefined || fromEpoch > before) continue
        yield {
          path: `curriculum.${i}.fromEpoch`,
          message: l10n.t(
            'This change from epoch {0} stands after one from epoch {1}. Put them in order.',
            fromEpoch,
            before,
          ),
          fixes: (fixes ??= reorder(
            'curriculum',
            inTime(curriculum),
            l10n.t('Put the changes in the order of their epochs'),
          )),
        }
      }
    },
  },
  {
    code: 'curriculum-changes-nothing',
    severity: 'warning',
    why: 'A step of a curriculum without a miner and without a margin changes nothing.',
    *check({ spec: { curriculum }, set }) {
      for (const [i, step] of curriculum.entries())
        if (step.mining === undefined && step.margin === undefined)
          yield {
            path: `curriculum.${i}`,
            unnecessary: true,
            message: l10n.t('This step changes nothing: give it a "mining" or a "margin".'),
            fixes: set(`curriculum.${i}.mining`, 'batch-hard'),
          }
    },
  },
  {
    code: 'schedule-never-drops',
    severity: 'warning',
    why: 'A drop after the last epoch never happens.',
    *check({ spec: { schedule, epochs }, set }) {
      if (schedule.kind !== 'step' || schedule.everyEpochs < epochs) return
      yield {
        path: 'schedule.everyEpochs',
        message: l10n.t('The run ends after {0} epochs, before the rate drops for the first time.', epochs),
        fixes: epochs >= 3 ? set('schedule.everyEpochs', Math.floor(epochs / 3)) : [],
      }
    },
  },
  {
    code: 'warmup-longer-than-run',
    severity: 'warning',
    why: 'A warm-up that is longer than the run never reaches the learning rate.',
    *check(sight) {
      const { spec, set } = sight
      const steps = totalSteps(sight)
      if (steps === null || spec.schedule.warmupSteps < steps) return
      yield {
        path: 'schedule.warmupSteps',
        message: l10n.t(
          'The run has {0} steps in all: with {1} of warm-up it never reaches its rate.',
          steps,
          spec.schedule.warmupSteps,
        ),
        fixes: set('schedule.warmupSteps', Math.floor(steps / 10)),
      }
    },
  },
  {
    code: 'evaluation-never',
    severity: 'warning',
    why: 'With more epochs between evaluations than the run has, it is tested only at its end.',
    *check({ spec: { evaluation, epochs }, set }) {
      if (evaluation.everyEpochs <= epochs) return
      yield {
        path: 'evaluation.everyEpochs',
        message: l10n.t('The run has {0} epochs: it is tested only at its end.', epochs),
        fixes: set('evaluation.everyEpochs', Math.max(1, Math.floor(epochs / 5))),
      }
    },
  },
  {
    code: 'patience-longer-than-run',
    severity: 'warning',
    why: 'A patience of more evaluations than the run has never stops it.',
    *check({ spec: { evaluation, epochs }, remove }) {
      const evaluations = Math.floor(epochs / evaluation.everyEpochs)
      if (evaluation.patience === null || evaluation.patience < evaluations) return
      yield {
        path: 'evaluation.patience',
        message: l10n.t(
          'The run has {0} evaluations, so a patience of {1} never stops it.',
          evaluations,
          evaluation.patience,
        ),
        fixes: remove('evaluation.patience'),
      }
    },
  },
  {
    code: 'learning-rate-too-high',
    severity: 'warning',
    why: 'Rates beyond 0.03 with Adam or 1 with SGD make runs diverge or collapse.',
    *check({ spec: { optimizer }, set }) {
      const limit = optimizer.name === 'adam' ? 0.03 : 1
      if (optimizer.learningRate <= limit) return
      yield {
        path: 'optimizer.learningRate',
        message: l10n.t(
          'A rate of {0} is very high for {1}: the run will probably diverge or collapse. Start with {2}.',
          formatNumber(optimizer.learningRate),
          optimizer.name,
          optimizer.name === 'adam' ? '1e-3' : '1e-2',
        ),
        fixes: set('optimizer.learningRate', optimizer.name === 'adam' ? 1e-3 : 1e-2),
      }
    },
  },
]
