/** Whether pictures that were opened a while ago are still the same. */
import { stat } from 'node:fs/promises'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { packageRoot } from './packageRoot.ts'
import { findFashion } from './fashionMnist.ts'
import { readIdxHeader } from './idx.ts'
import type { IdxPair } from './idxDataset.ts'
import { idxPair, mnistFolder } from './mnist.ts'

export interface DatasetStamp {
  /** Differs when the pictures may differ. */
  readonly text: string
  /** Of the pictures, unpacked. */
  readonly bytes: number
}

/**
 * For pictures that lie in a few files and are read as they are.
 * @returns `null` for all others, and where a file is missing
 * @throws DatasetError when a file is broken
 */
export async function datasetStamp(spec: DatasetSpec, workspace: string): Promise<DatasetStamp | null> {
  const pairs = pairsOf(spec, workspace)
  if (pairs === null) return null
  let text = spec.kind
  let bytes = 0
  for (const { images, labels } of pairs) {
    for (const file of [images, labels]) {
      const found = await stat(file).catch(() => null)
      if (found === null) return null
      text += `|${file}|${found.size}|${found.mtimeMs}`
    }
    bytes += (await readIdxHeader(images)).bytes
  }
  return { text, bytes }
}

function pairsOf(spec: DatasetSpec, workspace: string): readonly IdxPair[] | null {
  switch (spec.kind) {
    case 'emoji':
      // They come with this program, and do not change under it.
      return []
    case 'mnist': {
      const folder = mnistFolder([workspace, packageRoot()])
      return folder === null ? null : [idxPair(folder, 'train'), idxPair(folder, 't10k')]
    }
    case 'fashion-mnist': {
      const found = findFashion(workspace)
      return found && [idxPair(found.folder, 'train', found.suffix), idxPair(found.folder, 't10k', found.suffix)]
    }
    case 'idx':
      return [spec]
    default:
      return null
  }
}
