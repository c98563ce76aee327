import * as l10n from '@vscode/l10n'
import { Unzip, UnzipInflate } from 'fflate'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatasetError, systemErrorCode } from './datasetError.ts'

/** Arrays of a .npz file as .npy files of their own. */
export interface ExtractedArrays {
  /** Path of each array's file, by the array's name. */
  readonly files: ReadonlyMap<string, string>
  remove(): Promise<void>
}

/**
 * Unpacks arrays of a .npz file to a folder for temporary files, a piece at a time: an archive larger than memory is no
 * problem.
 *
 * @param wanted asked for each array; the others are not unpacked
 * @throws DatasetError when the file is missing, truncated or no archive
 */
export async function extractNpz(path: string, wanted: (name: string) => boolean): Promise<ExtractedArrays> {
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
    entry.ondata = (error, bytes, final) => {
      if (error) failures.push(error)
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
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
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
    const code = systemErrorCode(error)
    if (code === 'ENOENT')
      throw new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError(
      'unreadable',
      path,
      l10n.t('{0} cannot be read: {1}. Download or save it again.', path, reason),
      { cause: error },
    )
  } finally {
    await Promise.all(outputs.map(one => one.close()))
  }
}
