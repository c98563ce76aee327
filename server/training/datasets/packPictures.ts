import * as l10n from '@vscode/l10n'
import type { Shape } from '../models/network.ts'
import { byName } from './byName.ts'
import { DatasetError } from './datasetError.ts'
import { PictureDecoder, PictureError } from './decodePicture.ts'
import type { ImageSpec } from './imageSpec.ts'
import { PackCache, type CacheContext, type PackWriter } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { fittedShape } from './resample.ts'

/** A picture on its way into a pack. */
export interface PictureEntry {
  /** What a person calls it: a path, or a row. */
  readonly name: string
  /** Its class. */
  readonly label: string
  /** 0 train, 1 test, where the source says so. */
  readonly side: 0 | 1 | null
  /** The encoded picture. */
  readonly bytes: () => Promise<Uint8Array>
}

export interface PictureList {
  /** The source, for people and messages: a path. */
  readonly path: string
  readonly entries: AsyncIterable<PictureEntry> | Iterable<PictureEntry>
  /** Order of the classes, where the source has one; else by name, numbers in them by value. */
  readonly classOrder: readonly string[] | null
  /** What was left out before any picture was read. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

/** Pictures decoded at the same time: what keeps a few cores busy. */
const atOnce = 8

/** Without a size in the experiment, pictures larger than this are refused: hardly anybody means a network that large. */
export const largestSide = 1024

/**
 * Opens pictures that have to be decoded: from the pack of an earlier time, or by making one now. Pictures that cannot be
 * decoded are left out and listed in `skipped`.
 *
 * @param identity decides which pack is the right one
 * @param list only asked when there is no pack yet
 * @throws DatasetError when no picture or only one class is left
 */
export async function openPictures(
  name: string,
  identity: unknown,
  image: ImageSpec,
  context: CacheContext,
  list: () => PictureList | Promise<PictureList>,
): Promise<PackedDataset> {
  const cache = new PackCache(context, [identity, image])
  const packed = await cache.open(name)
  if (packed) return packed
  const writer = await cache.create()
  try {
    return await pack(name, await list(), image, context, cache, writer)
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

async function pack(
  name: string,
  list: PictureList,
  image: ImageSpec,
  context: CacheContext,
  cache: PackCache,
  writer: PackWriter,
): Promise<PackedDataset> {
  const decoder = new PictureDecoder(context.workspace)
  const skipped = [...list.skipped]
  const names: string[] = []
  const classes: string[] = []
  const given: number[] = []
  let shape: Shape | null = null

  const underway: { readonly entry: PictureEntry; readonly decoded: Promise<Uint8Array | PictureError> }[] = []
  const writeOldest = async (): Promise<void> => {
    const oldest = underway.shift()
    if (!oldest) return
    const row = await oldest.decoded
    if (row instanceof PictureError) {
      skipped.push({ path: oldest.entry.name, reason: row.message })
      return
    }
    await writer.write(row)
    names.push(oldest.entry.name)
    classes.push(oldest.entry.label)
    if (oldest.entry.side !== null) given.push(oldest.entry.side)
  }

  try {
    for await (const entry of list.entries) {
      if (shape === null) {
        const first = await firstShape(decoder, entry, image)
        if (first instanceof PictureError) {
          skipped.push({ path: entry.name, reason: first.message })
          continue
        }
        shape = first
      }
      underway.push({ entry, decoded: decode(decoder, entry, shape) })
      if (underway.length >= atOnce) await writeOldest()
    }
    while (underway.length > 0) await writeOldest()
  } finally {
    await Promise.allSettled(underway.map(one => one.decoded))
  }

  if (shape === null || names.length === 0) throw nothingLeft(list.path, skipped.slice(list.skipped.length))
  const { classNames, labels } = numberClasses(classes, list.classOrder)
  refuseOneClass(list.path, classNames)
  return cache.finish(name, writer, {
    fingerprint: writer.fingerprint(labels),
    type: 'uint8',
    shape,
    storedChannels: shape.channels,
    classNames,
    labels: [...labels],
    given: given.length === names.length ? given : null,
    names,
    skipped,
  })
}

/** The size of all pictures: as asked for, else as this first one is. */
async function firstShape(
  decoder: PictureDecoder,
  entry: PictureEntry,
  image: ImageSpec,
): Promise<Shape | PictureError> {
  try {
    const bytes = await entry.bytes()
    const shape = fittedShape(await decoder.measure(bytes, entry.name), image)
    if (image.size === null && Math.max(shape.height, shape.width) > largestSide)
      throw new DatasetError(
        'unsupported',
        entry.name,
        l10n.t(
          '{0} has {1} × {2} pixels. Say in the experiment how large pictures shall be, such as "image": { "size": 64 }.',
          entry.name,
          shape.width,
          shape.height,
        ),
      )
    // A header can be fine and the rest broken: then the next picture decides.
    await decoder.decode(bytes, entry.name, shape)
    return shape
  } catch (error) {
    return asPictureError(error)
  }
}

async function decode(decoder: PictureDecoder, entry: PictureEntry, shape: Shape): Promise<Uint8Array | PictureError> {
  try {
    return await decoder.decode(await entry.bytes(), entry.name, shape)
  } catch (error) {
    return asPictureError(error)
  }
}

function asPictureError(error: unknown): PictureError {
  if (error instanceof PictureError) return error
  // What is wrong with one file of many is no reason to stop: permissions, or it vanished meanwhile.
  if (error instanceof Error && 'syscall' in error)
    return new PictureError(l10n.t('it cannot be read: {0}', error.message))
  throw error
}

function nothingLeft(
  path: string,
  skipped: readonly { readonly path: string; readonly reason: string }[],
): DatasetError {
  if (skipped.length === 0) return new DatasetError('empty', path, l10n.t('{0} holds no pictures.', path))
  const first = skipped[0]
  return new DatasetError(
    'empty',
    path,
    l10n.t('None of the pictures in {0} can be used. {1}: {2}', path, first.path, first.reason),
  )
}

/** @throws DatasetError when there is nothing to tell apart */
export function refuseOneClass(path: string, classNames: readonly string[]): void {
  if (classNames.length > 1) return
  throw new DatasetError(
    'empty',
    path,
    l10n.t('{0} has one class only ("{1}"). Triplets need two classes or more.', path, classNames[0] ?? ''),
  )
}

/** Gives each class that occurs a number. */
export function numberClasses(
  classes: readonly string[],
  order: readonly string[] | null,
): { readonly classNames: string[]; readonly labels: Int32Array } {
  const occurring = new Set(classes)
  const ordered = (order ?? []).filter(one => occurring.has(one))
  const rest = [...occurring].filter(one => !ordered.includes(one)).sort(byName)
  const classNames = [...ordered, ...rest]
  const numbers = new Map(classNames.map((one, number) => [one, number]))
  return { classNames, labels: Int32Array.from(classes, one => numbers.get(one) ?? 0) }
}
