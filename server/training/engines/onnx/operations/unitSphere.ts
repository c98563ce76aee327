/** Embeddings on the unit sphere: the last layer of a network that has it. */
import { type Operation, type Value, type Workbench, allocate } from './operation.ts'

/** Under the root: a row of zeros stays zero. */
const tiniest = 1e-12

export function unitSphere(bench: Workbench, x: Value): Operation {
  const { kernels } = bench
  const output = allocate(bench, x.size)
  const norms = bench.arena.floats(bench.images)
  return {
    output,
    inPlace: true,
    forward({ images }) {
      kernels.normalizeRows(output.address, norms, x.address, images, x.size, tiniest)
    },
    backward({ images }, dy, dx) {
      kernels.normalizeRowsBackward(dx, dy, output.address, norms, images, x.size, tiniest)
    },
  }
}
