import * as l10n from '@vscode/l10n'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Shape } from '../models/network.ts'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
import { type ArrayHead, isNumeric, openNpy, readLabels, readNpyHeader, readNumbers, type NpyHeader } from './npy.ts'
import { extractNpz } from './npz.ts'
import { PackCache, type CacheContext, type PackWriter } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { largestSide, numberClasses, refuseOneClass } from './packPictures.ts'
import { coverResizer, fittedShape } from './resample.ts'

type Role = 'pictures' | 'labels'

/** What people call their arrays, without the side of the split. */
const roles: ReadonlyMap<string, Role> = new Map([
  ...['images', 'image', 'x', 'data', 'pictures', 'features', 'embeddings', 'vectors', 'arr0'].map(
    name => [name, 'pictures'] as const,
  ),
  ...['labels', 'label', 'y', 'targets', 'target', 'classes', 'ids', 'arr1'].map(name => [name, 'labels'] as const),
])

/** What an array is for, told by its name: `x_train` holds the pictures of the training side. */
export function arrayRole(name: string): { readonly role: Role; readonly side: 0 | 1 | null } | null {
  const words = name.toLowerCase().split(/[^a-z0-9]+/)
  const isTest = words.some(word => ['test', 'val', 'valid', 'validation'].includes(word))
  const isTrain = words.some(word => ['train', 'training'].includes(word))
  const rest = words.filter(word => !['test', 'val', 'valid', 'validation', 'train', 'training'].includes(word))
  const role = roles.get(rest.join(''))
  return role ? { role, side: isTest ? 1 : isTrain ? 0 : null } : null
}

interface Part {
  readonly name: string
  readonly side: 0 | 1 | null
  readonly pictures: NpyHeader
  readonly labels: NpyHeader
}

/**
 * Opens arrays of NumPy: a .npz file with pictures and labels (`images` and `labels`, `x` and `y`; `x_train`, `y_train`,
 * `x_test` and `y_test` are a given split), or a .npy file of pictures with `labels.npy` beside it.
 *
 * Pictures are [n, height, width], [n, height, width, channels] or [n, channels, height, width], whole numbers 0 to 255
 * or fractions 0 to 1, and become bytes. [n, d] are ready-made features: vectors of the shape 1 × d × 1, as they are.
 *
 * @throws DatasetError when arrays are missing, truncated or do not fit
 */
export async function openNumpy(path: string, image: ImageSpec, context: CacheContext): Promise<PackedDataset> {
  const file = await stat(path).catch((error: unknown) => {
    throw systemErrorCode(error) === 'ENOENT'
      ? new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
      : error
  })
  const labelFile = path.endsWith('.npy') ? labelsBeside(path) : null
  const labelTime = labelFile === null ? 0 : (await stat(labelFile)).mtimeMs
  const cache = new PackCache(context, ['numpy', path, file.size, file.mtimeMs, labelTime, image])
  const packed = await cache.open(path)
  if (packed) return packed

  const extracted =
    labelFile === null
      ? await extractNpz(
          path,
          name => arrayRole(name) !== null,
          heads => refuseArrays(path, heads, image),
        )
      : null
  try {
    const parts =
      extracted === null
        ? [
            {
              name: basename(path),
              side: null,
              pictures: await readNpyHeader(path),
              labels: await readNpyHeader(labelFile ?? ''),
            },
          ]
        : await partsOf(path, extracted.files)
    const writer = await cache.create()
    try {
      return await pack(path, parts, image, cache, writer)
    } catch (error) {
      await writer.abandon()
      throw error
    }
  } finally {
    await extracted?.remove()
  }
}

/** The labels of a .npy file with pictures: `labels.npy`, `y.npy`, or its own name with labels in place of images. */
export function labelsBeside(path: string): string {
  const stem = basename(path, '.npy')
  const folder = dirname(path)
  const candidates = [
    `${stem}_labels.npy`,
    `${stem}.labels.npy`,
    ...['images', 'features', 'embeddings', 'data'].flatMap(word =>
      stem.includes(word) ? [`${stem.replace(word, 'labels')}.npy`] : [],
    ),
    'labels.npy',
    'y.npy',
  ].filter(name => name !== `${stem}.npy`)
  const found = candidates.find(name => existsSync(join(folder, name)))
  if (found !== undefined) return join(folder, found)
  throw new DatasetError(
    'missing',
    path,
    l10n.t('{0} has no labels. Save them beside it as {1}.', path, candidates[candidates.length - 1]),
  )
}

