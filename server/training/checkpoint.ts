/**
 * Checkpoints: everything that a run needs to go on as if nothing had happened.
 *
 * File: `TLCKPT` and a format number (8 bytes), length of the header (uint32, little-endian), the header (JSON), the
 * sampler's int32 words, the tensors' float32 values one after the other, SHA-256 of all before. Written beside the old
 * one, forced to the disk and put in its place by a rename, so that there is always one whole checkpoint; the checksum
 * tells of a damaged disk.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { LoopState } from './loopState.ts'
import type { EngineState } from './engines/trainEngine.ts'

export interface Checkpoint {
  /** Engine that wrote it: another one may compute a little differently. */
  readonly engineId: string
  readonly loop: LoopState
  /** The sampler's state: about a word for each picture. */
  readonly sampler: Int32Array
  readonly engine: EngineState
}

export type ReadCheckpoint =
  | { readonly kind: 'found'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'absent' }
  /** `reason` in plain English, for a message. */
  | { readonly kind: 'damaged'; readonly reason: string }

/** Grows when the header or the layout changes; older ones are refused, not guessed at. */
const format = 1
const magic = `TLCKPT0${format}`
const digestLength = 32

const Header = v.object({
  engineId: v.string(),
  loop: LoopState,
  samplerWords: v.number(),
  tensors: v.array(v.object({ name: v.string(), shape: v.array(v.number()) })),
})

/** What its file holds. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const tensors = [...checkpoint.engine].map(([name, { shape }]) => ({ name, shape: [...shape] }))
  const header = Buffer.from(
    JSON.stringify({
      engineId: checkpoint.engineId,
      loop: checkpoint.loop,
      samplerWords: checkpoint.sampler.length,
      tensors,
    } satisfies v.InferOutput<typeof Header>),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  const parts = [
    Buffer.from(magic),
    length,
    header,
    ...[checkpoint.sampler, ...[...checkpoint.engine.values()].map(({ data }) => data)].map(bytesOf),
  ]
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new Uint8Array(size + digestLength)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  bytes.set(createHash('sha256').update(bytes.subarray(0, size)).digest(), size)
  return bytes
}

/** Writes a checkpoint so that `file` is, at every moment, either the old or the new one, whole. */
export async function writeCheckpoint(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.writing`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** Reads and verifies a checkpoint. */
export async function readCheckpoint(file: string): Promise<ReadCheckpoint> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' }
    throw error
  }
  return decodeCheckpoint(bytes)
}

export function decodeCheckpoint(bytes: Buffer): ReadCheckpoint {
  const damaged = (reason: string): ReadCheckpoint => ({ kind: 'damaged', reason })
  const start = magic.length + 4
  if (bytes.length < start + digestLength) return damaged('the file is too short')
  if (bytes.toString('latin1', 0, 6) !== 'TLCKPT') return damaged('the file is not a checkpoint')
  if (bytes.toString('latin1', 0, magic.length) !== magic) return damaged('another version of Triplet Lab wrote it')
  const end = bytes.length - digestLength
  if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    return damaged('the checksum is wrong')

  const headerEnd = start + bytes.readUInt32LE(magic.length)
  const header = v.safeParse(Header, JSON.parse(bytes.toString('utf8', start, headerEnd)))
  if (!header.success) return damaged('another version of Triplet Lab wrote it')
  const { engineId, loop, samplerWords, tensors } = header.output
  let offset = headerEnd
  // A copy, because the offset need not be a multiple of four.
  const next = (words: number) => new Uint8Array(bytes.subarray(offset, (offset += 4 * words))).buffer
  const sampler = new Int32Array(next(samplerWords))
  const engine = new Map(
    tensors.map(({ name, shape }) => [name, { shape, data: new Float32Array(next(shape.reduce((a, b) => a * b, 1))) }]),
  )
  if (offset !== end) return damaged('its tensors do not fill the file')
  return { kind: 'found', checkpoint: { engineId, loop, sampler, engine } }
}

function bytesOf(data: Float32Array | Int32Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/** So that the rename itself survives a power cut; Windows neither needs nor allows it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
