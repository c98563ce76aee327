import * as l10n from '@vscode/l10n'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
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

/**
 * Reads an IDX file, gzipped or not (told by its first bytes, not by its name).
 *
 * Format: 0, 0, type, number of dimensions, then each dimension as a big-endian uint32, then the elements
 * (Y. LeCun, "The MNIST database", section "File formats").
 *
 * @throws DatasetError when the file is missing, truncated or not IDX
 */
export async function readIdx(path: string): Promise<Idx> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await promisify(gunzip)(bytes)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new DatasetError('missing', path, l10n.t('{0} does not exist. Check the path.', path), { cause: error })
    throw new DatasetError('unreadable', path, l10n.t('{0} cannot be read: {1}', path, messageOf(error)), {
      cause: error,
    })
  }
  return parseIdx(bytes, path)
}

/** @param path for messages only */
export function parseIdx(bytes: Uint8Array, path: string): Idx {
  const size = elementSize.get(bytes[2])
  const rank = bytes.length < 4 ? 0 : bytes[3]
  if (bytes[0] !== 0 || bytes[1] !== 0 || rank === 0 || rank > 4)
    throw new DatasetError('unreadable', path, l10n.t('{0} is not an IDX file.', path))
  if (size === undefined)
    throw new DatasetError(
      'unsupported',
      path,
      l10n.t('{0} holds fractions; only IDX files with whole numbers can be read.', path),
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = 4 + 4 * rank
  const dimensions: number[] = []
  for (let i = 0; i < rank && 8 + 4 * i <= bytes.length; i++) dimensions.push(view.getUint32(4 + 4 * i))
  const count = dimensions.length === rank ? dimensions.reduce((a, b) => a * b, 1) : Number.NaN
  const needed = start + count * size
  if (!(bytes.length >= needed))
    throw new DatasetError(
      'unreadable',
      path,
      Number.isNaN(needed)
        ? l10n.t('{0} ends inside its header: the file is truncated. Download or copy it again.', path)
        : l10n.t(
            '{0} has {1} bytes of {2}: the file is truncated. Download or copy it again.',
            path,
            bytes.length,
            needed,
          ),
    )
  if (bytes[2] === 0x08) return { dimensions, values: bytes.subarray(start, needed) }
  const values = new Int32Array(count)
  for (let i = 0; i < count; i++)
    values[i] =
      size === 1 ? view.getInt8(start + i) : size === 2 ? view.getInt16(start + 2 * i) : view.getInt32(start + 4 * i)
  return { dimensions, values }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
