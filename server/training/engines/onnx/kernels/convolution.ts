/** Convolutions of pictures [images, height, width, channels] with square kernels, forwards and backwards. */
import { FLOAT, floatAt, zeroFloats } from './lanes'
import { outer, tile } from './products'

/** Tiles of 4 pixels whose addresses are looked up at once: they and their pixels stay in the first-level cache. */
const blockTiles = 16
/** Pixels whose part of a filter's gradient is added at once. */
const blockPixels = 128

/** Bytes of the table of addresses that the kernels need. */
export function tableBytes(size: i32): i32 {
  const tiles = blockTiles * (16 + size * size * 16)
  const pixels = size * size * blockPixels * 4
  return max(tiles, pixels)
}

/** Runs every tile of a block against every panel of the packed weights. */
function panels(table: usize, tiles: i32, taps: i32, depth: i32, packed: usize, zeros: usize, width: i32): void {
  const panel = <usize>(32 + ((taps * depth) << 5))
  const rows = <usize>(16 + (taps << 4))
  for (let column = 0; column < width; column += 8) {
    for (let t = 0; t < tiles; t++) {
      tile(table + <usize>t * rows, taps, depth, packed, zeros, <usize>column * FLOAT, width - column)
    }
    packed += panel
  }
}

/**
 * y = x ∗ filter + bias.
 *
 * @param packed from `pack`, not transposed
 * @param table `tableBytes(size)` bytes that the kernel overwrites
 * @param zeros address of as many zeros as a pixel has channels
 * @param trash room for a pixel of the result, overwritten
 * @param top,left pixels of padding
 */
export function convolve(
  y: usize,
  x: usize,
  packed: usize,
  filters: i32,
  table: usize,
  zeros: usize,
  trash: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const taps = size * size
  const total = images * outHeight * outWidth
  let entry = table
  let tiles = 0
  // The output pixel that comes next.
  let picture = 0
  let oy = 0
  let ox = 0
  for (let first = 0; first < total; first += 4) {
    for (let i = 0; i < 4; i++) {
      const inside = first + i < total
      const lane = floatAt(entry, i)
      store<u32>(lane, <u32>(inside ? floatAt(y, (first + i) * filters) : trash))
      let at = lane + 16
      for (let dy = 0; dy < size; dy++) {
        const iy = oy * stride + dy - top
        const row = picture * height + iy
        for (let dx = 0; dx < size; dx++) {
          const ix = ox * stride + dx - left
          const seen = inside && iy >= 0 && iy < height && ix >= 0 && ix < width
          store<u32>(at, <u32>(seen ? floatAt(x, (row * width + ix) * channels) : zeros))
          at += 16
        }
      }
      if (++ox == outWidth) {
        ox = 0
        if (++oy == outHeight) {
          oy = 0
          picture++
        }
      }
    }
    entry += 16 + (<usize>taps << 4)
    if (++tiles == blockTiles || first + 4 >= total) {
      panels(table, tiles, taps, channels, packed, zeros, filters)
      entry = table
      tiles = 0
    }
  }
}

/**
 * dx from dy: every input pixel gathers from the outputs that saw it. Pixels are taken in an order in which neighbours in
 * a tile see the same taps, so that a stride costs nothing.
 *
 * @param packed from `pack`, transposed, without bias
 */
export function convolveBackward(
  dx: usize,
  dy: usize,
  packed: usize,
  filters: i32,
  table: usize,
  zeros: usize,
  trash: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const taps = size * size
  const total = images * height * width
  let entry = table
  let tiles = 0
  let picture = 0
  let iy = 0
  let ix = 0
  for (let first = 0; first < total; first += 4) {
    for (let i = 0; i < 4; i++) {
      const inside = first + i < total
      const lane = floatAt(entry, i)
      const pixel = (picture * height + iy) * width + ix
      store<u32>(lane, <u32>(inside ? floatAt(dx, pixel * channels) : trash))
      let at = lane + 16
      for (let ky = 0; ky < size; ky++) {
        const sy = iy + top - ky
        const oy = sy / stride
        const row = picture * outHeight + oy
        const rowSeen = inside && sy >= 0 && oy * stride == sy && oy < outHeight
        for (let kx = 0; kx < size; kx++) {
          const sx = ix + left - kx
          const ox = sx / stride
          const seen = rowSeen && sx >= 0 && ox * stride == sx && ox < outWidth
          store<u32>(at, <u32>(seen ? floatAt(dy, (row * outWidth + ox) * filters) : zeros))
          at += 16
        }
      }
      ix += stride
      if (ix >= width) {
        // The next phase of the stride in this row, or the next row.
        ix = (ix % stride) + 1
        if (ix >= stride || ix >= width) {
          ix = 0
          if (++iy == height) {
            iy = 0
            picture++
          }
        }
      }
    }
    entry += 16 + (<usize>taps << 4)
    if (++tiles == blockTiles || first + 4 >= total) {
      panels(table, tiles, taps, filters, packed, zeros, channels)
      entry = table
      tiles = 0
    }
  }
}

/** dFilter [kernel, kernel, channels, filters] from x and dy; zeros it first. */
export function filterGradient(
  dw: usize,
  x: usize,
  dy: usize,
  filters: i32,
  table: usize,
  zeros: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
  stride: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const taps = size * size
  zeroFloats(dw, taps * channels * filters)
  const total = images * outHeight * outWidth
  let picture = 0
  let oy = 0
  let ox = 0
  for (let first = 0; first < total; first += blockPixels) {
    const pixels = min(blockPixels, total - first)
    for (let i = 0; i < pixels; i++) {
      let at = floatAt(table, i)
      for (let ky = 0; ky < size; ky++) {
        const iy = oy * stride + ky - top
        const row = picture * height + iy
        for (let kx = 0; kx < size; kx++) {
          const ix = ox * stride + kx - left
          const seen = iy >= 0 && iy < height && ix >= 0 && ix < width
          store<u32>(at, <u32>(seen ? floatAt(x, (row * width + ix) * channels) : zeros))
          at += <usize>blockPixels * FLOAT
        }
      }
      if (++ox == outWidth) {
        ox = 0
        if (++oy == outHeight) {
          oy = 0
          picture++
        }
      }
    }
    const from = floatAt(dy, first * filters)
    for (let tap = 0; tap < taps; tap++) {
      const to = floatAt(dw, tap * channels * filters)
      outer(floatAt(table, tap * blockPixels), pixels, channels, from, filters, to)
    }
  }
}
