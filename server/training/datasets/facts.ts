import * as l10n from '@vscode/l10n'
import { open, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import { assertNever } from '../../core/assertNever.ts'
import type { Shape } from '../models/network.ts'
import { findCifar } from './cifar.ts'
import { DatasetError } from './datasetError.ts'
import { PictureDecoder } from './decodePicture.ts'
import { readEmojiHeader } from './emoji.ts'
import { findFashion, missingFashion } from './fashionMnist.ts'
import { listFolder } from './folder.ts'
import { readIdx } from './idx.ts'
import type { IdxPair } from './idxDataset.ts'
import { readManifest } from './manifest.ts'
import { idxPair, mnistFolder, missingMnist } from './mnist.ts'
import { readLabels, readNpyHeader } from './npy.ts'
import { extractNpz } from './npz.ts'
import { arrayRole, labelsBeside } from './numpy.ts'
import { packageRoot } from './packageRoot.ts'
import { inspectParquet, labelText, listParquet } from './parquet.ts'

/** What the editor says of a dataset before any training. */
export interface DatasetFacts {
  readonly pictures: number
  readonly classes: number
  /** Pictures of the class with the fewest; `null` where counting would mean reading everything. */
  readonly smallestClass: number | null
  /** Size of the first picture, as stored; `null` where only decoding would tell. */
  readonly shape: Shape | null
  /** Whether the data has a split of its own. */
  readonly given: boolean
}

/**
 * Facts about a dataset without decoding its pictures: from headers, labels and the list of files. Pictures that will
 * turn out to be broken are counted.
 *
 * @param workspace absolute; where packages and relative places are looked for
 * @throws DatasetError when the data is missing or broken
 */
export async function datasetFacts(spec: DatasetSpec, workspace: string): Promise<DatasetFacts> {
  switch (spec.kind) {
    case 'emoji': {
      const { classes, shape } = await readEmojiHeader()
      const sizes = classes.map(([, , , drawn]) => drawn.length)
      return { ...count(classes.flatMap(([name], i) => Array<string>(sizes[i]).fill(name))), shape, given: false }
    }
    case 'mnist': {
      const folder = mnistFolder([workspace, packageRoot()])
      if (folder === null) throw missingMnist(workspace)
      return idxFacts([idxPair(folder, 'train'), idxPair(folder, 't10k')])
    }
    case 'fashion-mnist': {
      const found = findFashion(workspace)
      if (found === null) throw missingFashion(workspace)
      return idxFacts([idxPair(found.folder, 'train', found.suffix), idxPair(found.folder, 't10k', found.suffix)])
    }
    case 'idx':
      return idxFacts([spec])
    case 'cifar':
      return cifarFacts(spec.path)
    case 'folder': {
      const { files } = await listFolder(spec.path)
      const first = join(spec.path, files[0].path)
      return {
        ...count(files.map(file => file.label)),
        shape: await firstShape(first, workspace),
        given: files.some(file => file.side !== null),
      }
    }
    case 'csv': {
      const { rows } = await readManifest(spec.path)
      return {
        ...count(rows.map(row => row.label)),
        shape: rows.length === 0 ? null : await firstShape(resolve(dirname(spec.path), rows[0].path), workspace),
        given: rows.some(row => row.side !== null),
      }
    }
    case 'npz':
      return numpyFacts(spec.path)
    case 'parquet':
      return parquetFacts(spec.path)
    default:
      return assertNever(spec, 'dataset')
  }
}

function count(labels: readonly string[]): Pick<DatasetFacts, 'pictures' | 'classes' | 'smallestClass'> {
  const sizes = new Map<string, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  let smallest = Infinity
  for (const size of sizes.values()) smallest = Math.min(smallest, size)
  return { pictures: labels.length, classes: sizes.size, smallestClass: sizes.size === 0 ? null : smallest }
}

async function idxFacts(pairs: readonly IdxPair[]): Promise<DatasetFacts> {
  const labels = await Promise.all(pairs.map(pair => readIdx(pair.labels)))
  return {
    ...count(labels.flatMap(one => Array.from(one.values, String))),
    shape: await idxShape(pairs[0].images),
    given: pairs.length > 1,
  }
}

/** From the header alone, where the file is not compressed. */
async function idxShape(path: string): Promise<Shape | null> {
  const file = await open(path)
  try {
    const start = new Uint8Array(20)
    await file.read(start, 0, start.length, 0)
    if (start[0] !== 0) return null
    const view = new DataView(start.buffer)
    const channels = start[3] === 4 ? view.getUint32(16) : 1
    return { height: view.getUint32(8), width: view.getUint32(12), channels }
  } finally {
    await file.close()
  }
}

async function cifarFacts(path: string): Promise<DatasetFacts> {
  const { files, labelBytes, classNames } = await findCifar(path)
  return {
    pictures: files.reduce((sum, file) => sum + file.count, 0),
    classes: classNames.length || (labelBytes === 2 ? 100 : 10),
    smallestClass: null,
    shape: { height: 32, width: 32, channels: 3 },
    given: new Set(files.map(file => file.side)).size === 2,
  }
}

/** From the header of a picture; `null` when it cannot be read, which is found out, and said, when it is opened. */
async function firstShape(path: string, workspace: string): Promise<Shape | null> {
  try {
    return await new PictureDecoder(workspace).measure(await readFile(path), path)
  } catch {
    return null
  }
}

async function numpyFacts(path: string): Promise<DatasetFacts> {
  if (path.endsWith('.npy')) {
    const { shape } = await readNpyHeader(path)
    const labels = await readLabels(await readNpyHeader(labelsBeside(path)))
    return { ...count(labels), shape: shapeOf(shape), given: false }
  }
  // The pictures stay in the archive: only the labels are unpacked.
  const extracted = await extractNpz(path, name => arrayRole(name)?.role === 'labels')
  const { files } = extracted
  try {
    if (files.size === 0)
      throw new DatasetError('unreadable', path, l10n.t('{0} has no array named labels or y.', path))
    const labels = await Promise.all([...files.values()].map(async file => readLabels(await readNpyHeader(file, path))))
    const sides = new Set([...files.keys()].map(name => arrayRole(name)?.side))
    return { ...count(labels.flat()), shape: null, given: sides.has(0) && sides.has(1) }
  } finally {
    await extracted.remove()
  }
}

function shapeOf(dimensions: readonly number[]): Shape | null {
  const [, a, b, c] = dimensions
  if (dimensions.length === 2) return { height: 1, width: a, channels: 1 }
  if (dimensions.length === 3) return { height: a, width: b, channels: 1 }
  if (dimensions.length !== 4) return null
  return c === 1 || c === 3 ? { height: a, width: b, channels: c } : { height: b, width: c, channels: a }
}

async function parquetFacts(path: string): Promise<DatasetFacts> {
  const files = await Promise.all((await listParquet(path)).map(file => inspectParquet(file.path)))
  const labels: string[] = []
  for (const { path: file, metadata, labelColumn, classNames } of files) {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(file),
      metadata,
      columns: [labelColumn],
      compressors,
    })
    labels.push(...rows.flatMap(row => labelText(row[labelColumn], classNames) ?? []))
  }
  return { ...count(labels), shape: null, given: new Set(files.map(file => file.side)).size === 2 }
}
