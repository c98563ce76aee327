/** y = rectifier(x · w + b) */
import { type Operation, type Pass, type Rectifier, type Value, type Workbench, allocate } from './operation.ts'
import { finishRows, startRows } from './rows.ts'

export interface DenseSpec {
  readonly name: string
  readonly units: number
  readonly bias: boolean
}

export function dense(bench: Workbench, x: Value, spec: DenseSpec, rectifier: Rectifier | null): Operation {
  const { kernels, products } = bench
  const { units } = spec
  const output = allocate(bench, units)
  const weight = bench.weight(`${spec.name}/kernel`)
  const bias = spec.bias ? bench.weight(`${spec.name}/bias`) : 0
  const biasGradient = spec.bias ? bench.gradient(`${spec.name}/bias`) : 0
  const forward = products.product('plain')
  const toInput = products.product('transposedB')
  const kernelGradient = bench.team.size > 1 && units % 4 === 0 ? together(bench, x, spec) : alone(bench, x, spec)
  return {
    output,
    inPlace: false,
    forward({ images }: Pass) {
      forward.run(x.address, weight, output.address, images, x.size, units)
      finishRows(kernels, output.address, bias, images, units, rectifier)
    },
    backward(pass, dy, dx) {
      const { images } = pass
      startRows(kernels, dy, output.address, biasGradient, images, units, rectifier, false)
      kernelGradient.backward(pass, dy)
      if (dx !== 0) toInput.run(dy, weight, dx, images, units, x.size)
    },
    finish: pass => kernelGradient.finish?.(pass),
  }
}

interface KernelGradient {
  backward(pass: Pass, dy: number): void
  finish?(pass: Pass): void
}

/** Each thread's part of the gradient, from its own pictures: what all have is still to be added. */
function alone(bench: Workbench, x: Value, { name, units }: DenseSpec): KernelGradient {
  const gradient = bench.gradient(`${name}/kernel`)
  const toWeight = bench.products.product('transposedA')
  return {
    backward: ({ images }, dy) => toWeight.run(x.address, dy, gradient, x.size, images, units),
  }
}

/**
 * Each thread's rows of the gradient, from all pictures. Nothing is left to be added, and the rows are still in the cache when
 * they move the weights.
 */
function together(bench: Workbench, x: Value, { name, units }: DenseSpec): KernelGradient {
  const { kernels, team } = bench
  const { gradient, first: column, rows: columns } = bench.divide(`${name}/kernel`, units)
  const whole = bench.images * team.size
  const allDy = bench.neighbour(bench.arena.floats(whole * units), 0)
  bench.slice.need(whole * columns)
  const toWeight = bench.products.product('transposedA')
  return {
    backward({ first, images }, dy) {
      kernels.copy(allDy + first * units * 4, dy, images * units)
    },
    finish({ batch }) {
      const { address: to } = bench.slice
      let row = 0
      for (let rank = 0; rank < team.size; rank++) {
        const from = bench.neighbour(x.address, rank) + column * 4
        for (let i = 0; i < team.part(rank).images; i++, row++)
          kernels.copy(to + row * columns * 4, from + i * x.size * 4, columns)
      }
      toWeight.run(to, allDy, gradient, columns, batch, units)
    },
  }
}
