import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Shape } from '../models/network.ts'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
import { PackedDataset } from './packedDataset.ts'
import { sharedBytes } from './pixels.ts'
import { fitPictures } from './resample.ts'

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
 * and test files, they are the given split. (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009)
 *
 * @throws DatasetError when files are missing, truncated or something else
 */
export async function openCifar(path: string, image: ImageSpec): Promise<PackedDataset> {
  const { files, labelBytes, classNames } = await findCifar(path)
  const count = files.reduce((sum, file) => sum + file.count, 0)
  const bytes = sharedBytes(count * pictureBytes)
  const labels = new Int32Array(count)
  const given = new Uint8Array(count)
  const origin: { readonly first: number; readonly name: string }[] = []
  let at = 0
  for (const file of files) {
    const content = await readFile(file.path)
    origin.push({ first: at, name: basename(file.path) })
    for (let i = 0; i < file.count; i++, at++) {
      const start = i * (labelBytes + pictureBytes) + labelBytes
      labels[at] = content[start - 1]
      given[at] = file.side
      interleave(
        content.subarray(start, start + pictureBytes),
        bytes.subarray(at * pictureBytes, (at + 1) * pictureBytes),
      )
    }
  }
  const classes = Math.max(classNames.length, ...[...new Set(labels)].map(label => label + 1))
  const fitted = fitPictures(bytes, count, shape, image)
  return new PackedDataset(
    {
      name: path,
      fingerprint: createHash('sha256').update(fitted.bytes).update(new Uint8Array(labels.buffer)).digest('hex'),
      shape: fitted.shape,
      classNames: Array.from({ length: classes }, (_, label) => classNames[label] ?? String(label)),
      labels,
      classGroups: null,
      given: new Set(given).size === 2 ? given : null,
      skipped: [],
      describe: index => {
        const file = origin.findLast(one => one.first <= index) ?? origin[0]
        return `${file.name} #${index - file.first}`
      },
    },
    { kind: 'memory', type: 'uint8', channels: fitted.storedChannels, bytes: fitted.bytes },
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
    if (size === 0 || size % record !== 0)
      throw new DatasetError(
        'unreadable',
        file,
        l10n.t(
          '{0} has {1} bytes, which is not a whole number of pictures: it is truncated or not CIFAR. Download it again.',
          file,
          size,
        ),
      )
    files.push({ path: file, side: name.startsWith('test') ? 1 : 0, count: size / record })
  }
  files.sort((a, b) => a.side - b.side)
  const names100 = await readFile(join(folder, 'fine_label_names.txt'), 'utf8').catch(() => '')
  const names10 = await readFile(join(folder, 'batches.meta.txt'), 'utf8').catch(() => '')
  const classNames = (isHundred ? names100 : names10).split(/\r?\n/).filter(line => line !== '')
  return { files, labelBytes, classNames }
}
