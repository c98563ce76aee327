/** Residual connections, He et al., CVPR 2016: `save` remembers a value, `add` adds it, by way of a projection or not. */
import { type Operation, type Rectifier, type Value, type Workbench, allocate, identity } from './operation.ts'

/** A value that is used twice. On the way back the gradients of both uses are added. */
export interface Saved {
  readonly value: Value
  /** Where each `add` has left its part of the gradient. */
  readonly gradients: number[]
}

export function save(bench: Workbench, saved: Saved): Operation {
  const { kernels } = bench
  return {
    output: saved.value,
    inPlace: true,
    forward() {
      // The value stays where it is.
    },
    backward({ images }, _dy, dx) {
      for (const gradient of saved.gradients) kernels.add(dx, gradient, images * saved.value.size)
    },
  }
}

/** @param skipGradient where the saved value's part of the gradient goes; 0 when nobody needs it */
export function add(
  bench: Workbench,
  x: Value,
  saved: Saved,
  projection: Operation | null,
  skipGradient: number,
  rectifier: Rectifier | null,
): Operation {
  const { kernels } = bench
  const { slope, cap } = rectifier ?? identity
  const output = allocate(bench, x.size)
  const skip = projection ? projection.output : saved.value
  return {
    output,
    inPlace: true,
    forward(pass) {
      projection?.forward(pass)
      kernels.sum(output.address, x.address, skip.address, pass.images * x.size, slope, cap)
    },
    backward(pass, dy) {
      if (rectifier) kernels.rectifyBackward(dy, dy, output.address, pass.images * x.size, slope, cap)
      if (projection) projection.backward(pass, dy, skipGradient)
      else if (skipGradient !== 0) kernels.copy(skipGradient, dy, pass.images * x.size)
    },
  }
}
