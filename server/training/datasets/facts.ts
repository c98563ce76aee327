import * as l10n from '@vscode/l10n'
import { open, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { DatasetSpec } from '../../../protocol/runSpec.ts'
import type { KnownFacts } from '../../catalog/datasets.ts'
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

/**
 * Facts about a dataset without decoding its pictures: from headers, labels and the list of files. Pictures that will
 * turn out to be broken are counted. The shape is the first picture's, since all are brought to that.
 *
 * @param workspace absolute; where packages and relative places are looked for
 * @param isTrusted whether packages of the workspace may be run; without them some pictures have no shape
 * @throws DatasetError when the data is missing or broken
 */
export async function datasetFacts(spec: DatasetSpec, workspace: string, isTrusted = true): Promise<KnownFacts> {
  const packages = isTrusted ? workspace : null
  switch (spec.kind) {
    case 'emoji': {
      const { classes, shape } = await readEmojiHeader()
      const sizes = classes.map(([, , , drawn]) => drawn.length)
      return count(
        classes.flatMap(([name], i) => Array<string>(sizes[i]).fill(name)),
        null,
        shape,
      )
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
      return count(
        files.map(file => file.label),
        files.map(file => file.side),
        await firstShape(first, packages),
      )
    }
    case 'csv': {
      const { rows } = await readManifest(spec.path)
      const shape = rows.length === 0 ? null : await firstShape(resolve(dirname(spec.path), rows[0].path), packages)
      return count(
        rows.map(row => row.label),
        rows.map(row => row.side),
        shape,
      )
    }
    case 'npz':
      return numpyFacts(spec.path)
    case 'parquet':
      return parquetFacts(spec.path)
    default:
      return assertNever(spec, 'dataset')
  }
}

/** @param sides 0 train, 1 test of each picture, where the data has a split of its own */
function count(labels: readonly string[], sides: readonly (0 | 1 | null)[] | null, shape: Shape | null): KnownFacts {
  const sizes = new Map<string, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  let smallestClass = labels.length
  let largestClass = 0
  for (const size of sizes.values()) {
    smallestClass = Math.min(smallestClass, size)
    largestClass = Math.max(largestClass, size)
  }
  const hasGivenSplit = sides !== null && sides.includes(0) && sides.includes(1)
  return {
    images: labels.length,
    classes: sizes.size,
    smallestClass,
    largestClass,
    shape,
    hasGivenSplit,
    givenTraining: hasGivenSplit ? sides.filter(side => side === 0).length : null,
  }
}

async function idxFacts(pairs: readonly IdxPair[]): Promise<KnownFacts> {
  const labels = await Promise.all(pairs.map(pair => readIdx(pair.labels)))
  return count(
    labels.flatMap(one => Array.from(one.values, String)),
    pairs.length > 1 ? labels.flatMap((one, part) => Array<0 | 1>(one.values.length).fill(part === 0 ? 0 : 1)) : null,
    await idxShape(pairs[0].images),
  )
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

/** By the sizes of the files: CIFAR's classes are all of one size. */
async function cifarFacts(path: string): Promise<KnownFacts> {
  const { files, labelBytes } = await findCifar(path)
  const pictures = (side: 0 | 1): number =>
    files.reduce((sum, file) => (file.side === side ? sum + file.count : sum), 0)
  const images = pictures(0) + pictures(1)
  const classes = labelBytes === 2 ? 100 : 10
  const hasGivenSplit = pictures(0) > 0 && pictures(1) > 0
  return {
    images,
    classes,
    smallestClass: Math.floor(images / classes),
    largestClass: Math.ceil(images / classes),
    shape: { height: 32, width: 32, channels: 3 },
    hasGivenSplit,
    givenTraining: hasGivenSplit ? pictures(0) : null,
  }
}

/** From the header of a picture; `null` when it cannot be read, which is found out, and said, when it is opened. */
async function firstShape(path: string, packages: string | null): Promise<Shape | null> {
  try {
    return await new PictureDecoder(packages).measure(await readFile(path), path)
  } catch {
    return null
  }
}

async function numpyFacts(path: string): Promise<KnownFacts> {
  if (path.endsWith('.npy')) {
    const { shape } = await readNpyHeader(path)
    const labels = await readLabels(await readNpyHeader(labelsBeside(path)))
    return count(labels, null, shapeOf(shape))
  }
  // The pictures stay in the archive: only the labels are unpacked.
  const extracted = await extractNpz(path, name => arrayRole(name)?.role === 'labels')
  const { files } = extracted
  try {
    if (files.size === 0)
      throw new DatasetError('unreadable', path, l10n.t('{0} has no array named labels or y.', path))
    const parts = await Promise.all(
      [...files].map(async ([name, file]) => ({
        side: arrayRole(name)?.side ?? null,
        labels: await readLabels(await readNpyHeader(file, path)),
      })),
    )
    return count(
      parts.flatMap(part => part.labels),
      parts.flatMap(part => part.labels.map(() => part.side)),
      null,
    )
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

async function parquetFacts(path: string): Promise<KnownFacts> {
  const files = await Promise.all((await listParquet(path)).map(file => inspectParquet(file.path)))
  const labels: string[] = []
  const sides: (0 | 1 | null)[] = []
  for (const { path: file, metadata, labelColumn, classNames, side } of files) {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(file),
      metadata,
      columns: [labelColumn],
      compressors,
    })
    for (const row of rows) {
      const label = labelText(row[labelColumn], classNames)
      if (label === null) continue
      labels.push(label)
      sides.push(side)
    }
  }
  return count(labels, sides, null)
}
