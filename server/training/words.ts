/** What a run says about itself: short, plain, with what to do next. */
import * as l10n from '@vscode/l10n'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { EvaluationValues } from './evaluate.ts'
import type { LoopState } from './loopState.ts'
import type { OpenRun } from './openRun.ts'

const percent = (share: number) => (100 * share).toFixed(1)

export const started = ({ engine, dataset, split, steps }: OpenRun) =>
  l10n.t(
    'Training on {0}: {1} of {2} pictures of {3} classes, {4} steps.',
    engine.id,
    split.train.length,
    dataset.labels.length,
    dataset.classNames.length,
    steps,
  )

export const resumed = (step: number, steps: number) => l10n.t('Goes on from step {0} of {1}.', step, steps)

export const paused = (step: number) => l10n.t('Paused at step {0}.', step)

export const miner = (epoch: number, strategy: string) => l10n.t('Epoch {0}: the miner is now {1}.', epoch, strategy)

export const margin = (epoch: number, value: number) => l10n.t('Epoch {0}: the margin is now {1}.', epoch, value)

export function epoch(number: number, epochs: number, loss: number, values: EvaluationValues | null): string {
  const atOne = values?.['test/recallAt1']
  const map = values?.['test/mapAtR']
  return atOne === undefined || map === undefined
    ? l10n.t('Epoch {0} of {1}: loss {2}.', number, epochs, loss.toPrecision(3))
    : l10n.t(
        'Epoch {0} of {1}: loss {2}, R@1 {3} %, MAP@R {4} %.',
        number,
        epochs,
        loss.toPrecision(3),
        percent(atOne),
        percent(map),
      )
}

export const stoppedEarly = (evaluations: number) =>
  l10n.t('Stopped early: MAP@R has not improved in {0} evaluations.', evaluations)

export function done(state: LoopState, early: string | null): string {
  const end = early ?? l10n.t('Done after {0} steps.', state.step)
  // Where nothing is held out the score is a loss, and says nothing about retrieval.
  if (state.best === null || state.best.score < 0) return end
  return `${end} ${l10n.t('Best MAP@R {0} %, at step {1}.', percent(state.best.score), state.best.step)}`
}

export function diverged(step: number, spec: RunSpec): string {
  const what = l10n.t('Diverged at step {0}: the loss is no longer a number.', step)
  const advice = spec.loss.normalize
    ? l10n.t('Lower "learningRate" (now {0}), or set "clipNorm" to 1.', spec.optimizer.learningRate)
    : l10n.t(
        'Lower "learningRate" (now {0}), set "clipNorm" to 1, or set "normalize" to true.',
        spec.optimizer.learningRate,
      )
  return `${what} ${advice}`
}

export const damaged = (reason: string) =>
  l10n.t('The last checkpoint cannot be used ({0}). The run starts again from its first step.', reason)

export const otherPictures = () =>
  l10n.t('The pictures have changed since this run began. Start a new run, so that its curve means one thing.')

export const otherEngine = (before: string, now: string) =>
  l10n.t('Began on {0} and goes on with {1}: the last digits may differ.', before, now)
