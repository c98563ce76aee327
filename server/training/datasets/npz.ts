import * as l10n from '@vscode/l10n'
import { mkdtemp, open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import { type ArrayHead, arrayHead, mostHeader } from './npy.ts'
import { openZipEntry, readZipDirectory, type ZipEntry } from './zip.ts'

/** Arrays of a .npz file as .npy files of their own. */
export interface ExtractedArrays {
  /** Path of each array's file, by the array's name. */
  readonly files: ReadonlyMap<string, string>
  remove(): Promise<void>
}

/**
 * Unpacks arrays of a .npz file to a folder for temporary files, a piece at a time: an archive larger than memory is no
 * problem. What can be told from the archive's directory and the arrays' headers is told before anything is unpacked. An
 * array that unpacks to more than its own header says, or arrays that the disk has no room for, are refused: a few
 * megabytes can be packed to fill any disk.
 *
 * @param wanted asked for each array; the others are not unpacked
 * @param check looks at the headers of the wanted arrays, by their names; what it throws is thrown
 * @throws DatasetError when the file is missing, truncated or no archive
 */
export async function extractNpz(
  path: string,
  wanted: (name: string) => boolean,
  check: (heads: ReadonlyMap<string, ArrayHead>) => void = () => undefined,
): Promise<ExtractedArrays> {
  const file = await openArchive(path)
  try {
    const arrays = (await readZipDirectory(file)).flatMap(entry => {
      const name = entry.name.endsWith('.npy') ? entry.name.slice(0, -'.npy'.length) : null
      return name !== null && wanted(name) ? [{ name, entry }] : []
    })
    const heads = new Map<string, ArrayHead>()
    for (const { name, entry } of arrays) heads.set(name, await headOf(path, file, entry))
    await refuseNoRoom([...heads.values()].reduce((sum, { bytes }) => sum + bytes, 0))
    for (const { name, entry } of arrays) refuseOtherSize(entry.size, heads.get(name))
    check(heads)
    return await unpack(path, file, arrays)
  } catch (error) {
    if (error instanceof DatasetError) throw error
    throw cannotBeRead(path, error instanceof Error ? error.message : String(error), error)
  } finally {
    await file.close()
  }
}

async function openArchive(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
    throw cannotBeRead(path, error instanceof Error ? error.message : String(error), error)
  }
}

/** What an array is, from its first bytes. */
async function headOf(path: string, file: FileHandle, entry: ZipEntry): Promise<ArrayHead> {
  let start = Buffer.alloc(0)
  for await (const piece of await openZipEntry(path, file, entry)) {
    start = Buffer.concat([start, bytesOf(piece)])
    const head = arrayHead(start)
    if (head !== null) return head
    if (start.length > mostHeader) break
  }
  throw new Error(l10n.t('it ends early'))
}

async function refuseNoRoom(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir())
  if (bytes > bavail * bsize)
    throw new Error(
      l10n.t('it unpacks to {0} MB, and {1} has {2} MB left', megabytes(bytes), tmpdir(), megabytes(bavail * bsize)),
    )
}

function refuseOtherSize(size: number, head: ArrayHead | undefined): void {
  const bytes = head?.bytes ?? 0
  if (size > bytes) throw new Error(l10n.t('an array in it is longer than its header says'))
  if (size < bytes) throw new Error(l10n.t('it ends early'))
}

async function unpack(
  path: string,
  file: FileHandle,
  arrays: readonly { readonly name: string; readonly entry: ZipEntry }[],
): Promise<ExtractedArrays> {
  const folder = await mkdtemp(join(tmpdir(), 'triplet-lab-npz-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const files = new Map<string, string>()
    for (const { name, entry } of arrays) {
      // Named by number: what an archive calls its entries is not to be trusted as a path.
      const target = join(folder, `${files.size}.npy`)
      await unpackEntry(path, file, entry, target)
      files.set(name, target)
    }
    return { files, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function unpackEntry(path: string, file: FileHandle, entry: ZipEntry, target: string): Promise<void> {
  const output = await open(target, 'w')
  try {
    let size = 0
    let checksum = 0
    for await (const piece of await openZipEntry(path, file, entry)) {
      const bytes = bytesOf(piece)
      size += bytes.length
      // The directory may say less than there is.
      if (size > entry.size) throw new Error(l10n.t('an array in it is longer than its header says'))
      checksum = crc32(bytes, checksum)
      for (let done = 0; done < bytes.length;) done += (await output.write(bytes, done)).bytesWritten
    }
    if (size < entry.size) throw new Error(l10n.t('it ends early'))
    if (checksum !== entry.checksum) throw new Error(l10n.t('its checksum is another one'))
  } finally {
    await output.close()
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (!(piece instanceof Uint8Array)) throw new TypeError('A file is read as bytes')
  return piece
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)

function cannotBeRead(path: string, reason: string, cause: unknown): DatasetError {
  return new DatasetError(
    'unreadable',
    path,
    l10n.t('{0} cannot be read: {1}. Download or save it again.', path, reason),
    { cause },
  )
}
