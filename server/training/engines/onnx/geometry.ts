/** How a window (of a filter or a pool) slides over a picture: everything in pixels. */
import type { Padding } from '../../models/network.ts'
import { type MapActivation, windowed } from '../../models/shapes.ts'

export interface Geometry {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly size: number
  readonly stride: number
  readonly top: number
  readonly left: number
  readonly outHeight: number
  readonly outWidth: number
}

export function geometry(input: MapActivation, size: number, stride: number, padding: Padding): Geometry {
  const rows = windowed(input.height, size, stride, padding)
  const columns = windowed(input.width, size, stride, padding)
  return {
    height: input.height,
    width: input.width,
    channels: input.channels,
    size,
    stride,
    top: rows.before,
    left: columns.before,
    outHeight: rows.output,
    outWidth: columns.output,
  }
}
