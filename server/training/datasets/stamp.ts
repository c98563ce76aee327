/** Whether pictures that were opened a while ago are still the same. */
import { stat } from 'node:fs/promises'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { packageRoot } from './packageRoot.ts'
import { findFashion } from './fashionMnist.ts'
import { idxPair, mnistFolder } from './mnist.ts'

export interface DatasetStamp {
  /** Differs when the pictures may differ. */
  readonly text: string
  /** Of the files as they lie on the disk. */
  readonly bytes: number
}

/**
 * For pictures that lie in a few files and are read as they are.
 * @returns `null` for all others, and where a file is missing
 */
export async function datasetStamp(spec: DatasetSpec, workspace: string): Promise<DatasetStamp | null> {
  const files = filesOf(spec, workspace)
  if (files === null) return null
  const found = await Promise.all(files.map(file => stat(file).catch(() => null)))
  let text = spec.kind
  let bytes = 0
  for (const [i, one] of found.entries()) {
    if (one === null) return null
    text += `|${files[i]}|${one.size}|${one.mtimeMs}`
    bytes += one.size
  }
  return { text, bytes }
}

function filesOf(spec: DatasetSpec, workspace: string): readonly string[] | null {
  switch (spec.kind) {
    case 'emoji':
      // They come with this program, and do not change under it.
      return []
    case 'mnist': {
      const folder = mnistFolder([workspace, packageRoot()])
      return folder === null ? null : bothSides(folder)
    }
    case 'fashion-mnist': {
      const found = findFashion(workspace)
      return found === null ? null : bothSides(found.folder, found.suffix)
    }
    case 'idx':
      return [spec.images, spec.labels]
    default:
      return null
  }
}

function bothSides(folder: string, suffix?: string): string[] {
  return [idxPair(folder, 'train', suffix), idxPair(folder, 't10k', suffix)].flatMap(({ images, labels }) => [
    images,
    labels,
  ])
}
