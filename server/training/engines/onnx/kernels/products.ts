/**
 * The two products that convolutions and dense layers are made of, with tiles of 4 × 8 held in registers.
 *
 * A dense layer is a convolution of pictures of one pixel. Both products read pixels through tables of addresses, so a
 * convolution needs no copy of its patches (Dukhan, The Indirect Convolution Algorithm, 2019, arXiv:1907.02129).
 */
import { FLOAT, floatAt } from './lanes'

/**
 * One tile: 4 outputs of up to 8 channels. y[i, j] = bias[j] + Σ over taps and depth of a[i, tap, d] · b[tap, d, j].
 *
 * @param rows 4 addresses to write to, then 4 addresses to read from for every tap
 * @param panel 8 biases, then [taps, depth, 8]
 * @param zero address of `depth` zeros: a tap that reads only these is left out
 */
export function tile(rows: usize, taps: i32, depth: i32, panel: usize, zero: usize, column: usize, columns: i32): void {
  let b = panel
  let c00 = v128.load(b)
  let c01 = v128.load(b, 16)
  let c10 = c00
  let c11 = c01
  let c20 = c00
  let c21 = c01
  let c30 = c00
  let c31 = c01
  b += 32
  const quads = depth >> 2
  const rest = depth & 3
  for (let tap = 0; tap < taps; tap++) {
    const at = rows + 16 + (<usize>tap << 4)
    let a0 = <usize>load<u32>(at)
    let a1 = <usize>load<u32>(at, 4)
    let a2 = <usize>load<u32>(at, 8)
    let a3 = <usize>load<u32>(at, 12)
    if (a0 == zero && a1 == zero && a2 == zero && a3 == zero) {
      b += <usize>depth << 5
      continue
    }
    for (let q = 0; q < quads; q++) {
      let b0 = v128.load(b)
      let b1 = v128.load(b, 16)
      let a = v128.load32_splat(a0)
      c00 = madd(a, b0, c00)
      c01 = madd(a, b1, c01)
      a = v128.load32_splat(a1)
      c10 = madd(a, b0, c10)
      c11 = madd(a, b1, c11)
      a = v128.load32_splat(a2)
      c20 = madd(a, b0, c20)
      c21 = madd(a, b1, c21)
      a = v128.load32_splat(a3)
      c30 = madd(a, b0, c30)
      c31 = madd(a, b1, c31)

      b0 = v128.load(b, 32)
      b1 = v128.load(b, 48)
      a = v128.load32_splat(a0, 4)
      c00 = madd(a, b0, c00)
      c01 = madd(a, b1, c01)
      a = v128.load32_splat(a1, 4)
      c10 = madd(a, b0, c10)
      c11 = madd(a, b1, c11)
      a = v128.load32_splat(a2, 4)
      c20 = madd(a, b0, c20)
      c21 = madd(a, b1, c21)
      a = v128.load32_splat(a3, 4)
      c30 = madd(a, b0, c30)
      c31 = madd(a, b1, c31)

      b0 = v128.load(b, 64)
      b1 = v128.load(b, 80)
      a = v128.load32_splat(a0, 8)
      c00 = madd(a, b0, c00)
      c01 = madd(a, b1, c01)
      a = v128.load32_splat(a1, 8)
      c10 = madd(a, b0, c10)
      c11 = madd(a, b1, c11)
      a = v128.load32_splat(a2, 8)
      c20 = madd(a, b0, c20)
      c21 = madd(a, b1, c21)
      a = v128.load32_splat(a3, 8)
      c30 = madd(a, b0, c30)
      c31 = madd(a, b1, c31)

      b0 = v128.load(b, 96)
      b1 = v128.load(b, 112)
      a = v128.load32_splat(a0, 12)
      c00 = madd(a, b0, c00)
      c01 = madd(a, b1, c01)
      a = v128.load32_splat(a1, 12)
      c10 = madd(a, b0, c10)
      c11 = madd(a, b1, c11)
      a = v128.load32_splat(a2, 12)
      c20 = madd(a, b0, c20)
      c21 = madd(a, b1, c21)
      a = v128.load32_splat(a3, 12)
      c30 = madd(a, b0, c30)
      c31 = madd(a, b1, c31)

      a0 += 16
      a1 += 16
      a2 += 16
      a3 += 16
      b += 128
    }
    for (let r = 0; r < rest; r++) {
      const b0 = v128.load(b)
      const b1 = v128.load(b, 16)
      let a = v128.load32_splat(a0)
      c00 = madd(a, b0, c00)
      c01 = madd(a, b1, c01)
      a = v128.load32_splat(a1)
      c10 = madd(a, b0, c10)
      c11 = madd(a, b1, c11)
      a = v128.load32_splat(a2)
      c20 = madd(a, b0, c20)
      c21 = madd(a, b1, c21)
      a = v128.load32_splat(a3)
      c30 = madd(a, b0, c30)
      c31 = madd(a, b1, c31)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      b += 32
    }
  }
  storeRow(<usize>load<u32>(rows) + column, c00, c01, columns)
  storeRow(<usize>load<u32>(rows, 4) + column, c10, c11, columns)
  storeRow(<usize>load<u32>(rows, 8) + column, c20, c21, columns)
  storeRow(<usize>load<u32>(rows, 12) + column, c30, c31, columns)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeRow(to: usize, first: v128, second: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(to, first)
    v128.store(to, second, 16)
  } else {
    storeSome(to, first, columns)
    if (columns > 4) storeSome(to + 16, second, columns - 4)
  }
}

