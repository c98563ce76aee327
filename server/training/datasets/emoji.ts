import * as l10n from '@vscode/l10n'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import * as v from 'valibot'
import { DatasetError } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
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
 * @throws DatasetError when the files are not there or not whole: the installation is broken
 */
export async function openEmoji(image: ImageSpec, folder = emojiFolder()): Promise<PackedDataset> {
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
    const [parsed, packed] = await Promise.all([readEmojiHeader(folder), readFile(join(folder, 'emoji.bin'))])
    header = parsed
    const unpacked = await promisify(brotliDecompress)(packed)
    bytes = sharedBytes(unpacked.length)
    bytes.set(unpacked)
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
