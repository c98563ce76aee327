/** Kernels over flat arrays. */
import { FLOAT, LANES, addFloats, copyFloats, floatAt, zeroFloats } from './lanes'
import { rectified } from './rectifiers'

/** to = 0 */
export function zero(to: usize, count: i32): void {
  zeroFloats(to, count)
}

/** to = from */
export function copy(to: usize, from: usize, count: i32): void {
  copyFloats(to, from, count)
}

/** to += from */
export function add(to: usize, from: usize, count: i32): void {
  addFloats(to, from, count)
}

/** to = min(cap, v > 0 ? v : slope · v) of v = a + b; a slope of 1 and a cap of ∞ change nothing */
export function sum(to: usize, a: usize, b: usize, count: i32, slope: f32, cap: f32): void {
  const slopes = f32x4.splat(slope)
  const caps = f32x4.splat(cap)
  let i = 0
  for (; i + LANES <= count; i += LANES) {
    v128.store(floatAt(to, i), rectified(f32x4.add(v128.load(floatAt(a, i)), v128.load(floatAt(b, i))), slopes, caps))
  }
  for (; i < count; i++) {
    const v = load<f32>(floatAt(a, i)) + load<f32>(floatAt(b, i))
    store<f32>(floatAt(to, i), min<f32>(v > 0 ? v : v * slope, cap))
  }
}

/** to[c] = or += sum over rows of from[row, c] */
export function columnSums(to: usize, from: usize, rows: i32, columns: i32, accumulate: bool): void {
  let c = 0
  const stride = <usize>columns * FLOAT
  for (; c + 16 <= columns; c += 16) {
    let p = floatAt(from, c)
    let s0 = f32x4.splat(0)
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let row = 0; row < rows; row++) {
      s0 = f32x4.add(s0, v128.load(p))
      s1 = f32x4.add(s1, v128.load(p, 16))
      s2 = f32x4.add(s2, v128.load(p, 32))
      s3 = f32x4.add(s3, v128.load(p, 48))
      p += stride
    }
    const q = floatAt(to, c)
    if (accumulate) {
      s0 = f32x4.add(s0, v128.load(q))
      s1 = f32x4.add(s1, v128.load(q, 16))
      s2 = f32x4.add(s2, v128.load(q, 32))
      s3 = f32x4.add(s3, v128.load(q, 48))
    }
    v128.store(q, s0)
    v128.store(q, s1, 16)
    v128.store(q, s2, 32)
    v128.store(q, s3, 48)
  }
  for (; c < columns; c++) {
    let s: f32 = 0
    let p = floatAt(from, c)
    for (let row = 0; row < rows; row++) {
      s += load<f32>(p)
      p += stride
    }
    const q = floatAt(to, c)
    store<f32>(q, accumulate ? load<f32>(q) + s : s)
  }
}
