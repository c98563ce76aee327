/** Batches that the dataset cannot fill. */
import * as l10n from '@vscode/l10n'
import type { KnownFacts } from '../../catalog/datasets.ts'
import type { RunSpec } from '../../../protocol/runSpec.ts'
import type { Rule } from './rule.ts'

/** Classes and pictures on the training side. */
export function trainingSide(
  facts: KnownFacts,
  split: RunSpec['split'],
): Pick<KnownFacts, 'classes' | 'largestClass' | 'smallestClass'> {
  const { classes, largestClass, smallestClass } = facts
  if (split.by === 'class') {
    // As the split does it: about the share, but two classes on either side.
    const held = Math.min(classes - 2, Math.max(2, Math.round(classes * split.test)))
    return { classes: classes - held, largestClass, smallestClass }
  }
  if (split.by === 'given') return { classes, largestClass, smallestClass }
  const kept = (n: number) => n - Math.round(n * split.test)
  return { classes, largestClass: kept(largestClass), smallestClass: kept(smallestClass) }
}

export const batchRules: readonly Rule[] = [
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
]
