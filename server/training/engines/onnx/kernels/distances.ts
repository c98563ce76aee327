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
  for (let i = from; i < to; i++) {
    const a = x + <usize>i * line
    store<f32>(floatAt(squared, i * rows + i), 0)
    for (let step = 1; step <= half; step++) {
      const j = i + step < rows ? i + step : i + step - rows
      const b = x + <usize>j * line
      let sums = f32x4.splat(0)
      let more = sums
      let k = 0
      for (; k + 2 * LANES <= size; k += 2 * LANES) {
        const p = floatAt(a, k)
        const q = floatAt(b, k)
        const d = f32x4.sub(v128.load(p), v128.load(q))
        const e = f32x4.sub(v128.load(p, 16), v128.load(q, 16))
        sums = f32x4.add(sums, f32x4.mul(d, d))
        more = f32x4.add(more, f32x4.mul(e, e))
      }
      let sum = laneSum(f32x4.add(sums, more))
      for (; k < size; k++) {
        const d = load<f32>(floatAt(a, k)) - load<f32>(floatAt(b, k))
        sum += d * d
      }
      store<f32>(floatAt(squared, i * rows + j), sum)
      store<f32>(floatAt(squared, j * rows + i), sum)
    }
  }
}
