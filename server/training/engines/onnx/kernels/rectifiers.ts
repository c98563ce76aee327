/**
 * relu, leaky relu and relu6 as one: min(cap, x > 0 ? x : slope · x), slope ≥ 0.
 * The backward pass reads the outputs: with slope ≥ 0 they have the sign of the inputs.
 */
import { FLOAT, LANES, floatAt } from './lanes'

// @ts-ignore: a decorator of AssemblyScript
@inline
export function rectified(x: v128, slope: v128, cap: v128): v128 {
  const zero = f32x4.splat(0)
  return f32x4.min(v128.bitselect(x, f32x4.mul(x, slope), f32x4.gt(x, zero)), cap)
}

/** y = rectifier(x); may be in place */
export function rectify(y: usize, x: usize, count: i32, slope: f32, cap: f32): void {
  const s = f32x4.splat(slope)
  const m = f32x4.splat(cap)
  let i = 0
  for (; i + LANES <= count; i += LANES) v128.store(floatAt(y, i), rectified(v128.load(floatAt(x, i)), s, m))
  for (; i < count; i++) {
    const v = load<f32>(floatAt(x, i))
    store<f32>(floatAt(y, i), min<f32>(v > 0 ? v : v * slope, cap))
  }
}

/** dx = dy · rectifier'(x), known by the outputs y; dx may be dy */
export function rectifyBackward(dx: usize, dy: usize, y: usize, count: i32, slope: f32, cap: f32): void {
  const s = f32x4.splat(slope)
  const m = f32x4.splat(cap)
  const zero = f32x4.splat(0)
  let i = 0
  for (; i + LANES <= count; i += LANES) {
    const out = v128.load(floatAt(y, i))
    const d = v128.load(floatAt(dy, i))
    const inside = v128.bitselect(d, f32x4.mul(d, s), f32x4.gt(out, zero))
    v128.store(floatAt(dx, i), v128.and(inside, f32x4.lt(out, m)))
  }
  for (; i < count; i++) {
    const out = load<f32>(floatAt(y, i))
    const d = load<f32>(floatAt(dy, i))
    store<f32>(floatAt(dx, i), out >= cap ? 0 : out > 0 ? d : d * slope)
  }
}

/** y[row, c] += bias[c] */
export function addBias(y: usize, bias: usize, rows: i32, columns: i32): void {
  let p = y
  for (let row = 0; row < rows; row++) {
    let c = 0
    for (; c + LANES <= columns; c += LANES) {
      v128.store(floatAt(p, c), f32x4.add(v128.load(floatAt(p, c)), v128.load(floatAt(bias, c))))
    }
    for (; c < columns; c++) store<f32>(floatAt(p, c), load<f32>(floatAt(p, c)) + load<f32>(floatAt(bias, c)))
    p += <usize>columns * FLOAT
  }
}

/** y[row, c] = rectifier(y[row, c] + bias[c]) */
export function addBiasRectify(y: usize, bias: usize, rows: i32, columns: i32, slope: f32, cap: f32): void {
  const s = f32x4.splat(slope)
  const m = f32x4.splat(cap)
  let p = y
  for (let row = 0; row < rows; row++) {
    let c = 0
    for (; c + LANES <= columns; c += LANES) {
      v128.store(floatAt(p, c), rectified(f32x4.add(v128.load(floatAt(p, c)), v128.load(floatAt(bias, c))), s, m))
    }
    for (; c < columns; c++) {
      const v = load<f32>(floatAt(p, c)) + load<f32>(floatAt(bias, c))
      store<f32>(floatAt(p, c), min<f32>(v > 0 ? v : v * slope, cap))
    }
    p += <usize>columns * FLOAT
  }
}
