/**
 * What can be learned of a dataset without opening it: how many classes, how many pictures, of which size. Reads names,
 * headers and labels, never all pictures, so that the editor can look at any dataset while someone types.
 */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { DatasetSpec } from '../../protocol/runSpec.ts'
import { knownFacts, type KnownFacts } from '../catalog/datasets.ts'
import type { DatasetState } from '../experiment/context.ts'
import { suggest } from '../experiment/suggest.ts'
import { packageRoot } from '../training/datasets/packageRoot.ts'

/**
 * @param isTrusted whether packages that lie near the pictures may be run
 * @returns never rejects for what lies on the disk
 */
export async function readFacts(dataset: DatasetSpec, isTrusted: boolean): Promise<DatasetState> {
  for (const path of pathsOf(dataset)) if (!(await exists(path))) return missing(path)
  try {
    return { kind: 'known', ...(await factsOf(dataset, isTrusted)) }
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

/** MNIST and its successor are the same everywhere, and known without being there. The readers are loaded for the others. */
async function factsOf(dataset: DatasetSpec, isTrusted: boolean): Promise<KnownFacts> {
  const known = knownFacts[dataset.kind]
  if (known) return known
  const { datasetFacts } = await import('../training/datasets/facts.ts')
  return datasetFacts(dataset, workspaceOf(dataset), isTrusted)
}

/** Where packages that decode pictures are looked for: near the pictures. */
const workspaceOf = (dataset: DatasetSpec): string => dirname(pathsOf(dataset).at(0) ?? packageRoot())

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
