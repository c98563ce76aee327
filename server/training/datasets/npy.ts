import * as l10n from '@vscode/l10n'
import { open, type FileHandle } from 'node:fs/promises'
import { float16ToFloat32, parse, type DType } from 'npyjs'
import { DatasetError, systemErrorCode } from './datasetError.ts'

/** Where the numbers of a .npy file lie, and what they are. */
export interface NpyHeader {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Of the first number, in bytes. */
  readonly offset: number
  readonly itemBytes: number
}

/** A header longer than this is nothing that NumPy writes. */
export const mostHeader = 1 << 16

/**
 * Reads where the numbers of a .npy file are, without reading them.
 * @throws DatasetError when the file is missing, truncated, or of a kind that is not read
 */
export async function readNpyHeader(path: string, called = path): Promise<NpyHeader> {
  const file = await openNpy(path, called)
  try {
    const start = new Uint8Array(new ArrayBuffer(mostHeader))
    const { bytesRead } = await file.read(start, 0, mostHeader, 0)
    const length = headerBytes(start)
    if (bytesRead < 12 || length > bytesRead) throw truncated(called)
    const { shape, dtype, fortranOrder } = parse(start.buffer.slice(0, length))
    if (fortranOrder)
      throw new DatasetError(
        'unsupported',
        called,
        l10n.t('{0} is stored column by column. Save numpy.ascontiguousarray(array) instead.', called),
      )
    const itemBytes = bytesOf(dtype)
    const { size } = await file.stat()
    if (size < length + itemBytes * shape.reduce((a, b) => a * b, 1)) throw truncated(called)
    return { path, shape, dtype, offset: length, itemBytes }
  } catch (error) {
    if (error instanceof DatasetError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatasetError(
      'unreadable',
      called,
      l10n.t('{0} is not a NumPy array that can be read: {1}', called, reason),
      {
        cause: error,
      },
    )
  } finally {
    await file.close()
  }
}

function headerBytes(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  return start[6] > 1 ? 12 + view.getUint32(8, true) : 10 + start[8] + 256 * start[9]
}

const bytesOf = (dtype: DType): number =>
  dtype.startsWith('U') ? 4 * Number(dtype.slice(1)) : dtype === 'b1' ? 1 : Number(dtype.slice(1))

/** What a .npy file says of itself. */
export interface ArrayHead {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Of the whole file. */
  readonly bytes: number
}

/**
 * @param start of a .npy file
 * @returns `null` when `start` is too short to say
 * @throws Error when this is no header of NumPy's
 */
export function arrayHead(start: Uint8Array): ArrayHead | null {
  if (start.length < 12) return null
  const length = headerBytes(start)
  if (length > mostHeader) throw new Error('its header is too long')
  if (start.length < length) return null
  const { shape, dtype } = parse(new Uint8Array(start.subarray(0, length)).buffer)
  return { shape, dtype, bytes: length + bytesOf(dtype) * shape.reduce((a, b) => a * b, 1) }
}

function truncated(called: string): DatasetError {
  return new DatasetError(
    'unreadable',
    called,
    l10n.t('{0} ends early: it is truncated. Download or save it again.', called),
  )
}

/** @throws DatasetError when the file is missing or may not be read */
export async function openNpy(path: string, called = path): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw systemErrorCode(error) === 'ENOENT'
      ? new DatasetError('missing', called, l10n.t('{0} does not exist. Check the path.', called), { cause: error })
      : new DatasetError('unreadable', called, l10n.t('{0} cannot be read: {1}', called, String(error)), {
          cause: error,
        })
  }
}

/** Whether the elements are numbers that can be pictures or features. */
export const isNumeric = (dtype: DType): boolean => /^([iu][1248]|f[248]|b1)$/.test(dtype)

/**
 * Elements `first` to `first + into.length` as floats.
 * @throws DatasetError when the file has become shorter
 */
export async function readNumbers(
  file: FileHandle,
  header: NpyHeader,
  first: number,
  into: Float32Array | Float64Array,
): Promise<void> {
  const { itemBytes, dtype } = header
  const view = new DataView((await readItems(file, header, first, into.length)).buffer)
  const get = getters[dtype]
  for (let i = 0; i < into.length; i++) into[i] = get(view, i * itemBytes)
}

async function readItems(
  file: FileHandle,
  header: NpyHeader,
  first: number,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count * header.itemBytes)
  for (let done = 0; done < bytes.length;) {
    const position = header.offset + first * header.itemBytes + done
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position)
    if (bytesRead === 0) throw truncated(header.path)
    done += bytesRead
  }
  return bytes
}

const getters: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at) => view.getUint16(at, true),
  i2: (view, at) => view.getInt16(at, true),
  u4: (view, at) => view.getUint32(at, true),
  i4: (view, at) => view.getInt32(at, true),
  u8: (view, at) => Number(view.getBigUint64(at, true)),
  i8: (view, at) => Number(view.getBigInt64(at, true)),
  f2: (view, at) => float16ToFloat32(view.getUint16(at, true)),
  f4: (view, at) => view.getFloat32(at, true),
  f8: (view, at) => view.getFloat64(at, true),
}

/** Labels as text: of numbers, or of NumPy's strings. */
export async function readLabels(header: NpyHeader): Promise<string[]> {
  const count = header.shape[0]
  const file = await openNpy(header.path)
  try {
    if (isNumeric(header.dtype)) {
      const numbers = new Float64Array(count)
      await readNumbers(file, header, 0, numbers)
      return Array.from(numbers, String)
    }
    const points = new Uint32Array((await readItems(file, header, 0, count)).buffer)
    const width = header.itemBytes / 4
    return Array.from({ length: count }, (_, row) =>
      String.fromCodePoint(...points.subarray(row * width, (row + 1) * width)).replaceAll('\0', ''),
    )
  } finally {
    await file.close()
  }
}
