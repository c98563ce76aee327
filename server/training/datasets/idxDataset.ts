import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Shape } from '../models/network.ts'
import { DatasetError } from './datasetError.ts'
import { type Idx, openIdxFile, readIdx, readIdxHeader } from './idx.ts'
import type { ImageSpec } from './imageSpec.ts'
import { type CacheContext, defaultMemoryBudget, PackCache, type PackWriter } from './packCache.ts'
import { sharedBytes } from './pixels.ts'
import { PackedDataset } from './packedDataset.ts'
import { coverResizer, fitPictures, fittedShape } from './resample.ts'

/** Two IDX files that belong together. */
export interface IdxPair {
  readonly images: string
  readonly labels: string
}

/**
 * Opens IDX files. With two pairs the first is the training side and the second the test side of the split `given`. What
 * does not fit into the memory budget is unpacked once, a piece at a time, and then read from disk batch by batch.
 *
 * @param name for people
 * @param classNames in the order of the labels; `null`: the labels themselves
 * @throws DatasetError when a file is missing or broken, or the two of a pair do not fit
 */
export async function openIdx(
  name: string,
  pairs: readonly IdxPair[],
  classNames: readonly string[] | null,
  image: ImageSpec,
  context: CacheContext,
): Promise<PackedDataset> {
  const headers = await Promise.all(pairs.map(pair => readIdxHeader(pair.images)))
  const total = headers.reduce((sum, { bytes }) => sum + bytes, 0)
  if (total > (context.memoryBudget ?? defaultMemoryBudget)) return openLarge(name, pairs, classNames, image, context)

  const parts = await Promise.all(pairs.map(readPair))
  const stored = parts[0].shape
  for (const part of parts)
    if (
      part.shape.height !== stored.height ||
      part.shape.width !== stored.width ||
      part.shape.channels !== stored.channels
    )
      throw new DatasetError('unreadable', part.path, l10n.t('The pictures of {0} have another size.', part.path))

  const count = parts.reduce((sum, part) => sum + part.labels.length, 0)
  const bytes = sharedBytes(count * stored.height * stored.width * stored.channels)
  const raw = new Int32Array(count)
  const given = new Uint8Array(count)
  let at = 0
  for (const [side, part] of parts.entries()) {
    bytes.set(part.pixels, at * stored.height * stored.width * stored.channels)
    raw.set(part.labels, at)
    given.fill(side, at, at + part.labels.length)
    at += part.labels.length
  }
  // Labels may have gaps (EMNIST starts at 1): classes are those that occur.
  const values = [...new Set(raw)].sort((a, b) => a - b)
  const classOf = new Map(values.map((value, index) => [value, index]))
  const labels = raw.map(value => classOf.get(value) ?? 0)
  const fitted = fitPictures(bytes, count, stored, image)
  return new PackedDataset(
    {
      name,
      fingerprint: createHash('sha256').update(fitted.bytes).update(new Uint8Array(labels.buffer)).digest('hex'),
      shape: fitted.shape,
      classNames: values.map(value => classNames?.[value] ?? String(value)),
      labels,
      classGroups: null,
      given: parts.length > 1 ? given : null,
      skipped: [],
      describe: index => {
        const part = parts[given[index]]
        const position = given[index] === 0 ? index : index - parts[0].labels.length
        return `${basename(part.path)} #${position}`
      },
    },
    { kind: 'memory', type: 'uint8', channels: fitted.storedChannels, bytes: fitted.bytes },
  )
}

interface Part {
  readonly path: string
  readonly shape: Shape
  readonly pixels: Uint8Array
  readonly labels: Uint8Array | Int32Array
}

async function readPair(pair: IdxPair): Promise<Part> {
  const [images, labels] = await Promise.all([readIdx(pair.images), readIdx(pair.labels)])
  const shape = checkPair(pair, images.dimensions, images.values instanceof Uint8Array, labels)
  if (!(images.values instanceof Uint8Array)) throw new TypeError('Pictures are bytes')
  return { path: pair.images, shape, pixels: images.values, labels: labels.values }
}

