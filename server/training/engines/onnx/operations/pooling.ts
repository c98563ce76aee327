/** Maximum and average over windows, and the average over a whole picture. */
import type { MapActivation } from '../../../models/shapes.ts'
import type { Geometry } from '../geometry.ts'
import { windowOf } from '../kernels.ts'
import { type Operation, type Value, type Workbench, allocate } from './operation.ts'

export function maxPool(bench: Workbench, x: Value, window: Geometry): Operation {
  const { kernels } = bench
  const output = allocate(bench, window.outHeight * window.outWidth * window.channels)
  // Which pixel of its window each maximum came from: a byte each.
  const places = bench.arena.bytes(bench.images * output.size)
  return {
    output,
    inPlace: false,
    forward({ images }) {
      kernels.maxPool(output.address, places, x.address, ...windowOf(window, images))
    },
    backward({ images }, dy, dx) {
      kernels.maxPoolBackward(dx, places, dy, ...windowOf(window, images))
    },
  }
}

export function averagePool(bench: Workbench, x: Value, window: Geometry): Operation {
  const { kernels } = bench
  const output = allocate(bench, window.outHeight * window.outWidth * window.channels)
  return {
    output,
    inPlace: false,
    forward({ images }) {
      kernels.averagePool(output.address, x.address, ...windowOf(window, images))
    },
    backward({ images }, dy, dx) {
      kernels.averagePoolBackward(dx, dy, ...windowOf(window, images))
    },
  }
}

export function globalAveragePool(bench: Workbench, x: Value, input: MapActivation): Operation {
  const { kernels } = bench
  const output = allocate(bench, input.channels)
  const pixels = input.height * input.width
  return {
    output,
    inPlace: false,
    forward({ images }) {
      kernels.globalAverage(output.address, x.address, images, pixels, input.channels)
    },
    backward({ images }, dy, dx) {
      kernels.globalAverageBackward(dx, dy, images, pixels, input.channels)
    },
  }
}
