/** Depthwise convolution over NHWC pictures: one filter [kernel, kernel, channels] a channel. */
import { FLOAT, LANES, floatAt, zeroFloats } from './lanes'

/** to[c] += a[c] · b[c] */
// @ts-ignore: a decorator of AssemblyScript
@inline
function multiplyAdd(to: usize, a: usize, b: usize, count: i32): void {
  let c = 0
  for (; c + LANES <= count; c += LANES) {
    const product = f32x4.mul(v128.load(floatAt(a, c)), v128.load(floatAt(b, c)))
    v128.store(floatAt(to, c), f32x4.add(v128.load(floatAt(to, c)), product))
  }
  for (; c < count; c++) {
    store<f32>(floatAt(to, c), load<f32>(floatAt(to, c)) + load<f32>(floatAt(a, c)) * load<f32>(floatAt(b, c)))
  }
}

export function depthwise(
  y: usize,
  x: usize,
  weight: usize,
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
  let to = y
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * stride - top
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * stride - left
        zeroFloats(to, channels)
        for (let ky = max<i32>(0, -y0); ky < min<i32>(kernel, height - y0); ky++) {
          for (let kx = max<i32>(0, -x0); kx < min<i32>(kernel, width - x0); kx++) {
            const from = floatAt(picture, ((y0 + ky) * width + x0 + kx) * channels)
            multiplyAdd(to, from, floatAt(weight, (ky * kernel + kx) * channels), channels)
          }
        }
        to += <usize>channels * FLOAT
      }
    }
  }
}

/** dWeight is set; dx is set too, unless its address is 0. */
export function depthwiseBackward(
  dx: usize,
  dWeight: usize,
  dy: usize,
  x: usize,
  weight: usize,
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
  zeroFloats(dWeight, kernel * kernel * channels)
  if (dx) zeroFloats(dx, images * height * width * channels)
  let from = dy
  for (let image = 0; image < images; image++) {
    const picture = image * height * width * channels
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * stride - top
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * stride - left
        for (let ky = max<i32>(0, -y0); ky < min<i32>(kernel, height - y0); ky++) {
          for (let kx = max<i32>(0, -x0); kx < min<i32>(kernel, width - x0); kx++) {
            const at = picture + ((y0 + ky) * width + x0 + kx) * channels
            const tap = (ky * kernel + kx) * channels
            multiplyAdd(floatAt(dWeight, tap), floatAt(x, at), from, channels)
            if (dx) multiplyAdd(floatAt(dx, at), floatAt(weight, tap), from, channels)
          }
        }
        from += <usize>channels * FLOAT
      }
    }
  }
}
