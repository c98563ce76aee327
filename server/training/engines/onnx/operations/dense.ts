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
  const weightGradient = bench.gradient(`${spec.name}/kernel`)
  const bias = spec.bias ? bench.weight(`${spec.name}/bias`) : 0
  const biasGradient = spec.bias ? bench.gradient(`${spec.name}/bias`) : 0
  const forward = products.product('plain')
  const toWeight = products.product('transposedA')
  const toInput = products.product('transposedB')
  return {
    output,
    inPlace: false,
    forward({ images }: Pass) {
      forward.run(x.address, weight, output.address, images, x.size, units)
      finishRows(kernels, output.address, bias, images, units, rectifier)
    },
    backward({ images }, dy, dx) {
      startRows(kernels, dy, output.address, biasGradient, images, units, rectifier, false)
      toWeight.run(x.address, dy, weightGradient, x.size, images, units)
      if (dx !== 0) toInput.run(dy, weight, dx, images, units, x.size)
    },
  }
}
