/**
 * Zip archives read by their directory: what is in them is known at once, and one entry is unpacked without the others.
 * (PKWARE, "APPNOTE.TXT – .ZIP File Format Specification", 6.3.10, with 64-bit sizes.)
 */
import * as l10n from '@vscode/l10n'
import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { PassThrough, pipeline, type Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly method: 'stored' | 'deflated'
  /** Bytes in the archive, and unpacked. */
  readonly packed: number
  readonly size: number
  /** CRC-32 of the unpacked bytes. */
  readonly checksum: number
  /** Where the entry begins: its own header, then its bytes. */
  readonly offset: number
}

const endRecord = { signature: 0x06054b50, bytes: 22 }
const endRecord64 = { signature: 0x06064b50, bytes: 56, locator: 0x07064b50, locatorBytes: 20 }
const directoryRecord = { signature: 0x02014b50, bytes: 46 }
const entryHeader = { signature: 0x04034b50, bytes: 30 }
/** A directory longer than this is of millions of entries, and not of arrays. */
const mostDirectory = 1 << 26
const unknown16 = 0xffff
const unknown32 = 0xffffffff

const endsEarly = (): Error => new Error(l10n.t('it ends early'))

/** @throws Error, whose message ends a sentence, when this is no whole zip archive, or of a kind that is not read */
export async function readZipDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat()
  if (size > 0 && (await read(file, 0, Math.min(2, size))).toString('latin1') !== 'PK')
    throw new Error(l10n.t('it is not a zip archive'))
  // At the very end, but for a comment: without it the archive was cut.
  const tailBytes = Math.min(size, endRecord.bytes + 0xffff)
  const tail = await read(file, size - tailBytes, tailBytes)
  const at = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (at < 0 || at + endRecord.bytes > tail.length) throw endsEarly()
  let count = tail.readUInt16LE(at + 10)
  let bytes = tail.readUInt32LE(at + 12)
  let offset = tail.readUInt32LE(at + 16)
  const locator = size - tailBytes + at - endRecord64.locatorBytes
  if ((count === unknown16 || bytes === unknown32 || offset === unknown32) && locator >= 0) {
    const pointer = await read(file, locator, endRecord64.locatorBytes)
    if (pointer.readUInt32LE(0) === endRecord64.locator) {
      const large = await read(file, Number(pointer.readBigUInt64LE(8)), endRecord64.bytes)
      if (large.readUInt32LE(0) !== endRecord64.signature) throw endsEarly()
      count = Number(large.readBigUInt64LE(32))
      bytes = Number(large.readBigUInt64LE(40))
      offset = Number(large.readBigUInt64LE(48))
    }
  }
  if (bytes > mostDirectory) throw new Error(l10n.t('its directory is too long'))
  const directory = await read(file, offset, bytes)
  const entries: ZipEntry[] = []
  let next = 0
  for (let i = 0; i < count; i++) {
    const record = readRecord(directory, next)
    next = record.end
    entries.push(record.entry)
  }
  return entries
}

function readRecord(directory: Buffer, at: number): { readonly entry: ZipEntry; readonly end: number } {
  if (at + directoryRecord.bytes > directory.length || directory.readUInt32LE(at) !== directoryRecord.signature)
    throw endsEarly()
  const nameBytes = directory.readUInt16LE(at + 28)
  const extraBytes = directory.readUInt16LE(at + 30)
  const nameEnd = at + directoryRecord.bytes + nameBytes
  const end = nameEnd + extraBytes + directory.readUInt16LE(at + 32)
  if (end > directory.length) throw endsEarly()
  const method = directory.readUInt16LE(at + 10)
  const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1
  if (isEncrypted || (method !== 0 && method !== 8)) throw new Error(l10n.t('it is packed in a way that is not read'))
  const [size, packed, offset] = largeNumbers(
    [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)],
    directory.subarray(nameEnd, nameEnd + extraBytes),
  )
  return {
    entry: {
      name: directory.toString('utf8', at + directoryRecord.bytes, nameEnd),
      method: method === 0 ? 'stored' : 'deflated',
      packed,
      size,
      checksum: directory.readUInt32LE(at + 16),
      offset,
    },
    end,
  }
}

/** Numbers that do not fit into 32 bits stand behind the record, in the same order. */
function largeNumbers(numbers: readonly [number, number, number], extra: Buffer): [number, number, number] {
  let large = extra.subarray(0, 0)
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 1) large = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  const whole = (number: number): number => {
    if (number !== unknown32) return number
    if (large.length < 8) throw endsEarly()
    const value = Number(large.readBigUInt64LE(0))
    large = large.subarray(8)
    return value
  }
  return [whole(numbers[0]), whole(numbers[1]), whole(numbers[2])]
}

/** The unpacked bytes of an entry, a piece at a time. It ends with an error where they cannot be unpacked. */
export async function openZipEntry(path: string, file: FileHandle, entry: ZipEntry): Promise<Readable> {
  const header = await read(file, entry.offset, entryHeader.bytes)
  if (header.readUInt32LE(0) !== entryHeader.signature) throw endsEarly()
  const start = entry.offset + entryHeader.bytes + header.readUInt16LE(26) + header.readUInt16LE(28)
  if (start + entry.packed > (await file.stat()).size) throw endsEarly()
  // A stream of no bytes cannot be asked for by its ends.
  if (entry.packed === 0) return new PassThrough().end()
  const packed = createReadStream(path, { start, end: start + entry.packed - 1 })
  const unpacked = entry.method === 'stored' ? new PassThrough() : createInflateRaw()
  return pipeline(packed, unpacked, () => undefined)
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  if (!(position >= 0)) throw endsEarly()
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) throw endsEarly()
    done += bytesRead
  }
  return bytes
}
