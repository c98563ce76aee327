/** Margins and loss options that contradict the geometry of the embedding. */
import * as l10n from '@vscode/l10n'
import type { Distance, RunSpec } from '../../../protocol/runSpec.ts'
import { formatNumber } from '../runName.ts'
import { trainingSide } from './batchRules.ts'
import type { Rule } from './rule.ts'

/** The widest gap d(a, n) − d(a, p) of unit-norm embeddings: opposite points of the sphere. */
const widestGap: Readonly<Record<Distance, number>> = { euclidean: 2, 'squared-euclidean': 4, cosine: 2 }

/** The gap that all triplets of C classes can have at once: the corners of a regular simplex. */
function simplexGap(distance: Distance, classes: number): number {
  const squared = (2 * classes) / (classes - 1)
  if (distance === 'euclidean') return Math.sqrt(squared)
  return distance === 'cosine' ? squared / 2 : squared
}

/** Every margin that the run ever has, with where it stands. */
function margins({ loss, curriculum }: RunSpec): { path: string; margin: number }[] {
  const later = curriculum.flatMap(({ margin }, i) =>
    margin === undefined ? [] : [{ path: `curriculum.${i}.margin`, margin }],
  )
  return [{ path: 'loss.margin', margin: loss.margin }, ...later]
}

/** Cosine distance knows no length, so it counts as normalised. */
const onSphere = (loss: { normalize: boolean; distance: Distance }) => loss.normalize || loss.distance === 'cosine'

export const lossRules: readonly Rule[] = [
  {
    code: 'margin-unreachable',
    severity: 'warning',
    why: 'Unit-norm embeddings are at most 2 apart (4 squared, 2 in cosine), so a larger margin leaves every triplet with a loss for ever.',
    *check({ spec, set }) {
      const { loss } = spec
      if (!onSphere(loss) || loss.softMargin) return
      const widest = widestGap[loss.distance]
      for (const { path, margin } of margins(spec))
        if (margin > widest)
          yield {
            path,
            message: l10n.t(
              'α = {0} can never be reached: on the unit sphere the {1} distance leaves a gap of {2} at most. Values around 0.2 are usual.',
              formatNumber(margin),
              loss.distance,
              widest,
            ),
            fixes: set(path, 0.2),
          }
    },
  },
  {
    code: 'margin-beyond-classes',
    severity: 'warning',
    why: 'C classes can all be apart by at most 2C/(C − 1) (squared), its root, or C/(C − 1) (cosine), so a larger margin cannot be kept by all triplets at once.',
    *check({ spec, dataset, set }) {
      const { loss, split } = spec
      if (dataset?.kind !== 'known' || !onSphere(loss) || loss.softMargin) return
      const { classes } = trainingSide(dataset, split)
      const gap = simplexGap(loss.distance, classes)
      if (classes < 2) return
      for (const { path, margin } of margins(spec))
        if (margin > gap && margin <= widestGap[loss.distance])
          yield {
            path,
            message: l10n.t(
              'With {0} classes not all triplets can keep α = {1}: {2} is the most. The loss will not reach 0.',
              classes,
              formatNumber(margin),
              formatNumber(gap),
            ),
            fixes: set(path, Math.floor(gap * 10) / 10),
          }
    },
  },
  {
    code: 'margin-without-normalize',
    severity: 'warning',
    why: 'Without normalisation the network can scale its embeddings until any margin is kept, so α means little.',
    *check({ spec: { loss }, written, set }) {
      if (onSphere(loss) || loss.softMargin || written('loss.margin') === null) return
      yield {
        path: 'loss.margin',
        message: l10n.t(
          'Without normalisation α = {0} means little: the network only has to make its embeddings longer. Set "normalize" to true.',
          formatNumber(loss.margin),
        ),
        fixes: set('loss.normalize', true),
      }
    },
  },
  {
    code: 'soft-margin-on-sphere',
    severity: 'information',
    why: 'On the unit sphere distances are bounded, so the soft margin loss has a floor well above 0 and never stops pulling on easy triplets.',
    *check({ spec: { loss }, set }) {
      if (!loss.softMargin || !onSphere(loss)) return
      const floor = Math.log1p(Math.exp(loss.margin - widestGap[loss.distance]))
      const plateau = Math.log1p(Math.exp(loss.margin))
      yield {
        path: 'loss.softMargin',
        message: l10n.t(
          'On the unit sphere the soft margin loss stays above {0}; a collapse shows as {1}. Without normalisation it can reach 0.',
          formatNumber(floor),
          formatNumber(plateau),
        ),
        fixes: [...set('loss.softMargin', false), ...set('loss.normalize', false)],
      }
    },
  },
  {
    code: 'mean-over-all-triplets',
    severity: 'information',
    why: 'Of all triplets nearly all are soon easy: a mean over all of them buries the few that still teach.',
    *check({ spec: { loss, mining }, set }) {
      if (mining.strategy !== 'batch-all' || loss.reducer !== 'mean' || loss.softMargin) return
      yield {
        path: 'mining.strategy',
        message: l10n.t(
          'With every triplet of the batch, the mean over all of them soon counts mostly zeros. "reducer": "mean-nonzero" keeps the pull of the others.',
        ),
        fixes: set('loss.reducer', 'mean-nonzero'),
      }
    },
  },
]
