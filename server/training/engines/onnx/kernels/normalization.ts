/**
 * Batch normalisation over rows [rows, channels]. Sums are kept in double precision: their rounding would be
 * amplified by the difference that a variance is.
 */
import { FLOAT, LANES, floatAt } from './lanes'

const CHUNK: i32 = 64

// @ts-ignore: a decorator of AssemblyScript
@inline
function addDoubles(to: usize, s: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(s)))
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(s, s, 2, 3, 0, 1))
  v128.store(to, f64x2.add(v128.load(to, 16), high), 16)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function zeroDoubles(to: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(to + (<usize>i << 3), 0)
}

/** sums[c] = Σ x[row, c], doubles */
export function channelSums(sums: usize, x: usize, rows: i32, channels: i32): void {
  zeroDoubles(sums, channels)
  const stride = <usize>channels * FLOAT
  for (let row = 0; row < rows; row += CHUNK) {
    const count = min<i32>(CHUNK, rows - row)
    const base = floatAt(x, row * channels)
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      let p = floatAt(base, c)
      let s = f32x4.splat(0)
      for (let i = 0; i < count; i++) {
        s = f32x4.add(s, v128.load(p))
        p += stride
      }
      addDoubles(sums + (<usize>c << 3), s)
    }
    for (; c < channels; c++) {
      let p = floatAt(base, c)
      let s: f64 = 0
      for (let i = 0; i < count; i++) {
        s += <f64>load<f32>(p)
        p += stride
      }
      const q = sums + (<usize>c << 3)
      store<f64>(q, load<f64>(q) + s)
    }
  }
}

/** squares[c] = Σ (x[row, c] − mean[c])², doubles; the means are floats */
export function channelSquares(squares: usize, x: usize, mean: usize, rows: i32, channels: i32): void {
  zeroDoubles(squares, channels)
  const stride = <usize>channels * FLOAT
  for (let row = 0; row < rows; row += CHUNK) {
    const count = min<i32>(CHUNK, rows - row)
    const base = floatAt(x, row * channels)
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      let p = floatAt(base, c)
      const m = v128.load(floatAt(mean, c))
      let s = f32x4.splat(0)
      for (let i = 0; i < count; i++) {
        const d = f32x4.sub(v128.load(p), m)
        s = f32x4.add(s, f32x4.mul(d, d))
        p += stride
      }
      addDoubles(squares + (<usize>c << 3), s)
    }
    for (; c < channels; c++) {
      let p = floatAt(base, c)
      const m = load<f32>(floatAt(mean, c))
      let s: f64 = 0
      for (let i = 0; i < count; i++) {
        const d = <f64>(load<f32>(p) - m)
        s += d * d
        p += stride
      }
      const q = squares + (<usize>c << 3)
      store<f64>(q, load<f64>(q) + s)
    }
  }
}

/** y[row, c] = min(cap, rectified(x[row, c] · scale[c] + shift[c])); a slope of 1 changes nothing */
export function scaleShift(
  y: usize,
  x: usize,
  scale: usize,
  shift: usize,
  rows: i32,
  channels: i32,
  slope: f32,
  cap: f32,
): void {
  const slopes = f32x4.splat(slope)
  const caps = f32x4.splat(cap)
  const zero = f32x4.splat(0)
  let p = x
  let q = y
  for (let row = 0; row < rows; row++) {
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      const scaled = f32x4.mul(v128.load(floatAt(p, c)), v128.load(floatAt(scale, c)))
      const v = f32x4.add(scaled, v128.load(floatAt(shift, c)))
      const rectified = v128.bitselect(v, f32x4.mul(v, slopes), f32x4.gt(v, zero))
      v128.store(floatAt(q, c), f32x4.min(rectified, caps))
    }
    for (; c < channels; c++) {
      const v = load<f32>(floatAt(p, c)) * load<f32>(floatAt(scale, c)) + load<f32>(floatAt(shift, c))
      store<f32>(floatAt(q, c), min<f32>(v > 0 ? v : v * slope, cap))
    }
    p += <usize>channels * FLOAT
    q += <usize>channels * FLOAT
  }
}

/** sums[c] = Σ dy, dots[c] = Σ dy · (x − mean[c]), doubles */
export function normSums(
  sums: usize,
  dots: usize,
  dy: usize,
  x: usize,
  mean: usize,
  rows: i32,
  channels: i32,
): void {
  zeroDoubles(sums, channels)
  zeroDoubles(dots, channels)
  const stride = <usize>channels * FLOAT
  for (let row = 0; row < rows; row += CHUNK) {
    const count = min<i32>(CHUNK, rows - row)
    const offset = <usize>(row * channels) << 2
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      let p = floatAt(x + offset, c)
      let q = floatAt(dy + offset, c)
      const m = v128.load(floatAt(mean, c))
      let s = f32x4.splat(0)
      let t = s
      for (let i = 0; i < count; i++) {
        const d = v128.load(q)
        s = f32x4.add(s, d)
        t = f32x4.add(t, f32x4.mul(d, f32x4.sub(v128.load(p), m)))
        p += stride
        q += stride
      }
      addDoubles(sums + (<usize>c << 3), s)
      addDoubles(dots + (<usize>c << 3), t)
    }
    for (; c < channels; c++) {
      let p = floatAt(x + offset, c)
      let q = floatAt(dy + offset, c)
      const m = load<f32>(floatAt(mean, c))
      let s: f64 = 0
      let t: f64 = 0
      for (let i = 0; i < count; i++) {
        const d = load<f32>(q)
        s += <f64>d
        t += <f64>(d * (load<f32>(p) - m))
        p += stride
        q += stride
      }
      const to = <usize>c << 3
      store<f64>(sums + to, load<f64>(sums + to) + s)
      store<f64>(dots + to, load<f64>(dots + to) + t)
    }
  }
}

/** dx[row, c] = a[c] · dy + b[c] · (x − mean[c]) + k[c]; dx may be dy */
export function normBackward(
  dx: usize,
  dy: usize,
  x: usize,
  mean: usize,
  a: usize,
  b: usize,
  k: usize,
  rows: i32,
  channels: i32,
): void {
  let to = dx
  let d = dy
  let p = x
  for (let row = 0; row < rows; row++) {
    let c = 0
    for (; c + LANES <= channels; c += LANES) {
      const centred = f32x4.sub(v128.load(floatAt(p, c)), v128.load(floatAt(mean, c)))
      const own = f32x4.mul(v128.load(floatAt(d, c)), v128.load(floatAt(a, c)))
      const along = f32x4.add(f32x4.mul(centred, v128.load(floatAt(b, c))), v128.load(floatAt(k, c)))
      v128.store(floatAt(to, c), f32x4.add(own, along))
    }
    for (; c < channels; c++) {
      const centred = load<f32>(floatAt(p, c)) - load<f32>(floatAt(mean, c))
      const own = load<f32>(floatAt(d, c)) * load<f32>(floatAt(a, c))
      store<f32>(floatAt(to, c), own + (centred * load<f32>(floatAt(b, c)) + load<f32>(floatAt(k, c))))
    }
    to += <usize>channels * FLOAT
    d += <usize>channels * FLOAT
    p += <usize>channels * FLOAT
  }
}
