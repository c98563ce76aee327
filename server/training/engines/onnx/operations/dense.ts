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
    prepare: pass => kernelGradient.prepare?.(pass),
    finish: pass => kernelGradient.finish?.(pass),
  }
}

interface KernelGradient {
  prepare?(pass: Pass): void
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
 * they move the weights. The threads that do not mine turn the inputs around meanwhile: a product that need not transpose
 * is faster.
 */
function together(bench: Workbench, x: Value, { name, units }: DenseSpec): KernelGradient {
  const { kernels, team } = bench
  const division = bench.divide(`${name}/kernel`, units)
  const own = division.of(team.rank)
  const whole = bench.images * team.size
  const allDy = bench.neighbour(bench.arena.floats(whole * units), 0)
  /** This thread's columns of all inputs, as rows: of each layer its own, from the mining to the end of the step. */
  const columns = bench.arena.floats(whole * Math.ceil(x.size / team.size))
  const toWeight = bench.products.product('plain')
  return {
    prepare({ batch }) {
      const others = team.size - 1
      for (let rank = 0; rank < team.size; rank++) {
        const { first, rows } = division.of(rank)
        const from = Math.floor((rows * (team.rank - 1)) / others)
        const count = Math.floor((rows * team.rank) / others) - from
        for (let giver = 0; giver < team.size; giver++) {
          const pictures = team.part(giver)
          const to = bench.neighbour(columns, rank) + (from * batch + pictures.first) * 4
          const input = bench.neighbour(x.address, giver) + (first + from) * 4
          kernels.transpose(to, batch * 4, input, x.size * 4, pictures.images, count)
        }
      }
    },
    backward({ first, images }, dy) {
      kernels.copy(allDy + first * units * 4, dy, images * units)
    },
    finish({ batch }) {
      toWeight.run(columns, allDy, division.gradient, own.rows, batch, units)
    },
  }
}
