import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { openEmoji } from './emoji.ts'
import { openIdx } from './idxDataset.ts'
import type { ImageSpec } from './imageSpec.ts'
import { openMnist } from './mnist.ts'
import type { PackedDataset } from './packedDataset.ts'

export interface DatasetContext {
  /** The workspace folder: where packages are looked for and where `.triplet-lab/cache` lies. Absolute. */
  readonly workspace: string
}

/**
 * Opens the pictures that a spec names. Close the result when done.
 *
 * @throws DatasetError when the data is missing, broken or of a kind that cannot be read: its message is for people
 */
export function openDataset(spec: DatasetSpec, image: ImageSpec, context: DatasetContext): Promise<PackedDataset> {
  switch (spec.kind) {
    case 'emoji':
      return openEmoji(image)
    case 'mnist':
      return openMnist(context.workspace, image)
    case 'idx':
      return openIdx(spec.images, [spec], null, image)
    default:
      return Promise.reject(new Error(`No reader for ${spec.kind}`))
  }
}
