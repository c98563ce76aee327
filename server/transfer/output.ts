/** Writing large files without holding up who asked: in pieces, under another name until they are whole. */
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as l10n from '@vscode/l10n'
import type { RunRow } from '../../protocol/runEvent.ts'

/** Called after each run; gives others their turn. */
export type Progress = () => Promise<void>

/** Characters that are gathered before they are written. */
const enough = 1 << 20

export class TextFile {
  readonly #handle: FileHandle
  #pieces: string[] = []
  #length = 0

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Writes a file by `body`; it is there when all of it is, and an older one of this name stays until then. */
  static async write(path: string, body: (file: TextFile) => Promise<void> | void): Promise<void> {
    const unfinished = `${path}.writing`
    const handle = await open(unfinished, 'w')
    try {
      const file = new TextFile(handle)
      await body(file)
      await file.#write()
      await handle.sync()
    } catch (error) {
      await handle.close()
      await rm(unfinished, { force: true })
      throw error
    }
    await handle.close()
    await rename(unfinished, path)
  }

  append(text: string): void {
    this.#pieces.push(text)
    this.#length += text.length
  }

  /** Writes when enough has gathered, and lets others have their turn. */
  async flush(): Promise<void> {
    if (this.#length >= enough) await this.#write()
    await setImmediate()
  }

  async #write(): Promise<void> {
    const text = this.#pieces.join('')
    this.#pieces = []
    this.#length = 0
    await this.#handle.writeFile(text)
  }
}

/** The export cannot be written where it was asked for; the message is for people. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
}

/**
 * Makes a folder, so that no file of it was there before.
 * @throws ExportError when there is something in it
 */
export async function newFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true })
  if ((await readdir(path)).length > 0)
    throw new ExportError(l10n.t('{0} is not empty. Choose a new folder: nothing is written over.', path))
  return path
}

/** `12 semi-hard α 0.2`: a run's folder among others; every system can write it. */
export function runFolderName(run: RunRow): string {
  const plain = (text: string) => text.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 80)
  return join(plain(run.experiment.replace(/\.triplet\.json$/, '')), `${run.id} ${plain(run.name)}`.trim())
}
