import type { Shape } from './models/network.ts'

/**
 * The colour of a picture between its pixels, by bilinear interpolation; outside, its edge goes on.
 *
 * @param from a picture, [height, width, channels]
 * @param x where to read, in pixels from the middle of the first one
 * @param to where the colour is written, from `at` on
 */
export function sample(from: Float32Array, shape: Shape, x: number, y: number, to: Float32Array, at: number): void {
  const { height, width, channels } = shape
  const lastX = width - 1
  const lastY = height - 1
  const insideX = Math.min(lastX, Math.max(0, x))
  const insideY = Math.min(lastY, Math.max(0, y))
  const left = insideX | 0
  const top = insideY | 0
  const fx = insideX - left
  const fy = insideY - top
  const a = (top * width + left) * channels
  const b = left < lastX ? a + channels : a
  const below = top < lastY ? width * channels : 0
  const wa = (1 - fx) * (1 - fy)
  const wb = fx * (1 - fy)
  const wc = (1 - fx) * fy
  const wd = fx * fy
  for (let c = 0; c < channels; c++)
    to[at + c] = wa * from[a + c] + wb * from[b + c] + wc * from[a + below + c] + wd * from[b + below + c]
}
