/** What a run says about itself: short, plain, with what to do next. */
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import type { MiningSpec, RunSpec } from '../../protocol/runSpec.ts'
import type { HealthFinding } from '../core/health.ts'
import type { Dataset, Split } from './datasets/dataset.ts'
import type { Leak } from './datasets/leaks.ts'
import type { EvaluationValues } from './evaluate.ts'
import type { LoopState } from './loopState.ts'

const percent = (share: number) => (100 * share).toFixed(1)

/** What there is to train, once it is open. */
interface Opened {
  readonly engine: { readonly id: string }
  readonly dataset: Dataset
  readonly split: Split
  readonly steps: number
}

export const started = ({ engine, dataset, split, steps }: Opened) =>
  l10n.t(
    'Training on {0}: {1} of {2} pictures of {3} classes, {4} steps.',
    engine.id,
    split.train.length,
    dataset.labels.length,
    dataset.classNames.length,
    steps,
  )

export const skipped = (left: Dataset['skipped'], used: number) =>
  l10n.t('{0} left out, {1} used. {2}: {3}', left.length, used, left[0].path, left[0].reason)

export const tripletsLeftOut = (left: Dataset['skipped'], used: number) =>
  l10n.t('Triplets left out: {0}, used: {1}. {2}: {3}', left.length, used, left[0].path, left[0].reason)

export const leaks = (dataset: Dataset, found: readonly Leak[]) =>
  l10n.t(
    'Test pictures that are also in training: {0}. The results look better than they are. The first: {1} is {2}.',
    found.length,
    dataset.describe(found[0].test),
    dataset.describe(found[0].train),
  )

export const resumed = (step: number, steps: number) => l10n.t('Goes on from step {0} of {1}.', step, steps)

export const paused = (step: number) => l10n.t('Paused at step {0}.', step)

export const miner = (epoch: number, strategy: string) => l10n.t('Epoch {0}: the miner is now {1}.', epoch, strategy)

export const margin = (epoch: number, value: number) => l10n.t('Epoch {0}: the margin is now {1}.', epoch, value)

export function epoch(number: number, epochs: number, loss: number, values: EvaluationValues | null): string {
  const atOne = values?.['test/recallAt1']
  const map = values?.['test/mapAtR']
  // Not a number: no held-out class has two pictures, so that nothing could be found.
  return atOne === undefined || map === undefined || Number.isNaN(atOne)
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

export const tooFewClasses = (classes: number) =>
  l10n.t(
    'A batch of {0} classes cannot be drawn: fewer classes of the training side have two pictures or more. Lower "batch.classes", or give the classes more pictures.',
    classes,
  )

export const stoppedEarly = (evaluations: number) =>
  l10n.t('Stopped early: MAP@R has not improved in {0} evaluations.', evaluations)

export function done(state: LoopState, early: string | null): string {
  const end = state.health.collapse.reported
    ? l10n.t('Done after {0} steps, collapsed since step {1}.', state.step, state.health.collapse.since)
    : (early ?? l10n.t('Done after {0} steps.', state.step))
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

/** What the health watch found, and what to try. */
export function finding(found: HealthFinding, spec: RunSpec, mining: MiningSpec): string {
  switch (found.kind) {
    case 'collapsed':
      return `${l10n.t(
        'Collapsed at step {0}: all embeddings are the same point (loss {1}, where α is {2}).',
        found.onset,
        found.loss.toPrecision(3),
        spec.loss.margin,
      )} ${againstCollapse(spec, mining)}`
    case 'recovered':
      return l10n.t('Step {0}: the embeddings spread again.', found.step)
    case 'diverged':
      return diverged(found.step, spec)
    case 'exploding':
      return l10n.t(
        'Step {0}: the embeddings grow without bound (norm {1}, {2} at first). Set "normalize" to true, or lower "learningRate".',
        found.step,
        found.embeddingNorm.toPrecision(2),
        found.firstNorm.toPrecision(2),
      )
    case 'all-easy':
      return l10n.t(
        'No triplet of the last {0} batches violates the margin: there is nothing left to learn. Raise "margin" (now {1}), or take more classes into a batch.',
        found.steps,
        found.margin,
      )
    case 'miner-idle':
      return l10n.t(
        'The miner {0} has chosen no triplet with a loss in {1} steps, though {2} % of all violate the margin. Take another one: "semi-hard" or "batch-hard".',
        mining.strategy,
        found.steps,
        percent(found.activeFraction),
      )
    case 'no-triplets':
      return found.missing === 'positives'
        ? l10n.t('The batch of step {0} has no two pictures of one class. Raise "samplesPerClass".', found.step)
        : l10n.t('The batch of step {0} has pictures of one class only. Raise "classes".', found.step)
    default:
      return assertNever(found)
  }
}

/** The likeliest cause first. */
function againstCollapse(spec: RunSpec, mining: MiningSpec): string {
  if (mining.strategy === 'batch-hard' || mining.strategy === 'n-hard')
    return l10n.t(
      'Mining the hardest triplets from the first step often does this. Start with semi-hard for two epochs, or lower "learningRate" (now {0}).',
      spec.optimizer.learningRate,
    )
  if (spec.loss.softMargin && spec.loss.normalize)
    return l10n.t('Set "softMargin" to false, which is better on the unit sphere, or lower "learningRate".')
  return l10n.t(
    'Lower "learningRate" (now {0}), or take more classes into a batch (now {1}).',
    spec.optimizer.learningRate,
    spec.batch.classes,
  )
}

/** @param pictures with the number of epochs behind each */
export const hardAgainAndAgain = (pictures: readonly string[], epochs: number) =>
  l10n.t(
    'Among the hardest in most of {0} epochs, and perhaps mislabelled: {1}. The number in brackets says in how many.',
    epochs,
    pictures.join(', '),
  )

export const damaged = (reason: string) =>
  l10n.t('The last checkpoint cannot be used ({0}). The run starts again from its first step.', reason)

export const damagedFork = (reason: string) =>
  l10n.t('The checkpoint that this run was to go on from cannot be used ({0}). Fork the run again.', reason)

export const otherNetwork = (tensor: string) =>
  l10n.t(
    'The network differs from that of the run that was forked, at {0}. A fork can change everything but "model" and the size of the pictures.',
    tensor,
  )

export const nothingLeft = (done: number, epochs: number) =>
  l10n.t(
    'The checkpoint stands after epoch {0}, and "epochs" is {1}: nothing is left to train. Ask for more epochs, or fork from the best checkpoint.',
    done,
    epochs,
  )

export const forked = (runId: number, step: number, steps: number) =>
  l10n.t('Forked from run {0}: goes on from step {1} of {2} with settings of its own.', runId, step, steps)

export const otherPictures = () =>
  l10n.t(
    'The pictures or triplets have changed since this run began. Start a new run, so that its curve means one thing.',
  )

export const otherEngine = (before: string, now: string) =>
  l10n.t('Began on {0} and goes on with {1}: the last digits may differ.', before, now)

export const trials = (engines: readonly string[]) =>
  l10n.t(
    'Trying {0}, to see which trains this network fastest here. The next run of it starts at once.',
    engines.join(', '),
  )
