/**
 * Convolution as a matrix product (im2col). Pictures are NHWC, so that one row of a filter is one run of memory:
 * columns are [images · outHeight · outWidth, kernel · kernel · channels], in the order of TensorFlow's kernels.
 * Pixels outside of the picture are zero.
 */
import { FLOAT, addFloats, copyFloats, floatAt, zeroFloats } from './lanes'

export function toColumns(
  columns: usize,
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
  const rowFloats = kernel * channels
  const column = <usize>(kernel * rowFloats) * FLOAT
  const pixel = <usize>(stride * channels) * FLOAT
  // Between these, a row of the filter lies within the picture.
  const firstInside = min<i32>(outWidth, (left + stride - 1) / stride)
  const lastInside = width - kernel + left < 0 ? 0 : min<i32>(outWidth, (width - kernel + left) / stride + 1)
  let line = columns
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ky = 0; ky < kernel; ky++) {
        const y = oy * stride + ky - top
        let to = line + <usize>(ky * rowFloats) * FLOAT
        if (y < 0 || y >= height) {
          for (let ox = 0; ox < outWidth; ox++) {
            zeroFloats(to, rowFloats)
            to += column
          }
          continue
        }
        const row = floatAt(picture, y * width * channels)
        let ox = 0
        for (; ox < firstInside; ox++) {
          copyCut(to, row, ox * stride - left, kernel, width, channels)
          to += column
        }
        if (ox < lastInside) {
          let from = row + <usize>((ox * stride - left) * channels) * FLOAT
          for (; ox < lastInside; ox++) {
            copyFloats(to, from, rowFloats)
            to += column
            from += pixel
          }
        }
        for (; ox < outWidth; ox++) {
          copyCut(to, row, ox * stride - left, kernel, width, channels)
          to += column
        }
      }
      line += <usize>outWidth * column
    }
  }
}

/** `kernel` pixels of a row from x0, zeros where they lie outside of it. */
function copyCut(to: usize, row: usize, x0: i32, kernel: i32, width: i32, channels: i32): void {
  const first = min<i32>(kernel, max<i32>(0, -x0))
  const last = max<i32>(first, min<i32>(kernel, width - x0))
  zeroFloats(to, first * channels)
  copyFloats(floatAt(to, first * channels), floatAt(row, (x0 + first) * channels), (last - first) * channels)
  zeroFloats(floatAt(to, last * channels), (kernel - last) * channels)
}

/** The adjoint of `toColumns`: x = sum over the columns that each pixel went into. */
export function fromColumns(
  x: usize,
  columns: usize,
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
  const rowFloats = kernel * channels
  let from = columns
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * height * width * channels)
    zeroFloats(picture, height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * stride - left
        const first = max<i32>(0, -x0)
        const last = min<i32>(kernel, width - x0)
        for (let ky = 0; ky < kernel; ky++) {
          const y = oy * stride + ky - top
          if (y >= 0 && y < height && first < last) {
            const to = floatAt(picture, (y * width + x0 + first) * channels)
            addFloats(to, floatAt(from, first * channels), (last - first) * channels)
          }
          from += <usize>rowFloats * FLOAT
        }
      }
    }
  }
}
