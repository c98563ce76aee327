/** Datasets that are not there, or not what they seem. */
import { relative, sep } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import type { ExperimentContext } from '../context.ts'
import type { Rule, Sight } from './rule.ts'

/** Where a path of the dataset is written: `dataset.folder`, `dataset.idx.labels`. */
function settingOf(dataset: DatasetSpec, path: string): string {
  if (dataset.kind === 'idx') return path === dataset.labels ? 'dataset.idx.labels' : 'dataset.idx.images'
  return 'path' in dataset ? `dataset.${dataset.kind}` : 'dataset'
}

/** As people write it: relative to the experiment file, with `/`. */
function written(context: ExperimentContext, path: string): string {
  const way = relative(context.folder, path).split(sep).join('/')
  return way.startsWith('../') || way === '' ? way : `./${way}`
}

export const datasetRules: readonly Rule[] = [
  {
    code: 'dataset-missing',
    severity: 'error',
    why: 'The path of the dataset leads nowhere, seen from the folder of the experiment file.',
    *check({ spec, context, dataset, set }: Sight) {
      if (dataset?.kind !== 'missing') return
      const path = settingOf(spec.dataset, dataset.path)
      const here = written(context, dataset.path)
      yield dataset.near === null
        ? { path, message: l10n.t('"{0}" points to {1}, which does not exist.', path, here) }
        : {
            path,
            message: l10n.t(
              '"{0}" points to {1}, which does not exist. Did you mean {2}?',
              path,
              here,
              written(context, dataset.near),
            ),
            fixes: set(path, written(context, dataset.near)),
          }
    },
  },
  {
    code: 'dataset-unreadable',
    severity: 'error',
    why: 'The dataset is there, but is not what its kind says.',
    *check({ spec, dataset }: Sight) {
      if (dataset?.kind !== 'unreadable') return
      const path = settingOf(spec.dataset, dataset.path)
      yield { path, message: l10n.t('The dataset cannot be read: {0}.', dataset.reason.replace(/\.$/, '')) }
    },
  },
]
