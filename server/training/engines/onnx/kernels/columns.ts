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
  let to = columns
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * stride - left
        const first = max<i32>(0, -x0)
        const last = min<i32>(kernel, width - x0)
        for (let ky = 0; ky < kernel; ky++) {
          const y = oy * stride + ky - top
          if (y < 0 || y >= height || first >= last) {
            zeroFloats(to, rowFloats)
          } else {
            const from = floatAt(picture, (y * width + x0 + first) * channels)
            if (first > 0) zeroFloats(to, first * channels)
            copyFloats(floatAt(to, first * channels), from, (last - first) * channels)
            if (last < kernel) zeroFloats(floatAt(to, last * channels), (kernel - last) * channels)
          }
          to += <usize>rowFloats * FLOAT
        }
      }
    }
  }
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
