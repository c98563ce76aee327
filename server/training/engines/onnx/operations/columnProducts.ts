/**
 * The three products of a convolution over a block of pictures, by columns (im2col; Chellapilla, Puri & Simard, High
 * Performance Convolutional Neural Networks for Document Processing, 2006), each in the layout that its product is fastest with:
 * columns [pixels, weights] for the output, rows [weights, pixels] for the gradient of the weights. The gradient of the
 * input is a convolution with the filters turned around where that is less to write, else the columns are added up.
 */
import type { Geometry } from '../geometry.ts'
import { windowOf } from '../kernels.ts'
import type { ConvolutionProducts, Filters } from './convolutionProducts.ts'
import type { Workbench } from './operation.ts'

/** Floats of columns that are worked on at a time: they should stay in the second-level cache. */
const blockFloats = 400000

export function columnProducts(bench: Workbench, spec: Filters, window: Geometry): ConvolutionProducts {
  const { kernels, products } = bench
  const { filters } = spec
  const { channels, size, stride } = window
  const pixels = window.outHeight * window.outWidth
  const ins = size * size * channels
  const weight = bench.weight(`${spec.name}/kernel`)
  const weightGradient = bench.gradient(`${spec.name}/kernel`)
  const forward = products.product('plain')
  const forwardOfRows = products.product('transposedA')
  const toWeight = products.product('plain')
  const toWeightDirect = products.product('transposedA')
  const toInput = products.product('transposedB')
  const toInputTurned = products.product('plain')

  // A 1×1 convolution at stride 1 has its input as its columns.
  const direct = size === 1 && stride === 1
  // With few channels the runs of a column are too short to copy; those of a row are as wide as the picture.
  const narrow = !direct && channels < 4
  // With many filters a product transposes as fast as rows are written.
  const wide = !narrow && filters >= 64
  const turned = !direct && stride === 1 && filters <= 2 * channels
  const back: Geometry = {
    ...{ height: window.outHeight, width: window.outWidth, channels: filters, size, stride: 1 },
    ...{ top: size - 1 - window.top, left: size - 1 - window.left },
    ...{ outHeight: window.height, outWidth: window.width },
  }
  const block = Math.max(1, Math.min(bench.images, Math.round(blockFloats / (pixels * Math.max(ins, filters)))))

  const plane = ((window.outHeight - 1) * stride + size) * ((window.outWidth - 1) * stride + size)
  if (!direct) {
    bench.columns.need(block * pixels * ins)
    bench.planes.need(block * channels * plane)
  }
  if (turned) bench.columns.need(block * window.height * window.width * size * size * filters)
  bench.partial.need(ins * filters)
  const filtersTurned = turned ? bench.arena.floats(ins * filters) : 0

  const rowsOf = (x: number, images: number): number => {
    kernels.toChannelRows(bench.columns.address, bench.planes.address, x, ...windowOf(window, images))
    return bench.columns.address
  }
  return {
    block,
    start() {
      if (turned) kernels.turnFilters(filtersTurned, weight, size, channels, filters)
    },
    forward(y, x, images) {
      if (narrow) {
        forwardOfRows.run(rowsOf(x, images), weight, y, images * pixels, ins, filters)
        return
      }
      if (!direct) kernels.toColumns(bench.columns.address, x, ...windowOf(window, images))
      forward.run(direct ? x : bench.columns.address, weight, y, images * pixels, ins, filters)
    },
    toWeight(x, dy, images, accumulate) {
      const into = accumulate ? bench.partial.address : weightGradient
      if (direct) toWeightDirect.run(x, dy, into, ins, images * pixels, filters)
      else if (wide) {
        kernels.toColumns(bench.columns.address, x, ...windowOf(window, images))
        toWeightDirect.run(bench.columns.address, dy, into, ins, images * pixels, filters)
      } else toWeight.run(rowsOf(x, images), dy, into, ins, images * pixels, filters)
      if (accumulate) kernels.add(weightGradient, into, ins * filters)
    },
    finish() {
      // Every block has added its part already.
    },
    toInput(dx, dy, images) {
      if (turned) {
        kernels.toColumns(bench.columns.address, dy, ...windowOf(back, images))
        const rows = images * window.height * window.width
        toInputTurned.run(bench.columns.address, filtersTurned, dx, rows, size * size * filters, channels)
      } else {
        toInput.run(dy, weight, direct ? dx : bench.columns.address, images * pixels, filters, ins)
        if (!direct) kernels.fromColumns(dx, bench.columns.address, ...windowOf(window, images))
      }
    },
  }
}