/**
 * Weights in the order in which `tile` reads them: for every 8 outputs 8 biases, then [taps, depth, 8].
 *
 * @param weights [taps, in, out]
 * @param bias [out], or 0 for none
 * @param transposed reads `out` and writes `in`: the way back through the layer
 */
export function pack(
  to: usize,
  weights: usize,
  bias: usize,
  taps: i32,
  inputs: i32,
  outputs: i32,
  transposed: bool,
): void {
  const depth = transposed ? outputs : inputs
  const width = transposed ? inputs : outputs
  for (let first = 0; first < width; first += 8) {
    const columns = min(8, width - first)
    for (let j = 0; j < 8; j++) {
      store<f32>(to, bias != 0 && j < columns ? load<f32>(floatAt(bias, first + j)) : 0)
      to += 4
    }
    for (let tap = 0; tap < taps; tap++) {
      const from = floatAt(weights, tap * inputs * outputs)
      for (let d = 0; d < depth; d++) {
        if (transposed) {
          for (let j = 0; j < 8; j++) {
            const at = floatAt(from, (first + j) * outputs + d)
            store<f32>(floatAt(to, j), j < columns ? load<f32>(at) : 0)
          }
        } else {
          const at = floatAt(from, d * outputs + first)
          v128.store(to, loadSome(at, columns))
          v128.store(to, loadSome(at + 16, columns - 4), 16)
        }
        to += 32
      }
    }
  }
}

/**
 * Adds to a filter's gradient what a block of pixels contributes: dw[r, j] += Σ over pixels of x[pixel, r] · dy[pixel, j].
 *
 * @param table an address for every pixel, to read x from
 * @param dy [pixels, columns]
 * @param dw [rows, columns]
 */
export function outer(table: usize, pixels: i32, rows: i32, dy: usize, columns: i32, dw: usize): void {
  let r = 0
  for (; r + 4 <= rows; r += 4) {
    for (let j = 0; j < columns; j += 8) {
      outerTile(table, pixels, <usize>r * FLOAT, dy, columns, j, floatAt(dw, r * columns + j))
    }
  }
  for (; r < rows; r++) {
    for (let j = 0; j < columns; j += 8) {
      outerRow(table, pixels, <usize>r * FLOAT, dy, columns, j, floatAt(dw, r * columns + j))
    }
  }
}

function outerTile(table: usize, pixels: i32, row: usize, dy: usize, columns: i32, column: i32, dw: usize): void {
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = c00
  let c11 = c00
  let c20 = c00
  let c21 = c00
  let c30 = c00
  let c31 = c00
  const stride = <usize>columns * FLOAT
  const left = columns - column
  let from = floatAt(dy, column)
  const end = floatAt(table, pixels)
  for (let at = table; at < end; at += 4) {
    const x = <usize>load<u32>(at) + row
    let b0: v128
    let b1: v128
    if (left >= 8) {
      b0 = v128.load(from)
      b1 = v128.load(from, 16)
    } else {
      b0 = loadSome(from, left)
      b1 = loadSome(from + 16, left - 4)
    }
    let a = v128.load32_splat(x)
    c00 = madd(a, b0, c00)
    c01 = madd(a, b1, c01)
    a = v128.load32_splat(x, 4)
    c10 = madd(a, b0, c10)
    c11 = madd(a, b1, c11)
    a = v128.load32_splat(x, 8)
    c20 = madd(a, b0, c20)
    c21 = madd(a, b1, c21)
    a = v128.load32_splat(x, 12)
    c30 = madd(a, b0, c30)
    c31 = madd(a, b1, c31)
    from += stride
  }
  addRow(dw, c00, c01, left)
  addRow(dw + stride, c10, c11, left)
  addRow(dw + 2 * stride, c20, c21, left)
  addRow(dw + 3 * stride, c30, c31, left)
}

function outerRow(table: usize, pixels: i32, row: usize, dy: usize, columns: i32, column: i32, dw: usize): void {
  let c0 = f32x4.splat(0)
  let c1 = c0
  const stride = <usize>columns * FLOAT
  const left = columns - column
  let from = floatAt(dy, column)
  for (let i = 0; i < pixels; i++) {
    const a = v128.load32_splat(<usize>load<u32>(floatAt(table, i)) + row)
    c0 = madd(a, loadSome(from, left), c0)
    c1 = madd(a, loadSome(from + 16, left - 4), c1)
    from += stride
  }
  addRow(dw, c0, c1, left)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addRow(to: usize, first: v128, second: v128, columns: i32): void {
  storeSome(to, f32x4.add(loadSome(to, columns), first), columns)
  if (columns > 4) storeSome(to + 16, f32x4.add(loadSome(to + 16, columns - 4), second), columns - 4)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c)
}

/** The first `count` floats at `from`, zeros behind them; reads nothing beyond. Any count: four at most, none below one. */
function loadSome(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from)
  if (count == 3) return v128.load_lane<u32>(from, v128.load64_zero(from), 2, 8)
  if (count == 2) return v128.load64_zero(from)
  if (count == 1) return v128.load32_zero(from)
  return f32x4.splat(0)
}

function storeSome(to: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(to, value)
  else {
    if (count > 0) store<f32>(to, f32x4.extract_lane(value, 0))
    if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4)
    if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8)
  }
}