async function partsOf(path: string, files: ReadonlyMap<string, string>): Promise<Part[]> {
  const headers = new Map(
    await Promise.all(
      [...files].map(async ([name, file]) => [name, await readNpyHeader(file, `${path}/${name}`)] as const),
    ),
  )
  return pairs(path, headers).map(({ name, side, pictures, labels }) => ({ name, side, pictures, labels }))
}

/** Pictures with their labels, of each side. @throws DatasetError when there are none */
function pairs<Array>(
  path: string,
  arrays: ReadonlyMap<string, Array>,
): { readonly name: string; readonly side: 0 | 1 | null; readonly pictures: Array; readonly labels: Array }[] {
  const all = [...arrays].map(([name, array]) => ({ name, array, ...(arrayRole(name) ?? { role: null, side: null }) }))
  const parts = ([0, null, 1] as const).flatMap(side => {
    const pictures = all.find(one => one.role === 'pictures' && one.side === side)
    const labels = all.find(one => one.role === 'labels' && one.side === side)
    return pictures && labels ? [{ name: pictures.name, side, pictures: pictures.array, labels: labels.array }] : []
  })
  if (parts.length > 0) return parts
  throw new DatasetError(
    'unreadable',
    path,
    l10n.t('{0} has no arrays named images and labels (or x and y). It has: {1}.', path, [...arrays.keys()].join(', ')),
  )
}

/** Whatever can be told before the arrays are unpacked. @throws DatasetError when they cannot be used */
function refuseArrays(path: string, heads: ReadonlyMap<string, ArrayHead>, image: ImageSpec): void {
  for (const { name, pictures, labels } of pairs(path, heads)) {
    const called = `${path}/${name}`
    refuseLarge(layoutOf(pictures, called), image, called)
    refuseOtherCount(pictures, labels, called)
  }
}

function refuseOtherCount(
  { shape: [count] }: Pick<ArrayHead, 'shape'>,
  { shape }: Pick<ArrayHead, 'shape'>,
  called: string,
): void {
  if (shape.length === 1 && shape[0] === count) return
  throw new DatasetError(
    'unreadable',
    called,
    l10n.t('{0} has {1} pictures, but labels of the shape [{2}].', called, count, shape.join(', ')),
  )
}

/** Numbers in one picture or vector: more are no picture that a network is trained on, and fill the memory. */
const largestPicture = 1 << 26

function refuseLarge({ kind, shape: { height, width, channels } }: Layout, image: ImageSpec, called: string): void {
  const isLarge = kind === 'pictures' && image.size === null && Math.max(height, width) > largestSide
  if (!isLarge && height * width * channels <= largestPicture) return
  throw new DatasetError(
    'unsupported',
    called,
    isLarge
      ? l10n.t(
          '{0} has {1} × {2} pixels. Say in the experiment how large pictures shall be, such as "image": { "size": 64 }.',
          called,
          width,
          height,
        )
      : l10n.t('{0} has {1} numbers for each picture. That is too many.', called, height * width * channels),
  )
}

interface Layout {
  readonly kind: 'pictures' | 'features'
  readonly shape: Shape
  /** Channels come before rows and columns. */
  readonly channelsFirst: boolean
}

function layoutOf({ shape: dimensions, dtype }: Pick<ArrayHead, 'shape' | 'dtype'>, called: string): Layout {
  const [, a, b, c] = dimensions
  const rank = dimensions.length
  if (isNumeric(dtype)) {
    if (rank === 2) return { kind: 'features', shape: { height: 1, width: a, channels: 1 }, channelsFirst: false }
    if (rank === 3) return { kind: 'pictures', shape: { height: a, width: b, channels: 1 }, channelsFirst: false }
    if (rank === 4 && (c === 1 || c === 3))
      return { kind: 'pictures', shape: { height: a, width: b, channels: c }, channelsFirst: false }
    if (rank === 4 && (a === 1 || a === 3))
      return { kind: 'pictures', shape: { height: b, width: c, channels: a }, channelsFirst: true }
  }
  throw new DatasetError(
    'unsupported',
    called,
    l10n.t(
      '{0} is an array of {1} with the shape [{2}]. Pictures are [n, height, width] or [n, height, width, 1 or 3]; features [n, d].',
      called,
      dtype,
      dimensions.join(', '),
    ),
  )
}

