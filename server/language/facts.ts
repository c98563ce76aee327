/** Numbers that follow from a file and its surroundings: sizes, counts, times. */
import type { RunSpec } from '../../protocol/runSpec.ts'
import { summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import type { DatasetState, PictureShape } from '../experiment/context.ts'
import { combinations } from '../experiment/grid.ts'
import { textOf } from '../experiment/specText.ts'
import { Sight } from '../experiment/rules/rule.ts'
import { totalSteps } from '../experiment/rules/timeRules.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'

export interface Facts {
  /** The first run that the file asks for. */
  readonly spec: RunSpec
  readonly dataset: DatasetState | undefined
  readonly picture: PictureShape | null
  readonly steps: number | null
  readonly parameters: number | null
}

/** `null` where the file has errors that leave no run. */
export function factsOf({ tree, inspection }: ExperimentDocument, context: LanguageContext): Facts | null {
  for (const { result, chosen } of combinations(tree, inspection.axes, context.experiment.folder)) {
    if (result.kind === 'none') return null
    const sight = new Sight(tree, result.spec, chosen, context.experiment)
    const network = sight.picture === null ? undefined : context.experiment.network?.(result.spec, sight.picture)
    return {
      spec: result.spec,
      dataset: sight.dataset,
      picture: sight.picture,
      steps: totalSteps(sight),
      parameters: network?.kind === 'network' ? network.parameters : null,
    }
  }
  return null
}

/** What a run takes beside: its process has to start, and to read the pictures. */
const opening = 1_000
/** What the evaluations take of the training's time, until a run has ended and told. */
const usualShare = 0.1
/** Of as many runs of the file, and of others, it is seen whether they are like it: an answer has to be quick. */
const mostSeen = 500

/**
 * How long a run takes, in milliseconds, from how fast runs like it were here; `null` where none was.
 * Like it: the same network and pictures, of this file if possible, and ended if possible, since the speed of one that still
 * trains changes with every step.
 */
export function estimateDuration({ spec, steps }: Facts, { runs, otherRuns }: LanguageContext): number | null {
  if (steps === null) return null
  const work = workOf(spec)
  const isLike = (run: RunRow) => workOf(run.spec) === work && summaryOf(run, 'imagesPerSecond') !== undefined
  const like = [...runs.slice(0, mostSeen), ...(otherRuns?.().slice(0, mostSeen) ?? [])].filter(isLike)
  // One that was stopped or diverged at once has only its warm-up to tell of.
  const done = like.filter(run => run.status === 'done')
  const first = done.at(0) ?? like.find(run => run.ended !== null) ?? like.at(0)
  const rate = first && rateOf(first)
  if (rate === undefined || rate <= 0) return null
  const training = (steps * batchOf(spec) * 1_000) / rate
  const each = done.map(evaluationTime).filter(time => time !== null)
  // The least, as pauses count in the others.
  const evaluating = each.length === 0 ? training * usualShare : evaluations(spec, spec.epochs) * Math.min(...each)
  return opening + training + evaluating
}

/** What takes longer was a pause, or a night. */
const longestEvaluation = 60_000

/** What a run that is done took for each evaluation, in milliseconds; `null` where its times do not tell. */
function evaluationTime(run: RunRow): number | null {
  const rate = rateOf(run)
  if (run.started === null || run.ended === null || rate === undefined || rate <= 0) return null
  const beside = run.ended - run.started - opening - (run.step * batchOf(run.spec) * 1_000) / rate
  const each = beside / evaluations(run.spec, run.epoch)
  return run.attempt === 1 && each > 0 && each <= longestEvaluation ? each : null
}

/** One before the first step, the others after every so many epochs. */
function evaluations({ evaluation }: RunSpec, epochs: number): number {
  return 1 + Math.ceil(epochs / evaluation.everyEpochs)
}

const rateOf = (run: RunRow) => summaryOf(run, 'imagesPerSecond')?.last
const batchOf = ({ batch }: RunSpec) => batch.classes * batch.samplesPerClass

function workOf({ model, image, dataset }: RunSpec): string {
  return `${textOf(model)} ${textOf(image)} ${textOf(dataset)}`
}
