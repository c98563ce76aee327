/** Depthwise convolution: one filter a channel. */
import type { Geometry } from '../geometry.ts'
import { windowOf } from '../kernels.ts'
import { type Operation, type Rectifier, type Value, type Workbench, allocate } from './operation.ts'
import { finishRows, startRows } from './rows.ts'

export function depthwise(
  bench: Workbench,
  x: Value,
  spec: { readonly name: string; readonly bias: boolean },
  window: Geometry,
  rectifier: Rectifier | null,
): Operation {
  const { kernels } = bench
  const { channels } = window
  const pixels = window.outHeight * window.outWidth
  const output = allocate(bench, pixels * channels)
  const weight = bench.weight(`${spec.name}/kernel`)
  const weightGradient = bench.gradient(`${spec.name}/kernel`)
  const bias = spec.bias ? bench.weight(`${spec.name}/bias`) : 0
  const biasGradient = spec.bias ? bench.gradient(`${spec.name}/bias`) : 0
  return {
    output,
    inPlace: false,
    forward({ images }) {
      kernels.depthwise(output.address, x.address, weight, ...windowOf(window, images))
      finishRows(kernels, output.address, bias, images * pixels, channels, rectifier)
    },
    backward({ images }, dy, dx) {
      startRows(kernels, dy, output.address, biasGradient, images * pixels, channels, rectifier, false)
      kernels.depthwiseBackward(dx, weightGradient, dy, x.address, weight, ...windowOf(window, images))
    },
  }
}
