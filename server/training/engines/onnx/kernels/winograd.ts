/**
 * Convolutions of 3 × 3 at stride 1 with 4/9 of the multiplications: Winograd's minimal filtering F(2×2, 3×3) (Lavin &
 * Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, arXiv:1509.09308, §4.1). The output is cut into
 * tiles of 2 × 2; each is made of the 4 × 4 inputs below it,
 *
 *   Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 *
 * and the product ⊙, summed over the channels, is a matrix product for each of the 16 places. Everything here is linear, so
 * the way back is made of the transposes. Transformed tensors are [16, tiles, channels] and [16, channels, filters], tiles
 * in the order image, row, column. Channels and filters are multiples of four.
 */
import { FLOAT, LANES, floatAt } from './lanes'

/** A row of a picture, or zeros: then `step` is 0, and every pixel of the row reads the same `zeros`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function rowOf(x: usize, y: i32, height: i32, stride: usize, zeros: usize): usize {
  return y >= 0 && y < height ? x + <usize>y * stride : zeros
}

/** v = Bᵀ d B for the tiles of all images. @param zeros address of as many zeros as there are channels */
export function toTiles(
  v: usize,
  x: usize,
  zeros: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  rows: i32,
  columns: i32,
): void {
  const pixel = <usize>channels * FLOAT
  const line = pixel * <usize>width
  const plane = pixel * <usize>(images * rows * columns)
  const none = f32x4.splat(0)
  for (let image = 0; image < images; image++) {
    const picture = x + <usize>image * line * <usize>height
    for (let row = 0; row < rows; row++) {
      const y = 2 * row - top
      const r0 = rowOf(picture, y, height, line, zeros)
      const r1 = rowOf(picture, y + 1, height, line, zeros)
      const r2 = rowOf(picture, y + 2, height, line, zeros)
      const r3 = rowOf(picture, y + 3, height, line, zeros)
      const s0 = r0 == zeros ? 0 : pixel
      const s1 = r1 == zeros ? 0 : pixel
      const s2 = r2 == zeros ? 0 : pixel
      const s3 = r3 == zeros ? 0 : pixel
      const tiles = v + <usize>((image * rows + row) * columns) * pixel
      for (let c = 0; c < channels; c += LANES) {
        const at = <usize>c * FLOAT
        // The columns of the tile at hand, each already brought to Bᵀ d; the last two are the first two of the next tile.
        let a0 = none
        let a1 = none
        let a2 = none
        let a3 = none
        let b0 = none
        let b1 = none
        let b2 = none
        let b3 = none
        let to = tiles + at
        for (let column = -1; column < columns; column++) {
          let c0 = none
          let c1 = none
          let c2 = none
          let c3 = none
          let e0 = none
          let e1 = none
          let e2 = none
          let e3 = none
          const px = 2 * column + 2 - left
          if (px >= 0 && px < width) {
            const p = <usize>px
            const d0 = v128.load(r0 + at + p * s0)
            const d1 = v128.load(r1 + at + p * s1)
            const d2 = v128.load(r2 + at + p * s2)
            const d3 = v128.load(r3 + at + p * s3)
            c0 = f32x4.sub(d0, d2)
            c1 = f32x4.add(d1, d2)
            c2 = f32x4.sub(d2, d1)
            c3 = f32x4.sub(d1, d3)
          }
          if (px >= -1 && px + 1 < width) {
            const p = <usize>(px + 1)
            const d0 = v128.load(r0 + at + p * s0)
            const d1 = v128.load(r1 + at + p * s1)
            const d2 = v128.load(r2 + at + p * s2)
            const d3 = v128.load(r3 + at + p * s3)
            e0 = f32x4.sub(d0, d2)
            e1 = f32x4.add(d1, d2)
            e2 = f32x4.sub(d2, d1)
            e3 = f32x4.sub(d1, d3)
          }
          if (column >= 0) {
            let q = to
            q = storeInput(q, plane, a0, b0, c0, e0)
            q = storeInput(q, plane, a1, b1, c1, e1)
            q = storeInput(q, plane, a2, b2, c2, e2)
            storeInput(q, plane, a3, b3, c3, e3)
            to += pixel
          }
          a0 = c0
          a1 = c1
          a2 = c2
          a3 = c3
          b0 = e0
          b1 = e1
          b2 = e2
          b3 = e3
        }
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeInput(to: usize, plane: usize, a: v128, b: v128, c: v128, d: v128): usize {
  v128.store(to, f32x4.sub(a, c))
  to += plane
  v128.store(to, f32x4.add(b, c))
  to += plane
  v128.store(to, f32x4.sub(c, b))
  to += plane
  v128.store(to, f32x4.sub(b, d))
  return to + plane
}

/** The way back of `toTiles`: dx = Σ over tiles of B dv Bᵀ, each pixel summed over the tiles that have read it. */
export function fromTiles(
  dx: usize,
  dv: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  rows: i32,
  columns: i32,
): void {
  const pixel = <usize>channels * FLOAT
  const line = pixel * <usize>width
  const plane = pixel * <usize>(images * rows * columns)
  const none = f32x4.splat(0)
  for (let image = 0; image < images; image++) {
    const picture = dx + <usize>image * line * <usize>height
    for (let row = 0; row < rows; row++) {
      const y = 2 * row - top
      const tiles = dv + <usize>((image * rows + row) * columns) * pixel
      for (let c = 0; c < channels; c += LANES) {
        let from = tiles + <usize>c * FLOAT
        const to = picture + <usize>c * FLOAT
        // What the tile before has left for its last two columns, which are the first two here.
        let c0 = none
        let c1 = none
        let c2 = none
        let c3 = none
        let e0 = none
        let e1 = none
        let e2 = none
        let e3 = none
        for (let column = 0; column <= columns; column++) {
          const px = 2 * column - left
          let n0 = none
          let n1 = none
          let n2 = none
          let n3 = none
          let m0 = none
          let m1 = none
          let m2 = none
          let m3 = none
          if (column < columns) {
            // Down each of the four columns: B of four values is (v0, v1 − v2 + v3, v1 + v2 − v0, −v3).
            const p0 = from
            const p1 = p0 + 4 * plane
            const p2 = p1 + 4 * plane
            const p3 = p2 + 4 * plane
            let v0 = v128.load(p0)
            let v1 = v128.load(p1)
            let v2 = v128.load(p2)
            let v3 = v128.load(p3)
            let t0 = v0
            let t1 = f32x4.add(f32x4.sub(v1, v2), v3)
            let t2 = f32x4.sub(f32x4.add(v1, v2), v0)
            let t3 = f32x4.neg(v3)
            c0 = f32x4.add(c0, t0)
            c1 = f32x4.add(c1, t1)
            c2 = f32x4.add(c2, t2)
            c3 = f32x4.add(c3, t3)
            n0 = f32x4.neg(t0)
            n1 = f32x4.neg(t1)
            n2 = f32x4.neg(t2)
            n3 = f32x4.neg(t3)
            v0 = v128.load(p0 + plane)
            v1 = v128.load(p1 + plane)
            v2 = v128.load(p2 + plane)
            v3 = v128.load(p3 + plane)
            t0 = v0
            t1 = f32x4.add(f32x4.sub(v1, v2), v3)
            t2 = f32x4.sub(f32x4.add(v1, v2), v0)
            t3 = f32x4.neg(v3)
            e0 = f32x4.add(e0, t0)
            e1 = f32x4.add(e1, t1)
            e2 = f32x4.add(e2, t2)
            e3 = f32x4.add(e3, t3)
            n0 = f32x4.add(n0, t0)
            n1 = f32x4.add(n1, t1)
            n2 = f32x4.add(n2, t2)
            n3 = f32x4.add(n3, t3)
            v0 = v128.load(p0 + 2 * plane)
            v1 = v128.load(p1 + 2 * plane)
            v2 = v128.load(p2 + 2 * plane)
            v3 = v128.load(p3 + 2 * plane)
            t0 = v0
            t1 = f32x4.add(f32x4.sub(v1, v2), v3)
            t2 = f32x4.sub(f32x4.add(v1, v2), v0)
            t3 = f32x4.neg(v3)
            e0 = f32x4.sub(e0, t0)
            e1 = f32x4.sub(e1, t1)
            e2 = f32x4.sub(e2, t2)
            e3 = f32x4.sub(e3, t3)
            n0 = f32x4.add(n0, t0)
            n1 = f32x4.add(n1, t1)
            n2 = f32x4.add(n2, t2)
            n3 = f32x4.add(n3, t3)
            v0 = v128.load(p0 + 3 * plane)
            v1 = v128.load(p1 + 3 * plane)
            v2 = v128.load(p2 + 3 * plane)
            v3 = v128.load(p3 + 3 * plane)
            t0 = v0
            t1 = f32x4.add(f32x4.sub(v1, v2), v3)
            t2 = f32x4.sub(f32x4.add(v1, v2), v0)
            t3 = f32x4.neg(v3)
            e0 = f32x4.add(e0, t0)
            e1 = f32x4.add(e1, t1)
            e2 = f32x4.add(e2, t2)
            e3 = f32x4.add(e3, t3)
            m0 = f32x4.neg(t0)
            m1 = f32x4.neg(t1)
            m2 = f32x4.neg(t2)
            m3 = f32x4.neg(t3)
            from += pixel
          }
          if (px >= 0 && px < width) {
            putColumn(to + <usize>px * pixel, line, y, height, row > 0, c0, c1, c2, c3)
          }
          if (px >= -1 && px + 1 < width) {
            putColumn(to + <usize>(px + 1) * pixel, line, y, height, row > 0, e0, e1, e2, e3)
          }
          c0 = n0
          c1 = n1
          c2 = n2
          c3 = n3
          e0 = m0
          e1 = m1
          e2 = m2
          e3 = m3
        }
      }
    }
  }
}

/** The first two rows may have something of the tiles above already; the last two are new. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function putColumn(
  to: usize,
  line: usize,
  y: i32,
  height: i32,
  below: bool,
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
): void {
  let p = to + <usize>y * line
  if (y >= 0) v128.store(p, below ? f32x4.add(v128.load(p), v0) : v0)
  p += line
  if (y + 1 >= 0 && y + 1 < height) v128.store(p, below ? f32x4.add(v128.load(p), v1) : v1)
  p += line
  if (y + 2 < height) v128.store(p, v2)
  p += line
  if (y + 3 < height) v128.store(p, v3)
}

/** y = Aᵀ m A: the outputs of all tiles, without what lies beyond the picture. */
export function fromProducts(
  y: usize,
  m: usize,
  images: i32,
  height: i32,
  width: i32,
  filters: i32,
  rows: i32,
  columns: i32,
): void {
  const pixel = <usize>filters * FLOAT
  const line = pixel * <usize>width
  const plane = pixel * <usize>(images * rows * columns)
  let from = m
  for (let image = 0; image < images; image++) {
    const picture = y + <usize>image * line * <usize>height
    for (let row = 0; row < rows; row++) {
      const low = 2 * row + 1 < height
      for (let column = 0; column < columns; column++) {
        const right = 2 * column + 1 < width
        let to = picture + <usize>(2 * row) * line + <usize>(2 * column) * pixel
        for (let f = 0; f < filters; f += LANES) {
          let p = from
          let v0 = v128.load(p)
          let v1 = v128.load(p + plane)
          let v2 = v128.load(p + 2 * plane)
          let v3 = v128.load(p + 3 * plane)
          let high0 = f32x4.add(f32x4.add(v0, v1), v2)
          let high1 = f32x4.sub(f32x4.sub(v1, v2), v3)
          p += 4 * plane
          v0 = v128.load(p)
          v1 = v128.load(p + plane)
          v2 = v128.load(p + 2 * plane)
          v3 = v128.load(p + 3 * plane)
          let t0 = f32x4.add(f32x4.add(v0, v1), v2)
          let t1 = f32x4.sub(f32x4.sub(v1, v2), v3)
          high0 = f32x4.add(high0, t0)
          high1 = f32x4.add(high1, t1)
          let low0 = t0
          let low1 = t1
          p += 4 * plane
          v0 = v128.load(p)
          v1 = v128.load(p + plane)
          v2 = v128.load(p + 2 * plane)
          v3 = v128.load(p + 3 * plane)
          t0 = f32x4.add(f32x4.add(v0, v1), v2)
          t1 = f32x4.sub(f32x4.sub(v1, v2), v3)
          high0 = f32x4.add(high0, t0)
          high1 = f32x4.add(high1, t1)
          low0 = f32x4.sub(low0, t0)
          low1 = f32x4.sub(low1, t1)
          p += 4 * plane
          v0 = v128.load(p)
          v1 = v128.load(p + plane)
          v2 = v128.load(p + 2 * plane)
          v3 = v128.load(p + 3 * plane)
          low0 = f32x4.sub(low0, f32x4.add(f32x4.add(v0, v1), v2))
          low1 = f32x4.sub(low1, f32x4.sub(f32x4.sub(v1, v2), v3))
          v128.store(to, high0)
          if (right) v128.store(to + pixel, high1)
          if (low) {
            v128.store(to + line, low0)
            if (right) v128.store(to + line + pixel, low1)
          }
          to += 16
          from += 16
        }
      }
    }
  }
}

/** The way back of `fromProducts`: dm = A dy Aᵀ. */
export function toProducts(
  dm: usize,
  dy: usize,
  images: i32,
  height: i32,
  width: i32,
  filters: i32,
  rows: i32,
  columns: i32,
): void {
  const pixel = <usize>filters * FLOAT
  const line = pixel * <usize>width
  const plane = pixel * <usize>(images * rows * columns)
  const none = f32x4.splat(0)
  let to = dm
  for (let image = 0; image < images; image++) {
    const picture = dy + <usize>image * line * <usize>height
    for (let row = 0; row < rows; row++) {
      const low = 2 * row + 1 < height
      for (let column = 0; column < columns; column++) {
        const right = 2 * column + 1 < width
        let p = picture + <usize>(2 * row) * line + <usize>(2 * column) * pixel
        for (let f = 0; f < filters; f += LANES) {
          const d00 = v128.load(p)
          let d01 = none
          let d10 = none
          let d11 = none
          if (right) d01 = v128.load(p + pixel)
          if (low) {
            d10 = v128.load(p + line)
            if (right) d11 = v128.load(p + line + pixel)
          }
          let q = to
          q = storeProducts(q, plane, d00, d01)
          q = storeProducts(q, plane, f32x4.add(d00, d10), f32x4.add(d01, d11))
          q = storeProducts(q, plane, f32x4.sub(d00, d10), f32x4.sub(d01, d11))
          storeProducts(q, plane, f32x4.neg(d10), f32x4.neg(d11))
          p += 16
          to += 16
        }
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function storeProducts(to: usize, plane: usize, left: v128, right: v128): usize {
  v128.store(to, left)
  to += plane
  v128.store(to, f32x4.add(left, right))
  to += plane
  v128.store(to, f32x4.sub(left, right))
  to += plane
  v128.store(to, f32x4.neg(right))
  return to + plane
}

/** u = G g Gᵀ. @param g [3, 3, count], @param u [16, count], where count = channels · filters */
export function transformFilters(u: usize, g: usize, count: i32): void {
  const size = <usize>count * FLOAT
  for (let i = 0; i < count; i += LANES) {
    const at = floatAt(g, i)
    const to = floatAt(u, i)
    for (let column = 0; column < 3; column++) {
      // Down the columns of g, into the first three columns of u: G of three values.
      const p = at + <usize>column * size
      const g0 = v128.load(p)
      const g1 = v128.load(p + 3 * size)
      const g2 = v128.load(p + 6 * size)
      const half = f32x4.splat(0.5)
      const outer = f32x4.mul(f32x4.add(g0, g2), half)
      const inner = f32x4.mul(g1, half)
      const q = to + <usize>column * size
      v128.store(q, g0)
      v128.store(q + 4 * size, f32x4.add(outer, inner))
      v128.store(q + 8 * size, f32x4.sub(outer, inner))
      v128.store(q + 12 * size, g2)
    }
    for (let row = 0; row < 4; row++) {
      const q = to + <usize>(4 * row) * size
      const g0 = v128.load(q)
      const g1 = v128.load(q + size)
      const g2 = v128.load(q + 2 * size)
      const half = f32x4.splat(0.5)
      const outer = f32x4.mul(f32x4.add(g0, g2), half)
      const inner = f32x4.mul(g1, half)
      v128.store(q + size, f32x4.add(outer, inner))
      v128.store(q + 2 * size, f32x4.sub(outer, inner))
      v128.store(q + 3 * size, g2)
    }
  }
}

/** The way back of `transformFilters`: dg = Gᵀ du G. Overwrites `du`. */
export function filterGradientOf(dg: usize, du: usize, count: i32): void {
  const size = <usize>count * FLOAT
  const half = f32x4.splat(0.5)
  for (let i = 0; i < count; i += LANES) {
    const at = floatAt(du, i)
    const to = floatAt(dg, i)
    for (let row = 0; row < 4; row++) {
      const p = at + <usize>(4 * row) * size
      const u1 = v128.load(p + size)
      const u2 = v128.load(p + 2 * size)
      const both = f32x4.mul(f32x4.add(u1, u2), half)
      v128.store(p, f32x4.add(v128.load(p), both))
      v128.store(p + size, f32x4.mul(f32x4.sub(u1, u2), half))
      v128.store(p + 2 * size, f32x4.add(both, v128.load(p + 3 * size)))
    }
    for (let column = 0; column < 3; column++) {
      const p = at + <usize>column * size
      const u1 = v128.load(p + 4 * size)
      const u2 = v128.load(p + 8 * size)
      const both = f32x4.mul(f32x4.add(u1, u2), half)
      const q = to + <usize>column * size
      v128.store(q, f32x4.add(v128.load(p), both))
      v128.store(q + 3 * size, f32x4.mul(f32x4.sub(u1, u2), half))
      v128.store(q + 6 * size, f32x4.add(both, v128.load(p + 12 * size)))
    }
  }
}
