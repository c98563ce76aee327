/** Pooling over NHWC pictures, four channels at a time. */
import { FLOAT, LANES, floatAt, zeroFloats } from './lanes'

/**
 * Maximum of each window; `places` gets the position within the window, ky · size + kx, as a byte per output: the first
 * of equal ones. Sizes up to 15.
 */
export function maxPool(
  y: usize,
  places: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  let to = y
  let place = places
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      const y0 = oy * stride - top
      const kyFirst = max<i32>(0, -y0)
      const kyLast = min<i32>(size, height - y0)
      for (let ox = 0; ox < outWidth; ox++) {
        const x0 = ox * stride - left
        const kxFirst = max<i32>(0, -x0)
        const kxLast = min<i32>(size, width - x0)
        let c = 0
        for (; c + LANES <= channels; c += LANES) {
          let best = f32x4.splat(-Infinity)
          let where = i32x4.splat(kyFirst * size + kxFirst)
          for (let ky = kyFirst; ky < kyLast; ky++) {
            for (let kx = kxFirst; kx < kxLast; kx++) {
              const value = v128.load(floatAt(picture, ((y0 + ky) * width + x0 + kx) * channels + c))
              const larger = f32x4.gt(value, best)
              best = v128.bitselect(value, best, larger)
              where = v128.bitselect(i32x4.splat(ky * size + kx), where, larger)
            }
          }
          v128.store(floatAt(to, c), best)
          const narrow = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(where, where), where)
          v128.store32_lane(place + c, narrow, 0)
        }
        for (; c < channels; c++) {
          let best: f32 = -Infinity
          let where = kyFirst * size + kxFirst
          for (let ky = kyFirst; ky < kyLast; ky++) {
            for (let kx = kxFirst; kx < kxLast; kx++) {
              const value = load<f32>(floatAt(picture, ((y0 + ky) * width + x0 + kx) * channels + c))
              if (value > best) {
                best = value
                where = ky * size + kx
              }
            }
          }
          store<f32>(floatAt(to, c), best)
          store<u8>(place + c, <u8>where)
        }
        to += <usize>channels * FLOAT
        place += channels
      }
    }
  }
}

/** dx = dy at the places of the maxima, 0 elsewhere; windows may overlap. */
export function maxPoolBackward(
  dx: usize,
  places: usize,
  dy: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  // Windows side by side write every pixel of theirs once; pixels beside them and windows that overlap need a start.
  const apart = stride >= size && top == 0 && left == 0
  const tiled = apart && stride == size && outHeight * size == height && outWidth * size == width
  if (!tiled) zeroFloats(dx, images * height * width * channels)
  let from = dy
  let place = places
  for (let image = 0; image < images; image++) {
    const picture = floatAt(dx, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const corner = (oy * stride - top) * width + ox * stride - left
        let c = 0
        if (apart) {
          for (; c + LANES <= channels; c += LANES) {
            const d = v128.load(floatAt(from, c))
            const where = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(place + c)))
            for (let ky = 0; ky < size; ky++) {
              for (let kx = 0; kx < size; kx++) {
                const here = v128.and(d, i32x4.eq(where, i32x4.splat(ky * size + kx)))
                v128.store(floatAt(picture, (corner + ky * width + kx) * channels + c), here)
              }
            }
          }
          if (tiled) {
            for (let rest = c; rest < channels; rest++) {
              for (let ky = 0; ky < size; ky++) {
                for (let kx = 0; kx < size; kx++) {
                  store<f32>(floatAt(picture, (corner + ky * width + kx) * channels + rest), 0)
                }
              }
            }
          }
        }
        for (; c < channels; c++) {
          const where = <i32>load<u8>(place + c)
          const to = floatAt(picture, (corner + (where / size) * width + (where % size)) * channels + c)
          store<f32>(to, load<f32>(to) + load<f32>(floatAt(from, c)))
        }
        from += <usize>channels * FLOAT
        place += channels
      }
    }
  }
}

/** Mean of each window, over the pixels that are inside the picture. */
export function averagePool(
  y: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
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
      const yFirst = max<i32>(0, oy * stride - top)
      const yLast = min<i32>(height, oy * stride - top + size)
      for (let ox = 0; ox < outWidth; ox++) {
        const xFirst = max<i32>(0, ox * stride - left)
        const xLast = min<i32>(width, ox * stride - left + size)
        const share: f32 = 1 / <f32>((yLast - yFirst) * (xLast - xFirst))
        for (let c = 0; c < channels; c++) {
          let sum: f32 = 0
          for (let iy = yFirst; iy < yLast; iy++) {
            for (let ix = xFirst; ix < xLast; ix++) sum += load<f32>(floatAt(picture, (iy * width + ix) * channels + c))
          }
          store<f32>(floatAt(to, c), sum * share)
        }
        to += <usize>channels * FLOAT
      }
    }
  }
}

export function averagePoolBackward(
  dx: usize,
  dy: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  zeroFloats(dx, images * height * width * channels)
  let from = dy
  for (let image = 0; image < images; image++) {
    const picture = floatAt(dx, image * height * width * channels)
    for (let oy = 0; oy < outHeight; oy++) {
      const yFirst = max<i32>(0, oy * stride - top)
      const yLast = min<i32>(height, oy * stride - top + size)
      for (let ox = 0; ox < outWidth; ox++) {
        const xFirst = max<i32>(0, ox * stride - left)
        const xLast = min<i32>(width, ox * stride - left + size)
        const share: f32 = 1 / <f32>((yLast - yFirst) * (xLast - xFirst))
        for (let iy = yFirst; iy < yLast; iy++) {
          for (let ix = xFirst; ix < xLast; ix++) {
            const to = floatAt(picture, (iy * width + ix) * channels)
            for (let c = 0; c < channels; c++) {
              store<f32>(floatAt(to, c), load<f32>(floatAt(to, c)) + load<f32>(floatAt(from, c)) * share)
            }
          }
        }
        from += <usize>channels * FLOAT
      }
    }
  }
}

/** y[image, c] = mean over pixels of x[image, pixel, c] */
export function globalAverage(y: usize, x: usize, images: i32, pixels: i32, channels: i32): void {
  const share: f32 = 1 / <f32>pixels
  for (let image = 0; image < images; image++) {
    const picture = floatAt(x, image * pixels * channels)
    const to = floatAt(y, image * channels)
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      let s = f32x4.splat(0)
      for (let p = 0; p < pixels; p++) s = f32x4.add(s, v128.load(floatAt(picture, p * channels + c)))
      v128.store(floatAt(to, c), f32x4.mul(s, f32x4.splat(share)))
    }
    for (; c < channels; c++) {
      let s: f32 = 0
      for (let p = 0; p < pixels; p++) s += load<f32>(floatAt(picture, p * channels + c))
      store<f32>(floatAt(to, c), s * share)
    }
  }
}

export function globalAverageBackward(dx: usize, dy: usize, images: i32, pixels: i32, channels: i32): void {
  const share: f32 = 1 / <f32>pixels
  for (let image = 0; image < images; image++) {
    const from = floatAt(dy, image * channels)
    for (let p = 0; p < pixels; p++) {
      const to = floatAt(dx, (image * pixels + p) * channels)
      let c = 0
      for (; c + LANES <= channels; c += LANES) {
        v128.store(floatAt(to, c), f32x4.mul(v128.load(floatAt(from, c)), f32x4.splat(share)))
      }
      for (; c < channels; c++) store<f32>(floatAt(to, c), load<f32>(floatAt(from, c)) * share)
    }
  }
}
