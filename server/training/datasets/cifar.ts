import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Shape } from '../models/network.ts'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
import { type CacheContext, defaultMemoryBudget, PackCache } from './packCache.ts'
import { PackedDataset } from './packedDataset.ts'
import { sharedBytes } from './pixels.ts'
import { coverResizer, fittedShape } from './resample.ts'

const shape: Shape = { height: 32, width: 32, channels: 3 }
const area = shape.height * shape.width
const pictureBytes = area * shape.channels

/** The binary files of CIFAR-10 (one label a picture) or CIFAR-100 (a coarse and a fine one; classes are the fine ones). */
export interface CifarFiles {
  readonly files: readonly { readonly path: string; readonly side: 0 | 1; readonly count: number }[]
  /** Bytes of label before each picture. */
  readonly labelBytes: 1 | 2
  readonly classNames: readonly string[]
}

/**
 * Opens CIFAR-10 or CIFAR-100 in its binary version: a folder as the archive unpacks, or one of its files. With training
 * and test files, they are the given split. Files are read a piece at a time; what does not fit into the memory budget is
 * packed once, and then read from disk batch by batch.
 * (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009)
 *
 * @throws DatasetError when files are missing, truncated or something else
 */
export async function openCifar(path: string, image: ImageSpec, context: CacheContext): Promise<PackedDataset> {
  const found = await findCifar(path)
  const count = found.files.reduce((sum, file) => sum + file.count, 0)
  const fitted = fittedShape(shape, image)
  const size = fitted.height * fitted.width * shape.channels
  return count * size > (context.memoryBudget ?? defaultMemoryBudget)
    ? openLarge(path, found, image, context)
    : openInMemory(path, found, image, count, size)
}

async function openInMemory(
  path: string,
  { files, labelBytes, classNames }: CifarFiles,
  image: ImageSpec,
  count: number,
  size: number,
): Promise<PackedDataset> {
  const bytes = sharedBytes(count * size)
  const labels = new Int32Array(count)
  const given = new Uint8Array(count)
  const fit = fitter(image)
  let at = 0
  for await (const { label, side, planes } of records(files, labelBytes)) {
    labels[at] = label
    given[at] = side
    fit(planes, bytes.subarray(at * size, (at + 1) * size))
    at++
  }
  return new PackedDataset(
    {
      name: path,
      fingerprint: createHash('sha256').update(bytes).update(new Uint8Array(labels.buffer)).digest('hex'),
      shape: fittedShape(shape, image),
      classNames: namesOf(labels, classNames),
      labels,
      classGroups: null,
      given: new Set(given).size === 2 ? given : null,
      skipped: [],
      describe: index => nameOf(files, index),
    },
    { kind: 'memory', type: 'uint8', channels: shape.channels, bytes },
  )
}

