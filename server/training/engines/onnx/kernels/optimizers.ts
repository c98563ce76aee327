/** One pass over weights, gradients and the optimizer's memory. The formulas are those of engines/optimizerRule.ts. */
import { LANES, floatAt } from './lanes'

/** gradient[i] = sum over parts of gradient[i + part · stride], in the order of the parts; returns the sum of squares. */
export function gatherGradient(gradient: usize, count: i32, parts: i32, stride: usize): f64 {
  let squares = f64x2.splat(0)
  let i = 0
  for (; i + LANES <= count; i += LANES) {
    const to = floatAt(gradient, i)
    const g = gathered(to, parts, stride)
    v128.store(to, g)
    squares = f64x2.add(squares, squaresOf(g))
  }
  let total = sumOf(squares)
  for (; i < count; i++) {
    const to = floatAt(gradient, i)
    let g = load<f32>(to)
    for (let part = 1; part < parts; part++) g += load<f32>(to + <usize>part * stride)
    store<f32>(to, g)
    total += <f64>g * <f64>g
  }
  return total
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function gathered(gradient: usize, parts: i32, stride: usize): v128 {
  let g = v128.load(gradient)
  for (let part = 1; part < parts; part++) g = f32x4.add(g, v128.load(gradient + <usize>part * stride))
  return g
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function squaresOf(g: v128): v128 {
  const low = f64x2.promote_low_f32x4(g)
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(g, g, 2, 3, 0, 1))
  return f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function sumOf(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1)
}

/** What is too small to keep becomes zero: processors are slow with denormals. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function flushed(x: v128, tiniest: v128): v128 {
  return v128.and(x, f32x4.ge(f32x4.abs(x), tiniest))
}

/**
 * Lengths are multiples of four: the weights are padded with zeros, which stay zero. `rest1` is 1 − β₁, which in single
 * precision is not what is left of a rounded β₁. The gradient is the sum of its parts, as in `gatherGradient`, and is only
 * read; returns its sum of squares, as it is before it is clipped.
 */
export function adam(
  weight: usize,
  gradient: usize,
  m: usize,
  v: usize,
  count: i32,
  parts: i32,
  stride: usize,
  clip: f32,
  keep: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
  size: f32,
  root: f32,
  tiniest: f32,
): f64 {
  const clips = f32x4.splat(clip)
  const keeps = f32x4.splat(keep)
  const b1 = f32x4.splat(beta1)
  const b2 = f32x4.splat(beta2)
  const rests1 = f32x4.splat(rest1)
  const rests2 = f32x4.splat(rest2)
  const eps = f32x4.splat(epsilon)
  const sizes = f32x4.splat(size)
  const roots = f32x4.splat(root)
  const tiny = f32x4.splat(tiniest)
  let squares = f64x2.splat(0)
  for (let i = 0; i < count; i += LANES) {
    const whole = gathered(floatAt(gradient, i), parts, stride)
    squares = f64x2.add(squares, squaresOf(whole))
    const g = f32x4.mul(whole, clips)
    const m1 = flushed(f32x4.add(f32x4.mul(v128.load(floatAt(m, i)), b1), f32x4.mul(g, rests1)), tiny)
    const v1 = flushed(
      f32x4.add(f32x4.mul(v128.load(floatAt(v, i)), b2), f32x4.mul(f32x4.mul(g, g), rests2)),
      tiny,
    )
    v128.store(floatAt(m, i), m1)
    v128.store(floatAt(v, i), v1)
    const step = f32x4.div(f32x4.mul(sizes, m1), f32x4.add(f32x4.mul(f32x4.sqrt(v1), roots), eps))
    const w = f32x4.mul(v128.load(floatAt(weight, i)), keeps)
    v128.store(floatAt(weight, i), f32x4.sub(w, step))
  }
  return sumOf(squares)
}

/** As for `adam`. */
export function momentum(
  weight: usize,
  gradient: usize,
  velocity: usize,
  count: i32,
  parts: i32,
  stride: usize,
  clip: f32,
  keep: f32,
  factor: f32,
  rate: f32,
  tiniest: f32,
): f64 {
  const clips = f32x4.splat(clip)
  const keeps = f32x4.splat(keep)
  const factors = f32x4.splat(factor)
  const rates = f32x4.splat(rate)
  const tiny = f32x4.splat(tiniest)
  let squares = f64x2.splat(0)
  for (let i = 0; i < count; i += LANES) {
    const whole = gathered(floatAt(gradient, i), parts, stride)
    squares = f64x2.add(squares, squaresOf(whole))
    const g = f32x4.mul(whole, clips)
    const u = flushed(f32x4.add(f32x4.mul(v128.load(floatAt(velocity, i)), factors), g), tiny)
    v128.store(floatAt(velocity, i), u)
    const w = f32x4.mul(v128.load(floatAt(weight, i)), keeps)
    v128.store(floatAt(weight, i), f32x4.sub(w, f32x4.mul(rates, u)))
  }
  return sumOf(squares)
}
