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

/** No run is over sooner: its process has to start, and to read the pictures. */
const shortest = 1_000

/**
 * How long a run takes, in milliseconds, from how fast runs like it were here; `null` where none was.
 * Like it: the same network and pictures, of this file if possible. Training only; a tenth more for evaluations.
 */
export function estimateDuration({ spec, steps }: Facts, { runs, otherRuns }: LanguageContext): number | null {
  if (steps === null) return null
  const work = workOf(spec)
  const isLike = (run: RunRow) => workOf(run.spec) === work && summaryOf(run, 'imagesPerSecond') !== undefined
  const like = runs.find(isLike) ?? otherRuns?.().find(isLike)
  const rate = like === undefined ? undefined : summaryOf(like, 'imagesPerSecond')?.last
  if (rate === undefined || rate <= 0) return null
  return Math.max(shortest, ((steps * spec.batch.classes * spec.batch.samplesPerClass) / rate) * 1_100)
}

function workOf({ model, image, dataset }: RunSpec): string {
  return `${textOf(model)} ${textOf(image)} ${textOf(dataset)}`
}
