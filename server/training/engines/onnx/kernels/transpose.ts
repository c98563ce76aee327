/** Rows to columns, four by four in registers. */
import { FLOAT, LANES, floatAt } from './lanes'

/**
 * to [columns, rows] = from [rows, columns]; each row begins a stride behind the one before, in bytes.
 */
export function transpose(to: usize, toStride: usize, from: usize, fromStride: usize, rows: i32, columns: i32): void {
  let c = 0
  for (; c + LANES <= columns; c += LANES) {
    let p = floatAt(from, c)
    let q = to + <usize>c * toStride
    let i = 0
    for (; i + LANES <= rows; i += LANES) {
      const a = v128.load(p)
      const b = v128.load(p + fromStride)
      const d = v128.load(p + 2 * fromStride)
      const e = v128.load(p + 3 * fromStride)
      const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5)
      const ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7)
      const de0 = i32x4.shuffle(d, e, 0, 4, 1, 5)
      const de1 = i32x4.shuffle(d, e, 2, 6, 3, 7)
      v128.store(q, i32x4.shuffle(ab0, de0, 0, 1, 4, 5))
      v128.store(q + toStride, i32x4.shuffle(ab0, de0, 2, 3, 6, 7))
      v128.store(q + 2 * toStride, i32x4.shuffle(ab1, de1, 0, 1, 4, 5))
      v128.store(q + 3 * toStride, i32x4.shuffle(ab1, de1, 2, 3, 6, 7))
      p += 4 * fromStride
      q += LANES * FLOAT
    }
    for (; i < rows; i++) {
      for (let lane = 0; lane < LANES; lane++) store<f32>(q + <usize>lane * toStride, load<f32>(floatAt(p, lane)))
      p += fromStride
      q += FLOAT
    }
  }
  for (; c < columns; c++) {
    let p = floatAt(from, c)
    const q = to + <usize>c * toStride
    for (let i = 0; i < rows; i++) {
      store<f32>(floatAt(q, i), load<f32>(p))
      p += fromStride
    }
  }
}
