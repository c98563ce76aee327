import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { assertNever } from '../../core/assertNever.ts'
import { openCifar } from './cifar.ts'
import { openEmoji } from './emoji.ts'
import { openFashionMnist } from './fashionMnist.ts'
import { openFolder } from './folder.ts'
import { openIdx } from './idxDataset.ts'
import type { ImageSpec } from './imageSpec.ts'
import { openMnist } from './mnist.ts'
import type { PackedDataset } from './packedDataset.ts'

export interface DatasetContext {
  /** The workspace folder: where packages are looked for and where `.triplet-lab/cache` lies. Absolute. */
  readonly workspace: string
  /** Bytes of decoded pictures that may stay in memory; larger datasets are read from disk. 512 MiB by default. */
  readonly memoryBudget?: number
}

/**
 * Opens the pictures that a spec names. Close the result when done.
 *
 * Pictures that have to be decoded are decoded once and kept packed in `.triplet-lab/cache`; the next time they are there
 * at once. A picture that cannot be decoded is left out and listed in `skipped`; an archive that is truncated stops.
 *
 * @throws DatasetError when the data is missing, broken or of a kind that cannot be read: its message is for people
 */
export async function openDataset(
  spec: DatasetSpec,
  image: ImageSpec,
  context: DatasetContext,
): Promise<PackedDataset> {
  switch (spec.kind) {
    case 'emoji':
      return openEmoji(image)
    case 'mnist':
      return openMnist(context, image)
    case 'fashion-mnist':
      return openFashionMnist(context, image)
    case 'idx':
      return openIdx(spec.images, [spec], null, image, context)
    case 'cifar':
      return openCifar(spec.path, image, context)
    case 'folder':
      return openFolder(spec.path, image, context)
    case 'csv':
      return (await import('./manifest.ts')).openManifest(spec.path, image, context)
    case 'npz':
      return (await import('./numpy.ts')).openNumpy(spec.path, image, context)
    case 'parquet':
      return (await import('./parquet.ts')).openParquet(spec.path, image, context)
    default:
      return assertNever(spec, 'dataset')
  }
}
