/**
 * What can be learned of a dataset without opening it: how many classes, how many pictures, of which size. Reads names,
 * headers and labels, never all pictures, so that the editor can look at any dataset while someone types.
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { assertNever } from '../../protocol/assertNever.ts'
import type { DatasetSpec } from '../../protocol/runSpec.ts'
import { knownFacts, type KnownFacts } from '../catalog/datasets.ts'
import type { DatasetState } from '../experiment/context.ts'
import { suggest } from '../experiment/suggest.ts'
import { csvFacts } from './csvFacts.ts'
import { emojiFacts } from './emojiFacts.ts'
import { factsOfCounts } from './factsOfCounts.ts'
import { idxFacts } from './idxFacts.ts'

/** @returns never rejects for what lies on the disk */
export async function readFacts(dataset: DatasetSpec): Promise<DatasetState> {
  for (const path of pathsOf(dataset)) if (!(await exists(path))) return missing(path)
  try {
    return (await factsOf(dataset)) ?? { kind: 'present' }
  } catch (error) {
    const path = pathsOf(dataset).at(0) ?? dataset.kind
    return { kind: 'unreadable', path, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Files and folders that a dataset consists of. */
export function pathsOf(dataset: DatasetSpec): string[] {
  if ('path' in dataset) return [dataset.path]
  return 'images' in dataset ? [dataset.images, dataset.labels] : []
}

async function factsOf(dataset: DatasetSpec): Promise<DatasetState | null> {
  switch (dataset.kind) {
    case 'emoji':
      return known(await emojiFacts())
    case 'mnist':
    case 'fashion-mnist':
      return known(knownFacts[dataset.kind] ?? null)
    case 'folder':
      return known(await folderFacts(dataset.path))
    case 'csv':
      return known(await csvFacts(dataset.path))
    case 'idx':
      return known(await idxFacts(dataset.images, dataset.labels))
    case 'cifar':
      return known(await cifarFacts(dataset.path))
    case 'npz':
    case 'parquet':
      return null
    default:
      return assertNever(dataset)
  }
}

function known(facts: KnownFacts | null): DatasetState | null {
  return facts === null ? null : { kind: 'known', ...facts }
}

const pictures: ReadonlySet<string> = new Set([
  '.png', '.jpg', '.jpeg', '.webp', '.gif', '.avif', '.tif', '.tiff', '.bmp', '.pgm', '.ppm', '.pnm', '.svg',
]) // prettier-ignore

/** One folder of pictures per class. */
async function folderFacts(path: string): Promise<KnownFacts> {
  const entries = await readdir(path, { withFileTypes: true })
  const folders = entries.filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
  const counts: number[] = []
  for (const folder of folders) {
    const names = await readdir(join(path, folder.name))
    const count = names.filter(name => pictures.has(extname(name).toLowerCase())).length
    if (count > 0) counts.push(count)
  }
  if (counts.length === 0)
    throw new Error(l10n.t('it has no folders with pictures; each class needs a folder of its own'))
  return factsOfCounts(counts)
}

async function cifarFacts(path: string): Promise<KnownFacts | null> {
  const names = new Set(await readdir(path))
  const shape = { height: 32, width: 32, channels: 3 }
  const common = { images: 60_000, shape, hasGivenSplit: true, givenTraining: 50_000 }
  if (names.has('data_batch_1.bin')) return { ...common, classes: 10, smallestClass: 6_000, largestClass: 6_000 }
  if (names.has('train.bin')) return { ...common, classes: 100, smallestClass: 600, largestClass: 600 }
  throw new Error(l10n.t('it has neither data_batch_1.bin (CIFAR-10) nor train.bin (CIFAR-100)'))
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** With the neighbour whose name is most like it. */
async function missing(path: string): Promise<DatasetState> {
  const siblings = await readdir(dirname(path)).catch(() => [])
  const near = suggest(
    basename(path),
    siblings.map(name => [name, []] as const),
  )
  return { kind: 'missing', path, near: near === null ? null : join(dirname(path), near) }
}
