/** Batches that the dataset cannot fill, or that no machine can hold. */
import * as l10n from '@vscode/l10n'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import { count } from '../../../protocol/words.ts'
import type { KnownFacts } from '../../catalog/datasets.ts'
import { tripletsIn } from '../triplets.ts'
import type { Rule } from './rule.ts'

type Side = Pick<KnownFacts, 'classes' | 'images' | 'largestClass' | 'smallestClass'>

/** Classes and pictures on the training side, as the split makes it. */
export function trainingSide(facts: KnownFacts, split: RunSpec['split']): Side {
  const { classes, images, largestClass, smallestClass } = facts
  const share = split.folds === undefined ? split.test : 1 / split.folds
  if (split.by === 'class') {
    // About the share, but two classes on either side.
    const held = Math.min(classes - 2, Math.max(2, Math.round(classes * share)))
    return {
      classes: classes - held,
      images: Math.round((images * (classes - held)) / classes),
      largestClass,
      smallestClass,
    }
  }
  if (split.by === 'given') return { classes, images: facts.givenTraining ?? images, largestClass, smallestClass }
  const kept = (n: number) => n - Math.round(n * share)
  return { classes, images: kept(images), largestClass: kept(largestClass), smallestClass: kept(smallestClass) }
}

/** Triplets of a batch beyond which taking all of them costs more than the network does. */
const mostTriplets = 5_000_000

const pkRules: readonly Rule[] = [
  {
    code: 'batch-more-classes-than-dataset',
    severity: 'error',
    why: 'A batch takes P different classes, so the training side has to have that many.',
    *check({ spec, dataset, set }) {
      if (dataset?.kind !== 'known') return
      const { classes } = trainingSide(dataset, spec.split)
      if (spec.batch.classes <= classes) return
      yield {
        path: 'batch.classes',
        message: l10n.t(
          'A batch of {0} classes cannot be filled: the training side has {1}. Use {1} or fewer, or hold out less.',
          spec.batch.classes,
          classes,
        ),
        fixes: classes >= 2 ? set('batch.classes', classes) : [],
      }
    },
  },
  {
    code: 'batch-more-samples-than-class',
    severity: 'error',
    why: 'A batch takes K different pictures of a class, so some class has to have that many.',
    *check({ spec, dataset, set }) {
      if (dataset?.kind !== 'known') return
      const { largestClass } = trainingSide(dataset, spec.split)
      if (spec.batch.samplesPerClass <= largestClass) return
      yield {
        path: 'batch.samplesPerClass',
        message: l10n.t(
          '{0} pictures of one class cannot be taken: the largest class has {1} for training. Use {1} or fewer.',
          spec.batch.samplesPerClass,
          largestClass,
        ),
        fixes: largestClass >= 2 ? set('batch.samplesPerClass', largestClass) : [],
      }
    },
  },
  {
    code: 'batch-repeats-samples',
    severity: 'warning',
    why: 'A class with fewer than K pictures shows some of them twice in a batch, and a picture that is its own positive teaches nothing.',
    *check({ spec, dataset, set }) {
      if (dataset?.kind !== 'known') return
      const { largestClass, smallestClass } = trainingSide(dataset, spec.split)
      const { samplesPerClass } = spec.batch
      if (samplesPerClass <= smallestClass || samplesPerClass > largestClass) return
      yield {
        path: 'batch.samplesPerClass',
        message: l10n.t(
          'Some classes have only {0} pictures for training: with K = {1} they show some twice in a batch.',
          smallestClass,
          samplesPerClass,
        ),
        fixes: smallestClass >= 2 ? set('batch.samplesPerClass', smallestClass) : [],
      }
    },
  },
  {
    code: 'batch-larger-than-training-set',
    severity: 'warning',
    why: 'A batch with more pictures than the training side has shows pictures twice, and an epoch is less than one step.',
    *check({ spec, dataset, set }) {
      if (dataset?.kind !== 'known') return
      const { images, classes } = trainingSide(dataset, spec.split)
      const { classes: p, samplesPerClass: k } = spec.batch
      if (p * k <= images || p > classes) return
      yield {
        path: 'batch.classes',
        message: l10n.t('A batch of {0} × {1} pictures is larger than the training side ({2}).', p, k, count(images)),
        fixes: set('batch.classes', Math.max(2, Math.floor(images / k / 2))),
      }
    },
  },
  {
    code: 'batch-too-many-triplets',
    severity: 'warning',
    why: 'The number of triplets grows with the cube of the batch; taking all of them then costs more than the network itself.',
    *check({ spec: { batch, mining }, set }) {
      const all = tripletsIn(batch, { strategy: 'batch-all' }) ?? 0
      const takesAll = mining.strategy === 'batch-all' || mining.strategy === 'triplet-margin'
      if (!takesAll || all <= mostTriplets) return
      yield {
        path: 'batch.classes',
        message: l10n.t(
          'This batch has {0} triplets, and the miner looks at all of them. Take fewer classes.',
          count(all),
        ),
        fixes: batch.classes > 32 ? set('batch.classes', 32) : [],
      }
    },
  },
]

/** Where triplets come from a file, no batch of P × K pictures is drawn. */
export const batchRules: readonly Rule[] = pkRules.map(rule => ({
  ...rule,
  *check(sight) {
    if (sight.spec.mining.strategy !== 'offline') yield* rule.check(sight)
  },
}))
