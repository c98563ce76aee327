import { closeSync, openSync, read as readAt } from 'node:fs'
import type { Shape } from '../models/network.ts'

/**
 * Pictures of one size, one after the other: bytes 0 to 255, or floats as they are (ready-made features).
 * `channels` is how they are stored; a dataset's shape may ask for 1 or 3 instead.
 * `memory` lies in a SharedArrayBuffer, so that threads share it without a copy.
 */
export type PixelSource = {
  readonly type: 'uint8' | 'float32'
  readonly channels: number
} & (
  | { readonly kind: 'memory'; readonly bytes: Uint8Array<SharedArrayBuffer> }
  | { readonly kind: 'file'; readonly path: string; readonly offset: number }
)

/** i / 255 as a float: a table, because a division for each pixel costs more than reading the picture. */
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/** Weights of ITU-R BT.601 luma, as every picture library uses for grey. */
const red = 0.299
const green = 0.587
const blue = 0.114

/** Gathers pictures from a {@link PixelSource} into batches of floats. */
export class PixelReader {
  readonly #source: PixelSource
  readonly #count: number
  readonly #pixels: number
  readonly #channels: number
  /** Bytes of one stored picture. */
  readonly #stride: number
  #descriptor: number | undefined
  #buffer = new Uint8Array(0)

  /** @param shape what `read` writes; height and width as stored, channels as stored or 1 or 3 */
  constructor(source: PixelSource, count: number, shape: Shape) {
    const convertible =
      source.channels === shape.channels || (source.type === 'uint8' && [1, 3].includes(shape.channels))
    if (!convertible || (source.channels !== shape.channels && ![1, 3].includes(source.channels)))
      throw new RangeError(`Cannot turn ${source.channels} channels of ${source.type} into ${shape.channels}`)
    this.#source = source
    this.#count = count
    this.#pixels = shape.height * shape.width
    this.#channels = shape.channels
    this.#stride = this.#pixels * source.channels * (source.type === 'uint8' ? 1 : 4)
    if (source.kind === 'memory' && source.bytes.length < count * this.#stride)
      throw new RangeError(`${source.bytes.length} bytes are too few for ${count} pictures of ${this.#stride} bytes`)
    if (source.kind === 'file') this.#descriptor = openSync(source.path, 'r')
  }

  /**
   * Writes pictures as floats, NHWC, one after the other from `into[0]`.
   * @throws RangeError when an index is out of range or `into` is too short
   */
  async read(indices: Int32Array, into: Float32Array): Promise<void> {
    const size = this.#pixels * this.#channels
    if (into.length < indices.length * size)
      throw new RangeError(`${indices.length} pictures need ${indices.length * size} floats, got ${into.length}`)
    this.#refuseOutside(indices)
    const source = this.#source
    if (source.kind === 'memory') {
      for (let i = 0; i < indices.length; i++) this.#convert(source.bytes, indices[i] * this.#stride, into, i * size)
      return
    }
    const needed = indices.length * this.#stride
    const bytes = this.#buffer.length < needed ? new Uint8Array(needed) : this.#buffer
    // Taken for the time of this read: two reads at once must not share it.
    this.#buffer = new Uint8Array(0)
    await this.#fetch(source.offset, indices, bytes)
    for (let i = 0; i < indices.length; i++) this.#convert(bytes, i * this.#stride, into, i * size)
    this.#buffer = bytes
  }

  /**
   * Pictures as they are stored, one after the other.
   * @throws RangeError when an index is out of range
   */
  async readStored(indices: Int32Array): Promise<readonly Uint8Array[]> {
    this.#refuseOutside(indices)
    const source = this.#source
    const stride = this.#stride
    if (source.kind === 'memory')
      return Array.from(indices, index => source.bytes.subarray(index * stride, (index + 1) * stride))
    const bytes = new Uint8Array(indices.length * stride)
    await this.#fetch(source.offset, indices, bytes)
    return Array.from(indices, (_, i) => bytes.subarray(i * stride, (i + 1) * stride))
  }

  #refuseOutside(indices: Int32Array): void {
    for (const index of indices)
      if (!(index >= 0 && index < this.#count))
        throw new RangeError(`Picture ${index} of ${this.#count} does not exist`)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  /** Reads stored pictures into `bytes`, neighbours in the file with one call. */
  async #fetch(offset: number, indices: Int32Array, bytes: Uint8Array): Promise<void> {
    const descriptor = this.#descriptor
    if (descriptor === undefined) throw new Error('This dataset is closed')
    const reads: Promise<void>[] = []
    for (let start = 0; start < indices.length;) {
      const first = indices[start]
      let end = start + 1
      while (end < indices.length && indices[end] === first + end - start) end++
      const part = bytes.subarray(start * this.#stride, end * this.#stride)
      reads.push(readFully(descriptor, part, offset + first * this.#stride))
      start = end
    }
    await Promise.all(reads)
  }

  /** One stored picture at `from` to floats at `to`. */
  #convert(bytes: Uint8Array, from: number, into: Float32Array, to: number): void {
    const pixels = this.#pixels
    if (this.#source.type === 'float32') {
      const count = pixels * this.#channels
      const view = new DataView(bytes.buffer, bytes.byteOffset + from, count * 4)
      for (let i = 0; i < count; i++) into[to + i] = view.getFloat32(i * 4, true)
    } else if (this.#source.channels === this.#channels) {
      const count = pixels * this.#channels
      toUnits(bytes.subarray(from, from + count), into.subarray(to, to + count))
    } else if (this.#channels === 3) {
      for (let i = 0, k = to; i < pixels; i++, k += 3) into[k] = into[k + 1] = into[k + 2] = unit[bytes[from + i]]
    } else {
      for (let i = 0, k = from; i < pixels; i++, k += 3)
        into[to + i] = (red * bytes[k] + green * bytes[k + 1] + blue * bytes[k + 2]) / 255
    }
  }
}

/** Four at a time, which takes half the time: this is done for every picture of every step. */
function toUnits(bytes: Uint8Array, into: Float32Array): void {
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    into[i] = unit[bytes[i]]
    into[i + 1] = unit[bytes[i + 1]]
    into[i + 2] = unit[bytes[i + 2]]
    into[i + 3] = unit[bytes[i + 3]]
  }
  for (let i = whole; i < bytes.length; i++) into[i] = unit[bytes[i]]
}

function readFully(descriptor: number, into: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (done: number): void => {
      readAt(descriptor, into, done, into.length - done, position + done, (error, count) => {
        if (error) reject(error)
        else if (count === 0) reject(new Error(`The packed pictures end early, at byte ${position + done}`))
        else if (done + count === into.length) resolve()
        else next(done + count)
      })
    }
    next(0)
  })
}

/** Bytes that several threads can see. */
export function sharedBytes(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length))
}
