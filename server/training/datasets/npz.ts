import * as l10n from '@vscode/l10n'
import { Unzip, UnzipInflate } from 'fflate'
import { createReadStream, statfsSync } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatasetError, systemErrorCode } from './datasetError.ts'
import { declaredBytes, mostHeader } from './npy.ts'

/** Read at a time: what this unpacks to, at most a thousand times as much, is in memory at once. */
const pieceBytes = 1 << 16

/** Arrays of a .npz file as .npy files of their own. */
export interface ExtractedArrays {
  /** Path of each array's file, by the array's name. */
  readonly files: ReadonlyMap<string, string>
  remove(): Promise<void>
}

/**
 * Unpacks arrays of a .npz file to a folder for temporary files, a piece at a time: an archive larger than memory is no
 * problem. An array that unpacks to more than its own header says, or than the disk has room for, is refused: a few
 * megabytes can be packed to fill any disk.
 *
 * @param wanted asked for each array; the others are not unpacked
 * @throws DatasetError when the file is missing, truncated or no archive
 */
export async function extractNpz(path: string, wanted: (name: string) => boolean): Promise<ExtractedArrays> {
  await refuseTruncated(path)
  const folder = await mkdtemp(join(tmpdir(), 'triplet-lab-npz-'))
  const files = new Map<string, string>()
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const unfinished = new Set<string>()
  const outputs: FileHandle[] = []
  let pieces: { readonly file: string; readonly bytes: Uint8Array }[] = []
  const failures: Error[] = []

  const unzip = new Unzip(entry => {
    if (!entry.name.endsWith('.npy')) return
    const name = entry.name.slice(0, -'.npy'.length)
    if (!wanted(name)) return
    // Named by number: what an archive calls its entries is not to be trusted as a path.
    const file = join(folder, `${files.size}.npy`)
    files.set(name, file)
    unfinished.add(name)
    const limit = new ArrayLimit(folder)
    entry.ondata = (error, bytes, final) => {
      const excess = error ?? limit.check(bytes)
      if (excess) failures.push(excess)
      else pieces.push({ file, bytes })
      if (final) unfinished.delete(name)
    }
    entry.start()
  })
  unzip.register(UnzipInflate)

  try {
    const handles = new Map<string, FileHandle>()
    const write = async (): Promise<void> => {
      const written = pieces
      pieces = []
      for (const { file, bytes } of written) {
        let handle = handles.get(file)
        if (!handle) {
          handle = await open(file, 'w')
          handles.set(file, handle)
          outputs.push(handle)
        }
        for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten
      }
    }
    let any = false
    for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes })) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('A file is read as bytes')
      if (!any && !(chunk[0] === 0x50 && chunk[1] === 0x4b)) throw new Error(l10n.t('it is not a zip archive'))
      any = true
      unzip.push(chunk)
      await write()
      if (failures.length > 0) throw failures[0]
    }
    unzip.push(new Uint8Array(0), true)
    await write()
    if (failures.length > 0) throw failures[0]
    if (unfinished.size > 0 || !any) throw new Error(l10n.t('it ends early'))
    return { files, remove }
  } catch (error) {
    await remove()
    throw cannotBeRead(path, error instanceof Error ? error.message : String(error), error)
  } finally {
    await Promise.all(outputs.map(one => one.close()))
  }
}

/** Follows an array as it is unpacked. */
class ArrayLimit {
  readonly #folder: string
  #start = new Uint8Array(0)
  #bytes = 0
  /** What the header says that the whole array has; `null` before it was read. */
  #most: number | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @returns what is wrong, once too much has come */
  check(bytes: Uint8Array): Error | null {
    this.#bytes += bytes.length
    if (this.#most === null) {
      this.#start = Buffer.concat([this.#start, bytes.subarray(0, mostHeader)])
      const declared = declaredBytes(this.#start)
      if (declared === null) return null
      this.#most = declared
      const { bavail, bsize } = statfsSync(this.#folder)
      if (declared > bavail * bsize)
        return new Error(
          l10n.t(
            'it unpacks to {0} MB, and {1} has {2} MB left',
            megabytes(declared),
            this.#folder,
            megabytes(bavail * bsize),
          ),
        )
    }
    return this.#bytes > this.#most ? new Error(l10n.t('an array in it is longer than its header says')) : null
  }
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6)

/** Bytes of the last record of a zip's directory, without its comment. */
const lastRecord = 22

/** The zip directory lies at the end: without it the archive was cut. */
async function refuseTruncated(path: string): Promise<void> {
  let end: Buffer
  let start: Buffer
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const length = Math.min(size, lastRecord + 0xffff)
      start = (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer
      end = (await file.read(Buffer.alloc(length), 0, length, size - length)).buffer
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
    throw cannotBeRead(path, error instanceof Error ? error.message : String(error), error)
  }
  const isZip = start.length === 0 || start.toString('latin1', 0, 2) === 'PK'
  const last = end.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (isZip && (last < 0 || last + lastRecord > end.length)) throw cannotBeRead(path, l10n.t('it ends early'), null)
}

function cannotBeRead(path: string, reason: string, cause: unknown): DatasetError {
  return new DatasetError(
    'unreadable',
    path,
    l10n.t('{0} cannot be read: {1}. Download or save it again.', path, reason),
    { cause },
  )
}
