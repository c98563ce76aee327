import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { PackedDataset } from './packedDataset.ts'
import { sharedBytes, type PixelSource } from './pixels.ts'

/** Packed pictures up to this many bytes are kept in memory; larger datasets are read from disk batch by batch. */
export const defaultMemoryBudget = 512 * 2 ** 20

/** Packs that nobody has opened for this long are removed when another is made. */
const keptFor = 30 * 24 * 3600 * 1000

/** Raised when packs are written differently: old ones are then made again. */
const formatVersion = 1

const PackIndex = v.object({
  fingerprint: v.string(),
  type: v.picklist(['uint8', 'float32']),
  shape: v.object({ height: v.number(), width: v.number(), channels: v.number() }),
  /** Of the bytes, where they differ from the shape's. */
  storedChannels: v.number(),
  classNames: v.array(v.string()),
  labels: v.array(v.number()),
  given: v.nullable(v.array(v.number())),
  /** What a person calls each picture: usually a path. */
  names: v.array(v.string()),
  skipped: v.array(v.object({ path: v.string(), reason: v.string() })),
})
export type PackIndex = v.InferOutput<typeof PackIndex>

export interface CacheContext {
  readonly workspace: string
  readonly memoryBudget?: number | undefined
}

/**
 * Pictures of one dataset, decoded and brought to one size once and for all: `KEY.pixels` with the pictures one after the
 * other, and `KEY.json` with everything else, in `.triplet-lab/cache` of the workspace.
 */
export class PackCache {
  readonly #context: CacheContext
  readonly #key: string

  /** @param identity whatever decides what the pack holds: file names, sizes and times, the wanted size */
  constructor(context: CacheContext, identity: unknown) {
    this.#context = context
    this.#key = createHash('sha256')
      .update(JSON.stringify([formatVersion, identity]))
      .digest('hex')
      .slice(0, 32)
  }

  /** @returns `null` when there is no pack yet, or it is damaged */
  async open(name: string): Promise<PackedDataset | null> {
    for (const folder of this.#folders()) {
      const path = join(folder, `${this.#key}.json`)
      if (!existsSync(path)) continue
      try {
        const index = v.parse(PackIndex, JSON.parse(await readFile(path, 'utf8')))
        const now = new Date()
        await utimes(path, now, now).catch(() => undefined)
        return await this.#dataset(name, index, join(folder, `${this.#key}.pixels`))
      } catch {
        continue
      }
    }
    return null
  }

  /** Begins a pack: written beside the old ones under a name of its own, so that two runs may do it at once. */
  async create(): Promise<PackWriter> {
    let refused: unknown
    for (const folder of this.#folders())
      try {
        await mkdir(folder, { recursive: true })
        await this.#tidy(folder)
        return await PackWriter.create(folder, this.#key)
      } catch (error) {
        refused = error
      }
    throw refused
  }

  /** Opens what a writer has finished. */
  async finish(name: string, writer: PackWriter, index: PackIndex): Promise<PackedDataset> {
    const path = await writer.finish(index)
    return this.#dataset(name, index, path)
  }

  /** The workspace's, else (a workspace that cannot be written) the machine's folder for temporary files. */
  #folders(): string[] {
    return [join(this.#context.workspace, '.triplet-lab', 'cache'), join(tmpdir(), 'triplet-lab-cache')]
  }

  async #dataset(name: string, index: PackIndex, path: string): Promise<PackedDataset> {
    const { height, width } = index.shape
    const channels = index.storedChannels
    const size = index.labels.length * height * width * channels * (index.type === 'uint8' ? 1 : 4)
    const file = await stat(path)
    if (file.size !== size) throw new Error(`${path} has ${file.size} bytes of ${size}`)
    const format = { type: index.type, channels } as const
    const pixels: PixelSource =
      size <= (this.#context.memoryBudget ?? defaultMemoryBudget)
        ? { ...format, kind: 'memory', bytes: await readShared(path, size) }
        : { ...format, kind: 'file', path, offset: 0 }
    return new PackedDataset(
      {
        name,
        fingerprint: index.fingerprint,
        shape: index.shape,
        classNames: index.classNames,
        labels: Int32Array.from(index.labels),
        classGroups: null,
        given: index.given && Uint8Array.from(index.given),
        skipped: index.skipped,
        describe: picture => index.names[picture],
      },
      pixels,
    )
  }

  async #tidy(folder: string): Promise<void> {
    if (folder.startsWith(this.#context.workspace)) {
      // As the store does: the folder ignores itself for git.
      const ignore = join(folder, '..', '.gitignore')
      if (!existsSync(ignore)) await writeFile(ignore, '*\n')
    }
    const names = await readdir(folder)
    for (const name of names.filter(one => one.endsWith('.json'))) {
      const path = join(folder, name)
      const { mtimeMs } = await stat(path)
      if (Date.now() - mtimeMs < keptFor) continue
      await rm(path, { force: true })
      await rm(path.replace(/json$/, 'pixels'), { force: true })
    }
  }
}

/** Reads a whole file to where other threads can see it, a piece at a time so that nothing is there twice. */
export async function readShared(path: string, size: number, offset = 0): Promise<Uint8Array<SharedArrayBuffer>> {
  const bytes = sharedBytes(size)
  const file = await open(path)
  try {
    for (let done = 0; done < size;) {
      const { bytesRead } = await file.read(bytes, done, Math.min(size - done, 1 << 24), offset + done)
      if (bytesRead === 0) throw new Error(`${path} ends early`)
      done += bytesRead
    }
  } finally {
    await file.close()
  }
  return bytes
}

/** Rows are gathered into writes of about this many bytes. */
const chunk = 1 << 20

/** Writes pictures one after the other and keeps the fingerprint as it goes. */
export class PackWriter {
  readonly #file: FileHandle
  readonly #temporary: string
  readonly #final: string
  readonly #hash = createHash('sha256')
  #pending: Uint8Array[] = []
  #pendingBytes = 0

  private constructor(file: FileHandle, temporary: string, final: string) {
    this.#file = file
    this.#temporary = temporary
    this.#final = final
  }

  static async create(folder: string, key: string): Promise<PackWriter> {
    const temporary = join(folder, `${key}.${process.pid}-${Date.now().toString(36)}.tmp`)
    return new PackWriter(await open(temporary, 'wx'), temporary, join(folder, key))
  }

  /** @param row one picture; not changed by the caller afterwards */
  async write(row: Uint8Array): Promise<void> {
    this.#hash.update(row)
    this.#pending.push(row)
    this.#pendingBytes += row.length
    if (this.#pendingBytes >= chunk) await this.#flush()
  }

  /** SHA-256 over the pictures written and these labels. */
  fingerprint(labels: Int32Array): string {
    return this.#hash.update(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)).digest('hex')
  }

  /** Puts the pack where `open` finds it; the index comes last, so that a pack with an index is whole. */
  async finish(index: PackIndex): Promise<string> {
    await this.#flush()
    await this.#file.close()
    await rename(this.#temporary, `${this.#final}.pixels`)
    await writeFile(this.#temporary, JSON.stringify(index))
    await rename(this.#temporary, `${this.#final}.json`)
    return `${this.#final}.pixels`
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await rm(this.#temporary, { force: true })
  }

  async #flush(): Promise<void> {
    const rows = this.#pending
    this.#pending = []
    this.#pendingBytes = 0
    // writev may take less than it was given.
    const bytes = rows.length === 1 ? rows[0] : Buffer.concat(rows)
    for (let done = 0; done < bytes.length;) done += (await this.#file.write(bytes, done)).bytesWritten
  }
}
