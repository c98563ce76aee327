import * as l10n from '@vscode/l10n'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DatasetError, systemErrorCode } from './datasetError.ts'

/** An IDX file: the format of MNIST and its many successors. */
export interface Idx {
  /** Sizes, slowest first: [n] labels, [n, height, width] or [n, height, width, channels] pictures. */
  readonly dimensions: readonly number[]
  /** Row-major. Whole numbers only; bytes for pictures. */
  readonly values: Uint8Array | Int32Array
}

/** Bytes per element of the whole-number types, by the type byte in the header. */
const elementSize: ReadonlyMap<number, number> = new Map([
  [0x08, 1],
  [0x09, 1],
  [0x0b, 2],
  [0x0c, 4],
])

export interface IdxHeader {
  readonly dimensions: readonly number[]
  readonly type: number
  readonly elementBytes: number
  /** Bytes before the first element, and of all elements. */
  readonly start: number
  readonly bytes: number
}

/**
 * Reads an IDX file, gzipped or not (told by its first bytes, not by its name).
 *
 * Format: 0, 0, type, number of dimensions, then each dimension as a big-endian uint32, then the elements
 * (Y. LeCun, "The MNIST database", section "File formats").
 *
 * @throws DatasetError when the file is missing, truncated or not IDX
 */
export async function readIdx(path: string): Promise<Idx> {
  const { header, chunks } = await openIdxFile(path)
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  const bytes = Buffer.concat(parts)
  const { dimensions, type, elementBytes } = header
  if (type === 0x08) return { dimensions, values: bytes }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = Int32Array.from({ length: bytes.length / elementBytes }, (_, i) =>
    elementBytes === 1 ? view.getInt8(i) : elementBytes === 2 ? view.getInt16(2 * i) : view.getInt32(4 * i),
  )
  return { dimensions, values }
}

/**
 * The header of an IDX file, and its elements a piece at a time: exactly as many bytes as the header says, whatever
 * follows them. What is unpacked never exceeds that.
 *
 * @throws DatasetError when the file is missing, truncated or not IDX; while reading, too
 */
export async function openIdxFile(
  path: string,
): Promise<{ readonly header: IdxHeader; readonly chunks: AsyncGenerator<Uint8Array, void> }> {
  const { header, first, rest } = await begin(path)
  return { header, chunks: elements(first, rest, header, path) }
}

/** What a file holds, without its elements. @throws DatasetError as `openIdxFile` */
export async function readIdxHeader(path: string): Promise<IdxHeader> {
  const { header, rest } = await begin(path)
  await rest.return(undefined)
  return header
}

/** The header, and the bytes behind it that came with it. */
async function begin(path: string): Promise<{
  readonly header: IdxHeader
  readonly first: Uint8Array
  readonly rest: AsyncGenerator<Uint8Array, void>
}> {
  const pieces = plainBytes(path)
  let first = new Uint8Array(0)
  for (;;) {
    const piece = await pieces.next().catch((error: unknown) => {
      throw unreadable(path, error)
    })
    if (piece.done === true) break
    first = Buffer.concat([first, piece.value])
    if (first.length >= 4 && first.length >= 4 + 4 * first[3]) break
  }
  let header: IdxHeader
  try {
    header = parseHeader(first, path)
  } catch (error) {
    await pieces.return(undefined)
    throw error
  }
  return { header, first: first.subarray(header.start), rest: pieces }
}

async function* elements(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
  { start, bytes }: IdxHeader,
  path: string,
): AsyncGenerator<Uint8Array, void> {
  let left = bytes
  let next: Uint8Array | undefined = first
  try {
    while (left > 0 && next !== undefined) {
      const some: Uint8Array = next.subarray(0, left)
      left -= some.length
      if (some.length > 0) yield some
      next = left > 0 ? ((await rest.next()).value ?? undefined) : undefined
    }
  } catch (error) {
    throw unreadable(path, error)
  } finally {
    await rest.return(undefined)
  }
  if (left > 0)
    throw new DatasetError(
      'unreadable',
      path,
      l10n.t(
        '{0} has {1} bytes of {2}: the file is truncated. Download or copy it again.',
        path,
        start + bytes - left,
        start + bytes,
      ),
    )
}

/** The bytes of a file, unpacked where it is gzipped. */
async function* plainBytes(path: string): AsyncGenerator<Uint8Array, void> {
  const handle = await open(path)
  const start = new Uint8Array(2)
  await handle.read(start, 0, 2, 0)
  const file = handle.createReadStream({ start: 0 })
  const isPacked = start[0] === 0x1f && start[1] === 0x8b
  const unpack = isPacked ? createGunzip() : null
  // A broken pipe ends both: whoever reads gets the error.
  const stream = unpack === null ? file : pipeline(file, unpack, () => undefined)
  for await (const piece of stream) if (piece instanceof Uint8Array) yield piece
}

function unreadable(path: string, error: unknown): DatasetError {
  if (systemErrorCode(error) === 'ENOENT')
    return new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
  return new DatasetError('unreadable', path, l10n.t('{0} cannot be read: {1}', path, messageOf(error)), {
    cause: error,
  })
}

function parseHeader(bytes: Uint8Array, path: string): IdxHeader {
  const elementBytes = elementSize.get(bytes[2])
  const rank = bytes.length < 4 ? 0 : bytes[3]
  if (bytes[0] !== 0 || bytes[1] !== 0 || rank === 0 || rank > 4)
    throw new DatasetError('unreadable', path, l10n.t('{0} is not an IDX file.', path))
  if (elementBytes === undefined)
    throw new DatasetError(
      'unsupported',
      path,
      l10n.t('{0} holds fractions; only IDX files with whole numbers can be read.', path),
    )
  const start = 4 + 4 * rank
  if (bytes.length < start)
    throw new DatasetError(
      'unreadable',
      path,
      l10n.t('{0} ends inside its header: the file is truncated. Download or copy it again.', path),
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dimensions = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  return {
    dimensions,
    type: bytes[2],
    elementBytes,
    start,
    bytes: elementBytes * dimensions.reduce((a, b) => a * b, 1),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
