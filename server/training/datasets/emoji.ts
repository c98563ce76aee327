import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import * as v from 'valibot'
import { cacheFolder } from '../../cacheFolder.ts'
import { DatasetError } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
import { readShared } from './packCache.ts'
import { PackedDataset } from './packedDataset.ts'
import { packageRoot } from './packageRoot.ts'
import { sharedBytes } from './pixels.ts'
import { fitPictures } from './resample.ts'

/** data/emoji/emoji.json, as scripts/emoji/build.ts writes it. The pictures are in the order of the classes. */
export const EmojiHeader = v.object({
  version: v.literal(1),
  shape: v.object({ height: v.number(), width: v.number(), channels: v.number() }),
  /** SHA-256 over pictures and labels. */
  fingerprint: v.string(),
  vendors: v.array(v.object({ id: v.string(), name: v.string(), license: v.string() })),
  groups: v.array(v.string()),
  /** Name, code points, group, and the vendor of each picture. */
  classes: v.array(v.tuple([v.string(), v.string(), v.number(), v.array(v.number())])),
})
export type EmojiHeader = v.InferOutput<typeof EmojiHeader>

export const emojiFolder = (): string => join(packageRoot(), 'data/emoji')

export async function readEmojiHeader(folder = emojiFolder()): Promise<EmojiHeader> {
  return v.parse(EmojiHeader, JSON.parse(await readFile(join(folder, 'emoji.json'), 'utf8')))
}

/**
 * The embedded dataset: an emoji is a class, each vendor's drawing of it a picture. See data/emoji/README.md.
 *
 * @param cache where the pictures are kept unpacked, so that the next run has them at once
 * @throws DatasetError when the files are not there or not whole: the installation is broken
 */
export async function openEmoji(
  image: ImageSpec,
  folder = emojiFolder(),
  cache = cacheFolder(),
): Promise<PackedDataset> {
  const broken = (cause: unknown): DatasetError =>
    new DatasetError(
      'unreadable',
      folder,
      l10n.t('The emoji pictures in {0} are missing or damaged. Install Triplet Lab again.', folder),
      { cause },
    )
  let header: EmojiHeader
  let bytes: Uint8Array<SharedArrayBuffer>
  try {
    header = await readEmojiHeader(folder)
    bytes = await unpackedPictures(folder, header, cache)
  } catch (error) {
    throw broken(error)
  }
  const { classes, vendors, shape } = header
  const labels = Int32Array.from(classes.flatMap(([, , , drawn], label) => drawn.map(() => label)))
  const vendorOf = Uint8Array.from(classes.flatMap(([, , , drawn]) => drawn))
  if (bytes.length !== labels.length * shape.height * shape.width * shape.channels)
    throw broken(`${bytes.length} bytes for ${labels.length} pictures`)
  const fitted = fitPictures(bytes, labels.length, shape, image)
  return new PackedDataset(
    {
      name: 'emoji',
      fingerprint:
        fitted.bytes === bytes
          ? header.fingerprint
          : createHash('sha256').update(fitted.bytes).update(new Uint8Array(labels.buffer)).digest('hex'),
      shape: fitted.shape,
      classNames: classes.map(([name]) => name),
      labels,
      classGroups: Int32Array.from(classes, ([, , group]) => group),
      given: null,
      skipped: [],
      describe: index => `${classes[labels[index]][0]} (${vendors[vendorOf[index]].id})`,
    },
    { kind: 'memory', type: 'uint8', channels: fitted.storedChannels, bytes: fitted.bytes },
  )
}

/** The pictures one after the other: unpacked by an earlier run, or unpacked now and kept for the next one. */
async function unpackedPictures(
  folder: string,
  { classes, shape, fingerprint }: EmojiHeader,
  cache: string,
): Promise<Uint8Array<SharedArrayBuffer>> {
  const pictures = classes.reduce((sum, [, , , drawn]) => sum + drawn.length, 0)
  const size = pictures * shape.height * shape.width * shape.channels
  const kept = join(cache, `emoji-${fingerprint.slice(0, 16)}.pixels`)
  const known = await stat(kept).catch(() => null)
  if (known?.size === size) return readShared(kept, size)
  // One chunk as large as the result: in smaller ones it takes twice as long.
  const chunkSize = Math.max(1024, size + 1)
  const unpacked = await promisify(brotliDecompress)(await readFile(join(folder, 'emoji.bin')), { chunkSize })
  await keep(kept, unpacked)
  const bytes = sharedBytes(unpacked.length)
  bytes.set(unpacked)
  return bytes
}

/** What cannot be kept is unpacked again next time. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, bytes)
    await rename(temporary, path)
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}
