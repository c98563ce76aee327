/**
 * A convolution as matrix products, a few pictures at a time, so that what the products read stays in the cache between
 * the kernel that writes it and them.
 *
 * A max pooling and a rectifier behind it are part of it. Both only ever pick or keep the order of values, so the pool may
 * come first, and the bias and the rectifier work on a quarter of the numbers; what is before the pool never leaves the
 * cache, forward and backward.
 */
import type { Geometry } from '../geometry.ts'
import { windowOf } from '../kernels.ts'
import { columnProducts } from './columnProducts.ts'
import type { Filters } from './convolutionProducts.ts'
import { type Operation, type Rectifier, type Value, type Workbench, allocate } from './operation.ts'
import { finishRows, startRows } from './rows.ts'
import { tileProducts, tilesPay } from './tileProducts.ts'

export interface ConvolutionSpec extends Filters {
  readonly bias: boolean
}

/** @param pool the max pooling of its output */
export function convolution(
  bench: Workbench,
  x: Value,
  spec: ConvolutionSpec,
  window: Geometry,
  rectifier: Rectifier | null,
  pool: Geometry | null,
): Operation {
  const { kernels } = bench
  const { filters } = spec
  const pixels = window.outHeight * window.outWidth
  const pooledPixels = pool ? pool.outHeight * pool.outWidth : pixels
  const output = allocate(bench, pooledPixels * filters)
  const places = pool ? bench.arena.bytes(bench.images * output.size) : 0
  const bias = spec.bias ? bench.weight(`${spec.name}/bias`) : 0
  const biasGradient = spec.bias ? bench.gradient(`${spec.name}/bias`) : 0
  const products = tilesPay(spec, window) ? tileProducts(bench, spec, window) : columnProducts(bench, spec, window)
  const { block } = products
  if (pool) bench.beforePool.need(block * pixels * filters)
  const outputOf = (first: number): number => output.address + first * output.size * 4

  return {
    output,
    inPlace: false,
    forward({ images }) {
      products.start()
      for (let first = 0; first < images; first += block) {
        const count = Math.min(block, images - first)
        const y = outputOf(first)
        const from = pool ? bench.beforePool.address : y
        products.forward(from, x.address + first * x.size * 4, count)
        if (pool) kernels.maxPool(y, places + first * output.size, from, ...windowOf(pool, count))
        finishRows(kernels, y, bias, count * pooledPixels, filters, rectifier)
      }
    },
    backward({ images }, dy, dx) {
      products.start()
      for (let first = 0; first < images; first += block) {
        const count = Math.min(block, images - first)
        const offset = first * output.size * 4
        startRows(
          kernels,
          dy + offset,
          output.address + offset,
          biasGradient,
          count * pooledPixels,
          filters,
          rectifier,
          first > 0,
        )
        let gradient = dy + offset
        if (pool) {
          gradient = bench.beforePool.address
          kernels.maxPoolBackward(gradient, places + first * output.size, dy + offset, ...windowOf(pool, count))
        }
        products.toWeight(x.address + first * x.size * 4, gradient, count, first > 0)
        if (dx !== 0) products.toInput(dx + first * x.size * 4, gradient, count)
      }
      if (images > 0) products.finish()
    },
  }
}
