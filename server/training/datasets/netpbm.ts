import type { Shape } from '../models/network.ts'

/** A picture without compression: bytes, row by row, channels together. */
export interface RawPicture {
  readonly shape: Shape
  readonly bytes: Uint8Array
}

const channelsOf: Readonly<Record<string, 1 | 3>> = { P2: 1, P3: 3, P5: 1, P6: 3 }

/** Whether these bytes begin as PGM or PPM do. */
export function isNetpbm(bytes: Uint8Array): boolean {
  return magicOf(bytes) in channelsOf
}

const magicOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 2))

/**
 * Reads PGM and PPM, binary (P5, P6) and text (P2, P3), 8 or 16 bits, comments included: the formats of ORL, of many face
 * databases, and of what older cameras in laboratories write. (netpbm.sourceforge.net/doc/pgm.html and ppm.html)
 *
 * @param header only measure: `bytes` of the result is empty
 * @throws RangeError saying what is wrong with the file
 */
export function readNetpbm(bytes: Uint8Array, header = false): RawPicture {
  const magic = magicOf(bytes)
  if (!(magic in channelsOf)) throw new RangeError('not a PGM or PPM file')
  const scanner = new Scanner(bytes, 2)
  const width = scanner.number()
  const height = scanner.number()
  const largest = scanner.number()
  if (!(width > 0 && height > 0 && largest > 0 && largest < 65536)) throw new RangeError('its header makes no sense')
  const shape = { height, width, channels: channelsOf[magic] }
  if (header) return { shape, bytes: new Uint8Array(0) }

  const count = height * width * shape.channels
  // Not before the length is known to be there: a header may claim anything.
  const binary = magic === 'P5' || magic === 'P6'
  const start = scanner.position + 1
  const depth = largest < 256 ? 1 : 2
  if (binary ? bytes.length < start + count * depth : bytes.length < count * 2) throw new RangeError('it is truncated')
  const pixels = new Uint8Array(count)
  const stretched = (value: number): number => Math.min(255, Math.round((value * 255) / largest))
  if (!binary) for (let i = 0; i < count; i++) pixels[i] = stretched(scanner.number())
  else if (largest === 255) pixels.set(bytes.subarray(start, start + count))
  else if (depth === 1) for (let i = 0; i < count; i++) pixels[i] = stretched(bytes[start + i])
  else for (let i = 0; i < count; i++) pixels[i] = stretched(bytes[start + 2 * i] * 256 + bytes[start + 2 * i + 1])
  return { shape, bytes: pixels }
}

/** Numbers in text, separated by white space, with comments from # to the end of a line. */
class Scanner {
  position: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes
    this.position = position
  }

  number(): number {
    const bytes = this.#bytes
    for (; ; this.position++) {
      const byte = bytes[this.position]
      if (byte === 0x23) while (this.position < bytes.length && bytes[this.position] !== 0x0a) this.position++
      else if (!(byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) break
    }
    let value = 0
    const start = this.position
    for (; bytes[this.position] >= 0x30 && bytes[this.position] <= 0x39; this.position++)
      value = value * 10 + bytes[this.position] - 0x30
    if (this.position === start)
      throw new RangeError(start >= bytes.length ? 'it is truncated' : 'it has something other than a number')
    return value
  }
}
