import * as l10n from '@vscode/l10n'
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { byName } from './byName.ts'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import type { ImageSpec } from './imageSpec.ts'
import type { CacheContext } from './packCache.ts'
import type { PackedDataset } from './packedDataset.ts'
import { openPictures, type PictureEntry } from './packPictures.ts'

const pictureTypes = new Set('.jpg .jpeg .jfif .png .webp .gif .tif .tiff .avif .pgm .ppm .pnm'.split(' '))

/** Names of folders that are a side of a given split rather than a class. */
const sideNames: ReadonlyMap<string, 0 | 1> = new Map([
  ['train', 0],
  ['training', 0],
  ['test', 1],
  ['testing', 1],
  ['val', 1],
  ['valid', 1],
  ['validation', 1],
])

/** A picture file, its path with `/` relative to the dataset's folder. */
export interface PictureFile {
  readonly path: string
  readonly label: string
  readonly side: 0 | 1 | null
}

export interface FolderListing {
  /** In the order of sides, classes and names: the same folder gives the same order on every machine. */
  readonly files: readonly PictureFile[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

/**
 * Opens a folder with one folder of pictures per class, as LFW, ORL and ImageNet are laid out; or with `train` and `test`
 * (or `val`) that hold such folders, which then are the given split. Pictures may lie deeper inside a class.
 *
 * Files that are no pictures and classes without any are listed in `skipped`; names that begin with a dot are ignored.
 *
 * @throws DatasetError when the folder is missing or holds no pictures in classes
 */
export async function openFolder(folder: string, image: ImageSpec, context: CacheContext): Promise<PackedDataset> {
  const listing = await listFolder(folder)
  const identity = ['folder', folder, await stamps(folder, listing.files)]
  return openPictures(folder, identity, image, context, () => ({
    path: folder,
    classOrder: null,
    skipped: listing.skipped,
    entries: listing.files.map(({ path, label, side }): PictureEntry => ({
      name: path,
      label,
      side,
      bytes: () => readFile(join(folder, path)),
    })),
  }))
}

/** @throws DatasetError when the folder is missing or not laid out in classes */
export async function listFolder(folder: string): Promise<FolderListing> {
  const top = await entriesOf(folder)
  const folders = top.filter(one => one.isDirectory())
  if (folders.length === 0) {
    const pictures = top.filter(isPicture).length
    throw new DatasetError(
      'empty',
      folder,
      pictures > 0
        ? l10n.t(
            '{0} holds {1} pictures, but not in classes. Make a folder for each class, or write a CSV file with the columns path and label.',
            folder,
            pictures,
          )
        : l10n.t('{0} holds no folders. Put the pictures of each class into a folder of its own in it.', folder),
    )
  }
  const files: PictureFile[] = []
  const skipped: { path: string; reason: string }[] = []
  const isSplit = folders.length > 1 && folders.every(one => sideNames.has(one.name.toLowerCase()))
  if (isSplit)
    for (const one of folders)
      for (const inner of (await entriesOf(join(folder, one.name))).filter(entry => entry.isDirectory()))
        await listClass(folder, join(one.name, inner.name), sideNames.get(one.name.toLowerCase()) ?? 0, files, skipped)
  else for (const one of folders) await listClass(folder, one.name, null, files, skipped)
  if (files.length === 0) {
    throw new DatasetError(
      'empty',
      folder,
      l10n.t('{0} has folders, but no pictures in them (jpg, png, webp, pgm, …).', folder),
    )
  }
  return { files, skipped }
}

async function listClass(
  root: string,
  path: string,
  side: 0 | 1 | null,
  files: PictureFile[],
  skipped: { path: string; reason: string }[],
): Promise<void> {
  const before = files.length
  for (const entry of await entriesOf(join(root, path), true)) {
    const inner = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
    if (entry.isDirectory()) continue
    if (isPicture(entry)) files.push({ path: inner, label: basename(path), side })
    else skipped.push({ path: inner, reason: l10n.t('it is not a picture of a known type') })
  }
  if (files.length === before)
    skipped.push({ path: path.split(sep).join('/'), reason: l10n.t('the folder holds no pictures') })
}

const isPicture = (entry: Dirent): boolean => pictureTypes.has(extname(entry.name).toLowerCase())

/** Visible entries, ordered. */
async function entriesOf(folder: string, recursive = false): Promise<Dirent[]> {
  try {
    const all = await readdir(folder, { withFileTypes: true, recursive })
    const visible = all.filter(one => !one.name.startsWith('.') && one.name !== 'Thumbs.db')
    return visible.sort((a, b) => byName(a.parentPath, b.parentPath) || byName(a.name, b.name))
  } catch (error) {
    const code = systemErrorCode(error)
    throw code === 'ENOENT'
      ? new DatasetError('missing', folder, l10n.t('The folder {0} does not exist. Check the path.', folder), {
          cause: error,
        })
      : code === 'ENOTDIR'
        ? new DatasetError('unsupported', folder, l10n.t('{0} is a file, not a folder.', folder), { cause: error })
        : new DatasetError(
            'unreadable',
            folder,
            l10n.t('The folder {0} cannot be read ({1}).', folder, code ?? String(error)),
            { cause: error },
          )
  }
}

/** Files asked at the same time for their size and time. */
const statsAtOnce = 64

/** Path, size and time of each file: when any of them changes, the pictures are read again. */
export async function stamps(folder: string, files: readonly { readonly path: string }[]): Promise<string[]> {
  const result: string[] = []
  for (let start = 0; start < files.length; start += statsAtOnce) {
    const part = files.slice(start, start + statsAtOnce)
    result.push(
      ...(await Promise.all(
        part.map(async ({ path }) => {
          // A file that is not there is found out, and said, when it is read.
          const found = await stat(join(folder, path)).catch(() => null)
          return found ? `${path}|${found.size}|${found.mtimeMs}` : path
        }),
      )),
    )
  }
  return result
}