async function pack(
  path: string,
  parts: readonly Part[],
  image: ImageSpec,
  cache: PackCache,
  writer: PackWriter,
): Promise<PackedDataset> {
  const classes: string[] = []
  const names: string[] = []
  const given: number[] = []
  let shape: Shape | null = null
  let type: 'uint8' | 'float32' = 'uint8'
  for (const part of parts) {
    const called = `${path}/${part.name}`
    const layout = layoutOf(part.pictures, called)
    const count = part.pictures.shape[0]
    refuseLarge(layout, image, called)
    refuseOtherCount(part.pictures, part.labels, called)
    const wanted: Shape =
      layout.kind === 'features'
        ? layout.shape
        : { ...fittedShape(layout.shape, image), channels: layout.shape.channels }
    if (shape && (shape.height !== wanted.height || shape.width !== wanted.width || shape.channels !== wanted.channels))
      throw new DatasetError('unreadable', called, l10n.t('The pictures of {0} have another size.', called))
    shape = wanted
    type = layout.kind === 'features' ? 'float32' : 'uint8'
    await writeRows(part.pictures, layout, wanted, called, writer)
    classes.push(...(await readLabels(part.labels)))
    for (let i = 0; i < count; i++) names.push(`${part.name}[${i}]`)
    if (part.side !== null) for (let i = 0; i < count; i++) given.push(part.side)
  }
  if (shape === null || classes.length === 0)
    throw new DatasetError('empty', path, l10n.t('{0} holds no pictures.', path))
  const { classNames, labels } = numberClasses(classes, null)
  refuseOneClass(path, classNames)
  return cache.finish(path, writer, {
    fingerprint: writer.fingerprint(labels),
    type,
    shape: { ...shape, channels: type === 'uint8' ? (image.channels ?? shape.channels) : 1 },
    storedChannels: shape.channels,
    classNames,
    labels: [...labels],
    given: given.length === names.length && new Set(given).size === 2 ? given : null,
    names,
    skipped: [],
  })
}

/** Floats read at a time. */
const floatsAtOnce = 1 << 20

async function writeRows(header: NpyHeader, layout: Layout, wanted: Shape, called: string, writer: PackWriter) {
  const { height, width, channels } = layout.shape
  const size = height * width * channels
  const count = header.shape[0]
  const resize =
    wanted.height === height && wanted.width === width ? null : coverResizer(layout.shape, wanted.height, wanted.width)
  const file = await openNpy(header.path, called)
  try {
    const rowsAtOnce = Math.max(1, Math.floor(floatsAtOnce / size))
    let scale: number | null = header.dtype === 'u1' ? 1 : null
    for (let first = 0; first < count; first += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, count - first)
      const values = new Float32Array(rows * size)
      await readNumbers(file, header, first * size, values)
      if (layout.kind === 'features') {
        refuseNotFinite(values, called)
        await writer.write(new Uint8Array(values.buffer))
        continue
      }
      scale ??= scaleOf(values, called)
      for (let row = 0; row < rows; row++) {
        const bytes = toBytes(values.subarray(row * size, (row + 1) * size), layout, scale)
        if (!resize) await writer.write(bytes)
        else {
          const resized = new Uint8Array(wanted.height * wanted.width * channels)
          resize(bytes, resized)
          await writer.write(resized)
        }
      }
    }
  } finally {
    await file.close()
  }
}

/** Fractions up to 1 are stretched to 255; numbers up to 255 stay. */
function scaleOf(values: Float32Array, called: string): number {
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  if (least >= 0 && most <= 255) return most <= 1 ? 255 : 1
  throw new DatasetError(
    'unsupported',
    called,
    l10n.t('{0} has values from {1} to {2}. Pictures go from 0 to 255, or from 0 to 1.', called, least, most),
  )
}

function refuseNotFinite(values: Float32Array, called: string): void {
  if (!values.every(value => Number.isFinite(value)))
    throw new DatasetError('unreadable', called, l10n.t('{0} has features that are not numbers.', called))
}

function toBytes(values: Float32Array, { shape, channelsFirst }: Layout, scale: number): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length)
  const area = shape.height * shape.width
  if (!channelsFirst) for (let i = 0; i < values.length; i++) bytes[i] = values[i] * scale
  else
    for (let c = 0; c < shape.channels; c++)
      for (let i = 0; i < area; i++) bytes[i * shape.channels + c] = values[c * area + i] * scale
  return new Uint8Array(bytes.buffer)
}
