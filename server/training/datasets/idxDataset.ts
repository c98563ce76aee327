import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Shape } from '../models/network.ts'
import { DatasetError } from './datasetError.ts'
import { readIdx } from './idx.ts'
import type { ImageSpec } from './imageSpec.ts'
import { sharedBytes } from './pixels.ts'
import { PackedDataset } from './packedDataset.ts'
import { fitPictures } from './resample.ts'

/** Two IDX files that belong together. */
export interface IdxPair {
  readonly images: string
  readonly labels: string
}

/**
 * Opens IDX files. With two pairs the first is the training side and the second the test side of the split `given`.
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
): Promise<PackedDataset> {
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
  const [count, height, width] = images.dimensions
  if (images.dimensions.length < 3 || !(images.values instanceof Uint8Array))
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
  return {
    path: pair.images,
    shape: { height, width, channels: images.dimensions.at(3) ?? 1 },
    pixels: images.values,
    labels: labels.values,
  }
}
