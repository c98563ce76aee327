/** Splits that a dataset does not have, or that make the test say something else than it seems to. */
import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'

/** With at least so many classes of at most so many pictures each, classes are identities rather than categories. */
const manyClasses = 50
const fewPictures = 20

export const splitRules: readonly Rule[] = [
  {
    code: 'split-not-given',
    severity: 'error',
    why: 'Only a dataset with a test set of its own can be split as given.',
    *check({ spec: { split }, dataset, set }) {
      if (split.by !== 'given' || dataset?.kind !== 'known' || dataset.hasGivenSplit) return
      yield {
        path: 'split.by',
        message: l10n.t('This dataset has no split of its own. Divide it by "class" or by "example".'),
        fixes: [...set('split.by', 'class'), ...set('split.by', 'example')],
      }
    },
  },
  {
    code: 'split-too-few-classes',
    severity: 'error',
    why: 'To hold classes out, two have to stay for training and two for testing.',
    *check({ spec: { split }, dataset, set }) {
      const needed = 2 * Math.max(2, split.folds ?? 0)
      if (split.by !== 'class' || dataset?.kind !== 'known' || dataset.classes >= needed) return
      yield {
        path: 'split.by',
        message: l10n.t(
          'The dataset has {0} classes: too few to hold whole classes out. Set "split.by" to "example".',
          dataset.classes,
        ),
        fixes: set('split.by', 'example'),
      }
    },
  },
  {
    code: 'split-share-unused',
    severity: 'warning',
    why: 'A given split says itself what is held out; a share beside it changes nothing.',
    *check({ spec: { split }, written, remove }) {
      if (written('split.test') === null || (split.by !== 'given' && split.folds === undefined)) return
      yield {
        path: 'split.test',
        unnecessary: true,
        message:
          split.by === 'given'
            ? l10n.t('"test" changes nothing here: the dataset itself says what is held out.')
            : l10n.t('"test" changes nothing here: one of the {0} folds is held out.', split.folds ?? 0),
        fixes: remove('split.test'),
      }
    },
  },
  {
    code: 'split-folds-of-given',
    severity: 'error',
    why: 'A given split is one split; only classes or pictures can be dealt into folds.',
    *check({ spec: { split }, set, remove }) {
      if (split.by !== 'given' || split.folds === undefined) return
      yield {
        path: 'split.folds',
        message: l10n.t('A given split has no folds. Deal by "class" or by "example", or remove "folds".'),
        fixes: [...set('split.by', 'class'), ...remove('split.folds')],
      }
    },
  },
  {
    code: 'split-no-such-fold',
    severity: 'error',
    why: 'Folds are counted from 1 to their number.',
    *check({ spec: { split }, set }) {
      const { folds, fold = 1 } = split
      if (folds === undefined ? split.fold === undefined : fold <= folds) return
      yield {
        path: 'split.fold',
        message:
          folds === undefined
            ? l10n.t('"fold" says which fold is held out, but there are none. Say how many with "folds".')
            : l10n.t('There is no fold {0} of {1}.', fold, folds),
        fixes: folds === undefined ? set('split.folds', Math.max(2, fold)) : set('split.fold', folds),
      }
    },
  },
  {
    code: 'split-one-fold',
    severity: 'information',
    why: 'Cross-validation is the mean over all folds; a single one is an ordinary split.',
    *check({ spec: { split }, change }) {
      const { folds } = split
      if (folds === undefined || split.fold !== undefined || split.by === 'given') return
      const all = Array.from({ length: folds }, (_, i) => i + 1)
      yield {
        path: 'split.folds',
        message: l10n.t('Only the first of {0} folds is trained. List them in "fold" to train all.', folds),
        fixes: change(l10n.t('Train all {0} folds', folds), [['split.fold', { values: all }]]),
      }
    },
  },
  {
    code: 'split-classes-leak',
    severity: 'warning',
    why: 'Where classes are identities, testing on classes that were trained on says little about new ones.',
    *check({ spec: { split }, dataset, set }) {
      if (split.by !== 'example' || dataset?.kind !== 'known') return
      if (dataset.classes < manyClasses || dataset.images / dataset.classes > fewPictures) return
      yield {
        path: 'split.by',
        message: l10n.t(
          'The test has the same {0} classes as the training, so its scores say little about new ones. Hold out whole classes.',
          dataset.classes,
        ),
        fixes: set('split.by', 'class'),
      }
    },
  },
  {
    code: 'gallery-without-classes',
    severity: 'error',
    why: 'Held-out classes have no pictures in the training set, so no neighbour found there can be right.',
    *check({ spec: { split, evaluation }, set }) {
      if (evaluation.gallery !== 'train' || split.by !== 'class') return
      yield {
        path: 'evaluation.gallery',
        message: l10n.t(
          'The training set has no picture of the held-out classes, so nothing found there can be right. Search among the test pictures.',
        ),
        fixes: [...set('evaluation.gallery', 'test'), ...set('split.by', 'example')],
      }
    },
  },
]
