/**
 * The transpose of the columns of a convolution: [kernel · kernel · channels, images · outHeight · outWidth], one row for
 * each weight of a filter. Products with it need no transposing, and for few channels it is much faster to write.
 *
 * Pictures are turned into planes first, with the padding around them; then every run of a row is a copy.
 */
import { FLOAT, LANES, floatAt, zeroFloats } from './lanes'
import { transpose } from './transpose'

/** planes [channels, images, planeHeight, planeWidth] = x [images, height, width, channels], zero around. */
function toPlanes(
  planes: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  planeHeight: i32,
  planeWidth: i32,
): void {
  const planeFloats = images * planeHeight * planeWidth
  zeroFloats(planes, channels * planeFloats)
  const stride = <usize>planeFloats * FLOAT
  const rows = min<i32>(height, planeHeight - top)
  const columns = min<i32>(width, planeWidth - left)
  const pixel = <usize>channels * FLOAT
  for (let image = 0; image < images; image++) {
    for (let y = 0; y < rows; y++) {
      const from = floatAt(x, (image * height + y) * width * channels)
      const to = floatAt(planes, (image * planeHeight + y + top) * planeWidth + left)
      transpose(to, stride, from, pixel, columns, channels)
    }
  }
}

/** @param planes scratch: channels · images · ((out − 1) · stride + kernel) for either side, in floats */
export function toChannelRows(
  rows: usize,
  planes: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  kernel: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const planeHeight = (outHeight - 1) * stride + kernel
  const planeWidth = (outWidth - 1) * stride + kernel
  toPlanes(planes, x, images, height, width, channels, top, left, planeHeight, planeWidth)
  const vectors = (outWidth + LANES - 1) / LANES
  let to = rows
  for (let ky = 0; ky < kernel; ky++) {
    for (let kx = 0; kx < kernel; kx++) {
      for (let c = 0; c < channels; c++) {
        for (let image = 0; image < images; image++) {
          let from = floatAt(planes, ((c * images + image) * planeHeight + ky) * planeWidth + kx)
          for (let oy = 0; oy < outHeight; oy++) {
            if (stride == 1) {
              // The last vector may run over the end of the run; what it spills is written over by the next one.
              let p = from
              let q = to
              let left = vectors
              for (; left >= 4; left -= 4) {
                const a = v128.load(p)
                const b = v128.load(p, 16)
                const d = v128.load(p, 32)
                const e = v128.load(p, 48)
                v128.store(q, a)
                v128.store(q, b, 16)
                v128.store(q, d, 32)
                v128.store(q, e, 48)
                p += 64
                q += 64
              }
              if (left & 2) {
                const a = v128.load(p)
                const b = v128.load(p, 16)
                v128.store(q, a)
                v128.store(q, b, 16)
                p += 32
                q += 32
              }
              if (left & 1) v128.store(q, v128.load(p))
            } else {
              for (let ox = 0; ox < outWidth; ox++) {
                store<f32>(floatAt(to, ox), load<f32>(floatAt(from, ox * stride)))
              }
            }
            to += <usize>outWidth * FLOAT
            from += <usize>(planeWidth * stride) * FLOAT
          }
        }
      }
    }
  }
}

/** The filters of the way back: to[ky, kx, o, c] = from[kernel − 1 − ky, kernel − 1 − kx, c, o]. */
export function turnFilters(to: usize, from: usize, kernel: i32, channels: i32, filters: i32): void {
  const taps = kernel * kernel
  for (let tap = 0; tap < taps; tap++) {
    const source = floatAt(from, (taps - 1 - tap) * channels * filters)
    const target = floatAt(to, tap * channels * filters)
    for (let c = 0; c < channels; c++) {
      for (let o = 0; o < filters; o++) {
        store<f32>(floatAt(target, o * channels + c), load<f32>(floatAt(source, c * filters + o)))
      }
    }
  }
}