/** Pictures that are written to a pack as they are read. */
async function openLarge(
  path: string,
  { files, labelBytes, classNames }: CifarFiles,
  image: ImageSpec,
  context: CacheContext,
): Promise<PackedDataset> {
  const stamps = await Promise.all(
    files.map(async file => {
      const { size, mtimeMs } = await stat(file.path)
      return [file.path, size, mtimeMs]
    }),
  )
  const cache = new PackCache(context, ['cifar', stamps, classNames, image])
  const packed = await cache.open(path)
  if (packed) return packed
  const writer = await cache.create()
  try {
    const fitted = fittedShape(shape, image)
    const labels: number[] = []
    const given: number[] = []
    const names: string[] = []
    const fit = fitter(image)
    for await (const { label, side, planes } of records(files, labelBytes)) {
      names.push(nameOf(files, labels.length))
      labels.push(label)
      given.push(side)
      const row = new Uint8Array(fitted.height * fitted.width * shape.channels)
      fit(planes, row)
      await writer.write(row)
    }
    return await cache.finish(path, writer, {
      fingerprint: writer.fingerprint(Int32Array.from(labels)),
      type: 'uint8',
      shape: fitted,
      storedChannels: shape.channels,
      classNames: namesOf(labels, classNames),
      labels,
      given: new Set(given).size === 2 ? given : null,
      names,
      skipped: [],
    })
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

interface CifarRecord {
  readonly label: number
  readonly side: 0 | 1
  /** The picture as it is stored; valid until the next one is asked for. */
  readonly planes: Uint8Array
}

/** Records read at a time: about 3 MB. */
const recordsAtOnce = 1024

/** @throws DatasetError when a file has become shorter */
async function* records(files: CifarFiles['files'], labelBytes: number): AsyncGenerator<CifarRecord> {
  const record = labelBytes + pictureBytes
  const buffer = new Uint8Array(recordsAtOnce * record)
  for (const { path, side, count } of files) {
    const file = await open(path)
    try {
      for (let first = 0; first < count; first += recordsAtOnce) {
        const bytes = buffer.subarray(0, Math.min(recordsAtOnce, count - first) * record)
        for (let done = 0; done < bytes.length;) {
          const { bytesRead } = await file.read(bytes, done, bytes.length - done, first * record + done)
          if (bytesRead === 0) throw truncated(path, (await file.stat()).size)
          done += bytesRead
        }
        for (let start = labelBytes; start < bytes.length; start += record)
          yield { label: bytes[start - 1], side, planes: bytes.subarray(start, start + pictureBytes) }
      }
    } finally {
      await file.close()
    }
  }
}

/** Writes a stored picture in the wanted size. */
function fitter(image: ImageSpec): (planes: Uint8Array, into: Uint8Array) => void {
  const { height, width } = fittedShape(shape, image)
  if (height === shape.height && width === shape.width) return interleave
  const resize = coverResizer(shape, height, width)
  const pixels = new Uint8Array(pictureBytes)
  return (planes, into) => {
    interleave(planes, pixels)
    resize(pixels, into)
  }
}

/** Classes without a name are called by their number. */
function namesOf(labels: ArrayLike<number> & Iterable<number>, classNames: readonly string[]): string[] {
  const classes = Math.max(classNames.length, ...[...new Set(labels)].map(label => label + 1))
  return Array.from({ length: classes }, (_, label) => classNames[label] ?? String(label))
}

/** What a person would call a picture: its file, and its place there. */
function nameOf(files: CifarFiles['files'], index: number): string {
  let first = 0
  for (const { path, count } of files) {
    if (index < first + count) return `${basename(path)} #${index - first}`
    first += count
  }
  throw new RangeError(`Picture ${index} of ${first} does not exist`)
}

function truncated(path: string, size: number): DatasetError {
  return new DatasetError(
    'unreadable',
    path,
    l10n.t(
      '{0} has {1} bytes, which is not a whole number of pictures: it is truncated or not CIFAR. Download it again.',
      path,
      size,
    ),
  )
}

/** Red, green and blue planes to pixels. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let i = 0; i < area; i++)
    for (let c = 0; c < shape.channels; c++) pixels[i * shape.channels + c] = planes[c * area + i]
}

/** @throws DatasetError when there is nothing of CIFAR at `path`, or a file is truncated */
export async function findCifar(path: string): Promise<CifarFiles> {
  const found = await stat(path).catch((error: unknown) => {
    throw systemErrorCode(error) === 'ENOENT'
      ? new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
      : error
  })
  const folder = found.isDirectory() ? path : dirname(path)
  const names = found.isDirectory() ? (await readdir(path)).sort() : [basename(path)]
  const binaries = names.filter(name => /^(data_batch_\d+|test_batch|train|test)\.bin$/.test(name))
  if (!found.isDirectory() && binaries.length === 0) binaries.push(basename(path))
  if (binaries.length === 0)
    throw new DatasetError(
      'missing',
      path,
      l10n.t(
        '{0} has none of the files data_batch_1.bin, test_batch.bin, train.bin or test.bin. Unpack the binary version of CIFAR there.',
        path,
      ),
    )
  const isHundred = binaries.some(name => /^(train|test)\.bin$/.test(name))
  const labelBytes = isHundred ? 2 : 1
  const files: { path: string; side: 0 | 1; count: number }[] = []
  for (const name of binaries) {
    const file = join(folder, name)
    const { size } = await stat(file)
    const record = labelBytes + pictureBytes
    if (size === 0 || size % record !== 0) throw truncated(file, size)
    files.push({ path: file, side: name.startsWith('test') ? 1 : 0, count: size / record })
  }
  files.sort((a, b) => a.side - b.side)
  const names100 = await readFile(join(folder, 'fine_label_names.txt'), 'utf8').catch(() => '')
  const names10 = await readFile(join(folder, 'batches.meta.txt'), 'utf8').catch(() => '')
  const classNames = (isHundred ? names100 : names10).split(/\r?\n/).filter(line => line !== '')
  return { files, labelBytes, classNames }
}
