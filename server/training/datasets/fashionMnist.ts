import * as l10n from '@vscode/l10n'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatasetError } from './datasetError.ts'
import { openIdx } from './idxDataset.ts'
import type { ImageSpec } from './imageSpec.ts'
import { idxPair } from './mnist.ts'
import type { CacheContext } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'

/** In the order of the labels. */
export const fashionClasses = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const

/** Where the four files are looked for: beside the experiment, then where Debian's package puts them. */
export const fashionPlaces = (workspace: string): readonly string[] => [
  join(workspace, 'fashion-mnist'),
  join(workspace, 'data', 'fashion-mnist'),
  '/usr/share/datasets/fashion-mnist',
]

/** Folder and file ending of Fashion-MNIST's four files on this machine; `null` when they are not there. */
export function findFashion(workspace: string): { readonly folder: string; readonly suffix: string } | null {
  for (const folder of fashionPlaces(workspace))
    for (const suffix of ['.gz', '']) {
      const { images, labels } = idxPair(folder, 'train', suffix)
      const test = idxPair(folder, 't10k', suffix)
      if ([images, labels, test.images, test.labels].every(file => existsSync(file))) return { folder, suffix }
    }
  return null
}

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 60,000 + 10,000 pictures of clothes of 28 × 28, its own test set as given
 * split.
 *
 * @throws DatasetError when its files are nowhere, saying where to put them
 */
export function openFashionMnist(context: CacheContext, image: ImageSpec): Promise<PackedDataset> {
  const found = findFashion(context.workspace)
  if (found === null) throw missingFashion(context.workspace)
  const { folder, suffix } = found
  return openIdx(
    'fashion-mnist',
    [idxPair(folder, 'train', suffix), idxPair(folder, 't10k', suffix)],
    fashionClasses,
    image,
    context,
  )
}

export function missingFashion(workspace: string): DatasetError {
  return new DatasetError(
    'missing',
    'fashion-mnist',
    l10n.t(
      'Fashion-MNIST is not on this machine. Put its four files (train-images-idx3-ubyte.gz and so on) into {0}, or on Debian and Ubuntu run "apt-get install dataset-fashion-mnist".',
      fashionPlaces(workspace)[0],
    ),
  )
}
