import type { Shape } from '../models/network.ts'
import type { ImageSpec } from './imageSpec.ts'
import { sharedBytes } from './pixels.ts'

/** What a picture of this size becomes under `image`: its size in the dataset. */
export function fittedShape(stored: Shape, image: ImageSpec): Shape {
  return {
    height: image.size ?? stored.height,
    width: image.size ?? stored.width,
    channels: image.channels ?? stored.channels,
  }
}

/**
 * Brings pictures that are stored without compression to the wanted size, all at once. Channels stay as they are: they
 * are converted while reading, so that grey pictures never take three times the memory.
 */
export function fitPictures(
  bytes: Uint8Array<SharedArrayBuffer>,
  count: number,
  stored: Shape,
  image: ImageSpec,
): { readonly bytes: Uint8Array<SharedArrayBuffer>; readonly shape: Shape; readonly storedChannels: number } {
  const shape = fittedShape(stored, image)
  const storedChannels = stored.channels
  if (shape.height === stored.height && shape.width === stored.width) return { bytes, shape, storedChannels }
  const from = stored.height * stored.width * storedChannels
  const to = shape.height * shape.width * storedChannels
  const result = sharedBytes(count * to)
  const resize = coverResizer(stored, shape.height, shape.width)
  for (let i = 0; i < count; i++)
    resize(bytes.subarray(i * from, (i + 1) * from), result.subarray(i * to, (i + 1) * to))
  return { bytes: result, shape, storedChannels }
}

/**
 * Scales a picture so that it covers height × width, its middle kept and what sticks out cut off: proportions stay.
 * Each output pixel is the mean of the input under a tent as wide as the scale (an antialiased bilinear filter), rows and
 * columns one after the other.
 *
 * @returns a function from stored bytes (HWC) to resized bytes (HWC); it keeps buffers, so reuse it for equal sizes
 */
export function coverResizer(stored: Shape, height: number, width: number): (from: Uint8Array, to: Uint8Array) => void {
  const scale = Math.min(stored.height / height, stored.width / width)
  const rows = filter(stored.height, height, scale)
  const columns = filter(stored.width, width, scale)
  const channels = stored.channels
  const half = new Float32Array(stored.height * width * channels)
  return (from, to) => {
    for (let y = 0; y < stored.height; y++)
      for (let x = 0; x < width; x++) {
        const { start, weights } = columns[x]
        for (let c = 0; c < channels; c++) {
          let sum = 0
          for (let i = 0; i < weights.length; i++)
            sum += weights[i] * from[(y * stored.width + start + i) * channels + c]
          half[(y * width + x) * channels + c] = sum
        }
      }
    const row = width * channels
    for (let y = 0; y < height; y++) {
      const { start, weights } = rows[y]
      for (let x = 0; x < row; x++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++) sum += weights[i] * half[(start + i) * row + x]
        to[y * row + x] = Math.min(255, Math.max(0, Math.round(sum)))
      }
    }
  }
}

interface Taps {
  readonly start: number
  readonly weights: Float32Array
}

/** For each of `to` output positions, which of `from` input positions it is made of, and how much of each. */
function filter(from: number, to: number, scale: number): readonly Taps[] {
  const radius = Math.max(1, scale)
  const offset = (from - to * scale) / 2
  return Array.from({ length: to }, (_, position) => {
    const center = offset + (position + 0.5) * scale
    const start = Math.max(0, Math.ceil(center - radius - 0.5))
    const end = Math.min(from - 1, Math.floor(center + radius - 0.5))
    const weights = new Float32Array(end - start + 1)
    let sum = 0
    for (let i = start; i <= end; i++) sum += weights[i - start] = Math.max(0, 1 - Math.abs(i + 0.5 - center) / radius)
    for (let i = 0; i < weights.length; i++) weights[i] /= sum
    return { start, weights }
  })
}
