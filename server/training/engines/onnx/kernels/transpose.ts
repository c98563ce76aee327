/** Rows to columns, four by four in registers. */
import { FLOAT, LANES, floatAt } from './lanes'

/** Floats in a line of the cache: what is read of a row is used up before the next one is read. */
const LINE: i32 = 16

/**
 * to [columns, rows] = from [rows, columns]; each row begins a stride behind the one before, in bytes.
 */
export function transpose(to: usize, toStride: usize, from: usize, fromStride: usize, rows: i32, columns: i32): void {
  const fours = rows & ~(LANES - 1)
  let c = 0
  for (; c + LINE <= columns; c += LINE) {
    for (let i = 0; i < fours; i += LANES) {
      const p = floatAt(from, c) + <usize>i * fromStride
      const q = floatAt(to + <usize>c * toStride, i)
      for (let four = 0; four < LINE; four += LANES) {
        transposeFour(q + <usize>four * toStride, toStride, floatAt(p, four), fromStride)
      }
    }
  }
  for (; c + LANES <= columns; c += LANES) {
    for (let i = 0; i < fours; i += LANES) {
      const q = floatAt(to + <usize>c * toStride, i)
      transposeFour(q, toStride, floatAt(from, c) + <usize>i * fromStride, fromStride)
    }
  }
  copyTransposed(to, toStride, from, fromStride, fours, rows, 0, c)
  copyTransposed(to, toStride, from, fromStride, 0, rows, c, columns)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function transposeFour(q: usize, toStride: usize, p: usize, fromStride: usize): void {
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
}

/** The rests, one by one. */
function copyTransposed(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  firstRow: i32,
  rows: i32,
  firstColumn: i32,
  columns: i32,
): void {
  for (let c = firstColumn; c < columns; c++) {
    for (let i = firstRow; i < rows; i++) {
      store<f32>(floatAt(to + <usize>c * toStride, i), load<f32>(floatAt(from + <usize>i * fromStride, c)))
    }
  }
}
