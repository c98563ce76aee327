/**
 * A convolution as matrix products over columns (im2col), a few pictures at a time, so that the columns stay in the
 * cache between the kernel that writes them and the product that reads them. Chellapilla, Puri & Simard, 2006.
 */
import type { Geometry } from '../geometry.ts'
import { windowOf } from '../kernels.ts'
import { type Operation, type Rectifier, type Value, type Workbench, allocate } from './operation.ts'
import { finishRows, startRows } from './rows.ts'

export interface ConvolutionSpec {
  readonly name: string
  readonly filters: number
  readonly bias: boolean
}

/** Output pixels that are worked on at a time. */
const blockRows = 1568

export function convolution(
  bench: Workbench,
  x: Value,
  spec: ConvolutionSpec,
  window: Geometry,
  rectifier: Rectifier | null,
): Operation {
  const { kernels, products } = bench
  const { filters } = spec
  const pixels = window.outHeight * window.outWidth
  const ins = window.size * window.size * window.channels
  const output = allocate(bench, pixels * filters)
  const weight = bench.weight(`${spec.name}/kernel`)
  const weightGradient = bench.gradient(`${spec.name}/kernel`)
  const bias = spec.bias ? bench.weight(`${spec.name}/bias`) : 0
  const biasGradient = spec.bias ? bench.gradient(`${spec.name}/bias`) : 0
  const forward = products.product('forward', ins, filters)
  const toWeight = products.product('weightGradient', ins, filters)
  const toInput = products.product('inputGradient', ins, filters)
  // A 1×1 convolution at stride 1 has its input as its columns.
  const direct = window.size === 1 && window.stride === 1
  const block = Math.max(1, Math.min(bench.images, Math.round(blockRows / pixels)))
  bench.columns.need(direct ? 0 : block * pixels * ins)
  bench.partial.need(ins * filters)

  const columnsOf = (from: number, images: number): number => {
    if (direct) return from
    kernels.toColumns(bench.columns.address, from, ...windowOf(window, images))
    return bench.columns.address
  }
  return {
    output,
    inPlace: false,
    keepsOutput: rectifier !== null,
    forward({ images }) {
      for (let first = 0; first < images; first += block) {
        const count = Math.min(block, images - first)
        const y = output.address + first * output.size * 4
        forward.run(columnsOf(x.address + first * x.size * 4, count), weight, y, count * pixels)
        finishRows(kernels, y, bias, count * pixels, filters, rectifier)
      }
    },
    backward({ images }, dy, dx) {
      for (let first = 0; first < images; first += block) {
        const count = Math.min(block, images - first)
        const rows = count * pixels
        const d = dy + first * output.size * 4
        startRows(
          kernels,
          d,
          output.address + first * output.size * 4,
          biasGradient,
          rows,
          filters,
          rectifier,
          first > 0,
        )
        const columns = columnsOf(x.address + first * x.size * 4, count)
        const into = first > 0 ? bench.partial.address : weightGradient
        toWeight.run(columns, d, into, rows)
        if (first > 0) kernels.add(weightGradient, into, ins * filters)
        if (dx !== 0) {
          const to = dx + first * x.size * 4
          toInput.run(d, weight, direct ? to : bench.columns.address, rows)
          if (!direct) kernels.fromColumns(to, bench.columns.address, ...windowOf(window, count))
        }
      }
    },
  }
}