/** @throws DatasetError when the two do not belong together */
function checkPair(pair: IdxPair, dimensions: readonly number[], areBytes: boolean, labels: Idx): Shape {
  const [count, height, width] = dimensions
  if (dimensions.length < 3 || !areBytes)
    throw new DatasetError(
      'unsupported',
      pair.images,
      l10n.t('{0} does not hold pictures. Are "images" and "labels" the wrong way round?', pair.images),
    )
  if (labels.dimensions.length !== 1)
    throw new DatasetError(
      'unsupported',
      pair.labels,
      l10n.t('{0} does not hold one label per picture. Are "images" and "labels" the wrong way round?', pair.labels),
    )
  if (labels.values.length !== count)
    throw new DatasetError(
      'unreadable',
      pair.labels,
      l10n.t('{0} has {1} labels for {2} pictures in {3}.', pair.labels, labels.values.length, count, pair.images),
    )
  if (count * height * width === 0)
    throw new DatasetError('empty', pair.images, l10n.t('{0} holds no pictures.', pair.images))
  return { height, width, channels: dimensions.at(3) ?? 1 }
}

/** Pictures that are written to a pack as they are read. */
async function openLarge(
  name: string,
  pairs: readonly IdxPair[],
  classNames: readonly string[] | null,
  image: ImageSpec,
  context: CacheContext,
): Promise<PackedDataset> {
  const files = await Promise.all(
    pairs
      .flatMap(({ images, labels }) => [images, labels])
      .map(async path => {
        const { size, mtimeMs } = await stat(path)
        return [path, size, mtimeMs]
      }),
  )
  const cache = new PackCache(context, ['idx', files, image])
  const packed = await cache.open(name)
  if (packed) return packed
  const writer = await cache.create()
  try {
    const raw: number[] = []
    const names: string[] = []
    const given: number[] = []
    let stored: Shape | null = null
    for (const [side, pair] of pairs.entries()) {
      const labels = await readIdx(pair.labels)
      const header = await readIdxHeader(pair.images)
      const shape = checkPair(pair, header.dimensions, header.type === 0x08, labels)
      if (
        stored &&
        (stored.height !== shape.height || stored.width !== shape.width || stored.channels !== shape.channels)
      )
        throw new DatasetError('unreadable', pair.images, l10n.t('The pictures of {0} have another size.', pair.images))
      stored = shape
      await writeRows((await openIdxFile(pair.images)).chunks, shape, image, writer)
      for (const [i, label] of labels.values.entries()) {
        raw.push(label)
        names.push(`${basename(pair.images)} #${i}`)
        given.push(side)
      }
    }
    if (stored === null) throw new TypeError('There is no pair of files')
    const values = [...new Set(raw)].sort((a, b) => a - b)
    const classOf = new Map(values.map((value, index) => [value, index]))
    const labels = Int32Array.from(raw, value => classOf.get(value) ?? 0)
    return await cache.finish(name, writer, {
      fingerprint: writer.fingerprint(labels),
      type: 'uint8',
      shape: fittedShape(stored, image),
      storedChannels: stored.channels,
      classNames: values.map(value => classNames?.[value] ?? String(value)),
      labels: [...labels],
      given: pairs.length > 1 ? given : null,
      names,
      skipped: [],
    })
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

/** Cuts the bytes into pictures, and brings each to the wanted size. */
async function writeRows(
  chunks: AsyncIterable<Uint8Array>,
  shape: Shape,
  image: ImageSpec,
  writer: PackWriter,
): Promise<void> {
  const size = shape.height * shape.width * shape.channels
  const { height, width } = fittedShape(shape, image)
  const resize = height === shape.height && width === shape.width ? null : coverResizer(shape, height, width)
  const write = async (row: Uint8Array): Promise<void> => {
    if (resize === null) return writer.write(row)
    const fitted = new Uint8Array(height * width * shape.channels)
    resize(row, fitted)
    return writer.write(fitted)
  }
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (; at + size <= bytes.length; at += size) await write(bytes.subarray(at, at + size))
    rest = bytes.subarray(at)
  }
}
