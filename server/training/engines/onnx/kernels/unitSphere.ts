/** Rows brought to the unit sphere: y = x / √(max(Σx², tiniest)), and back. */
import { LANES, floatAt, laneSum } from './lanes'

// @ts-ignore: a decorator of AssemblyScript
@inline
function dot(a: usize, b: usize, count: i32): f32 {
  let sums = f32x4.splat(0)
  let i = 0
  for (; i + LANES <= count; i += LANES) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(floatAt(a, i)), v128.load(floatAt(b, i))))
  }
  let sum = laneSum(sums)
  for (; i < count; i++) sum += load<f32>(floatAt(a, i)) * load<f32>(floatAt(b, i))
  return sum
}

/** `norms` gets one number a row, for the way back. */
export function normalizeRows(y: usize, norms: usize, x: usize, rows: i32, columns: i32, tiniest: f32): void {
  for (let row = 0; row < rows; row++) {
    const from = floatAt(x, row * columns)
    const to = floatAt(y, row * columns)
    const norm = sqrt<f32>(max<f32>(dot(from, from, columns), tiniest))
    store<f32>(floatAt(norms, row), norm)
    const factor: f32 = 1 / norm
    for (let c = 0; c < columns; c++) store<f32>(floatAt(to, c), load<f32>(floatAt(from, c)) * factor)
  }
}

/** dx = (dy − y (y · dy)) / norm; where the norm was cut off, dy / norm. */
export function normalizeRowsBackward(
  dx: usize,
  dy: usize,
  y: usize,
  norms: usize,
  rows: i32,
  columns: i32,
  tiniest: f32,
): void {
  for (let row = 0; row < rows; row++) {
    const d = floatAt(dy, row * columns)
    const out = floatAt(y, row * columns)
    const to = floatAt(dx, row * columns)
    const norm = load<f32>(floatAt(norms, row))
    const along: f32 = norm * norm > tiniest * 1.0001 ? dot(d, out, columns) : 0
    const factor: f32 = 1 / norm
    for (let c = 0; c < columns; c++) {
      const value = (load<f32>(floatAt(d, c)) - load<f32>(floatAt(out, c)) * along) * factor
      store<f32>(floatAt(to, c), value)
    }
  }
}
