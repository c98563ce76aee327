/** Squared Euclidean distances between the rows of a batch, from differences, so that close rows keep their precision. */
import { FLOAT, LANES, floatAt, laneSum } from './lanes'

/**
 * squared[i, j] = squared[j, i] = Σ (x[i] − x[j])² for the rows i of [from, to) and the half of the rows behind each, in a
 * circle: every pair once, and every row the same work. Equal rows are exactly 0 apart.
 *
 * @param squared [rows, rows]
 * @param x [rows, size]
 */
export function squaredDistances(squared: usize, x: usize, rows: i32, size: i32, from: i32, to: i32): void {
  const line = <usize>size * FLOAT
  const half = rows / 2
  const even = size & ~(2 * LANES - 1)
  for (let i = from; i < to; i++) {
    const a = x + <usize>i * line
    store<f32>(floatAt(squared, i * rows + i), 0)
    // Two at a time: what is read of the row serves both. The last one may be its own other.
    for (let step = 1; step <= half; step += 2) {
      const j = behind(i, step, rows)
      const l = behind(i, min(step + 1, half), rows)
      const b = x + <usize>j * line
      const c = x + <usize>l * line
      let b0 = f32x4.splat(0)
      let b1 = b0
      let c0 = b0
      let c1 = b0
      for (let k = 0; k < even; k += 2 * LANES) {
        const a0 = v128.load(floatAt(a, k))
        const a1 = v128.load(floatAt(a, k), 16)
        const p0 = f32x4.sub(a0, v128.load(floatAt(b, k)))
        const p1 = f32x4.sub(a1, v128.load(floatAt(b, k), 16))
        const q0 = f32x4.sub(a0, v128.load(floatAt(c, k)))
        const q1 = f32x4.sub(a1, v128.load(floatAt(c, k), 16))
        b0 = f32x4.add(b0, f32x4.mul(p0, p0))
        b1 = f32x4.add(b1, f32x4.mul(p1, p1))
        c0 = f32x4.add(c0, f32x4.mul(q0, q0))
        c1 = f32x4.add(c1, f32x4.mul(q1, q1))
      }
      put(squared, rows, i, j, laneSum(f32x4.add(b0, b1)) + rest(a, b, even, size))
      put(squared, rows, i, l, laneSum(f32x4.add(c0, c1)) + rest(a, c, even, size))
    }
  }
}

/** The row that is so many steps behind another, in a circle. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function behind(i: i32, step: i32, rows: i32): i32 {
  return i + step < rows ? i + step : i + step - rows
}

/** What the last numbers of two rows add, behind those that are taken eight at a time. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function rest(a: usize, b: usize, from: i32, size: i32): f32 {
  let sum: f32 = 0
  for (let k = from; k < size; k++) {
    const d = load<f32>(floatAt(a, k)) - load<f32>(floatAt(b, k))
    sum += d * d
  }
  return sum
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function put(squared: usize, rows: i32, i: i32, j: i32, value: f32): void {
  store<f32>(floatAt(squared, i * rows + j), value)
  store<f32>(floatAt(squared, j * rows + i), value)
}
