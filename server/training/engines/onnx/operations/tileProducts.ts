/**
 * The three products of a convolution of 3 × 3 at stride 1 over a block of pictures, by tiles (kernels/winograd.ts): 16
 * products at once, with 4/9 of the multiplications and less to write than columns.
 */
import type { Geometry } from '../geometry.ts'
import type { ConvolutionProducts, Filters } from './convolutionProducts.ts'
import type { Workbench } from './operation.ts'

/** The kernels work on as many channels at a time. */
const lanes = 4
/** Places of a tile's input. */
const places = 16
/** Floats of transformed inputs and products that are worked on at a time: they should stay in the second-level cache. */
const blockFloats = 260000
/** With fewer weights a filter, its small products cost more than they save. */
const fewestWeights = 2048
/** Tiles at the border are cut off; where less than half of the multiplications is saved, columns are faster. */
const worthwhile = 0.5

const tilesOf = ({ outHeight, outWidth }: Geometry): { rows: number; columns: number } => ({
  rows: Math.ceil(outHeight / 2),
  columns: Math.ceil(outWidth / 2),
})

/** Whether a convolution is faster by tiles than by columns. */
export function tilesPay({ filters }: Filters, window: Geometry): boolean {
  const { size, stride, channels, outHeight, outWidth } = window
  if (channels * filters < fewestWeights) return false
  if (size !== 3 || stride !== 1 || channels % lanes !== 0 || filters % lanes !== 0) return false
  const { rows, columns } = tilesOf(window)
  return places * rows * columns <= worthwhile * size * size * outHeight * outWidth
}

export function tileProducts(bench: Workbench, { name, filters }: Filters, window: Geometry): ConvolutionProducts {
  const { kernels, products, arena } = bench
  const { height, width, channels, top, left, outHeight, outWidth } = window
  const { rows, columns } = tilesOf(window)
  const tiles = rows * columns
  const weights = channels * filters
  const weight = bench.weight(`${name}/kernel`)
  const weightGradient = bench.gradient(`${name}/kernel`)
  const forward = products.product('plain', places)
  const toWeight = products.product('transposedA', places)
  const toInput = products.product('transposedB', places)

  const block = Math.max(1, Math.min(bench.images, Math.round(blockFloats / (places * tiles * (channels + filters)))))
  bench.columns.need(places * block * tiles * channels)
  bench.planes.need(places * block * tiles * filters)
  bench.partial.need(places * weights)
  const zeros = arena.floats(channels)
  const transformed = arena.floats(places * weights)
  const transformedGradient = arena.floats(places * weights)

  return {
    block,
    start() {
      kernels.transformFilters(transformed, weight, weights)
    },
    forward(y, x, images) {
      const inputs = bench.columns.address
      const outputs = bench.planes.address
      kernels.toTiles(inputs, x, zeros, images, height, width, channels, top, left, rows, columns)
      forward.run(inputs, transformed, outputs, images * tiles, channels, filters)
      kernels.fromProducts(y, outputs, images, outHeight, outWidth, filters, rows, columns)
    },
    toWeight(x, dy, images, accumulate) {
      const inputs = bench.columns.address
      const outputs = bench.planes.address
      const into = accumulate ? bench.partial.address : transformedGradient
      kernels.toTiles(inputs, x, zeros, images, height, width, channels, top, left, rows, columns)
      kernels.toProducts(outputs, dy, images, outHeight, outWidth, filters, rows, columns)
      toWeight.run(inputs, outputs, into, channels, images * tiles, filters)
      if (accumulate) kernels.add(transformedGradient, into, places * weights)
    },
    toInput(dx, _dy, images) {
      const inputs = bench.columns.address
      toInput.run(bench.planes.address, transformed, inputs, images * tiles, filters, channels)
      kernels.fromTiles(dx, inputs, images, height, width, channels, top, left, rows, columns)
    },
    finish() {
      kernels.filterGradientOf(weightGradient, transformedGradient, weights)
    },
  }
}
