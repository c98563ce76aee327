/** Layers that work on every number by itself: rectifiers that stand alone, and dropout. */
import { streamKey } from '../../../models/counterRandom.ts'
import { type Operation, type Pass, type Rectifier, type Value, type Workbench, allocate } from './operation.ts'

export function rectify(bench: Workbench, x: Value, { slope, cap }: Rectifier): Operation {
  const { kernels } = bench
  const output = allocate(bench, x.size)
  return {
    output,
    inPlace: true,
    forward({ images }) {
      kernels.rectify(output.address, x.address, images * x.size, slope, cap)
    },
    backward({ images }, dy, dx) {
      kernels.rectifyBackward(dx, dy, output.address, images * x.size, slope, cap)
    },
  }
}

/** Draws the same numbers as `dropoutMask` in models/counterRandom.ts. @param layer position in the network */
export function dropout(bench: Workbench, x: Value, layer: number, rate: number): Operation {
  const { kernels } = bench
  const output = allocate(bench, x.size)
  const threshold = rate * 4294967296
  const kept = 1 / (1 - rate)
  const drop = (pass: Pass, to: number, from: number): void => {
    const key = streamKey(bench.seed, 'dropout', layer, pass.step)
    kernels.dropout(to, from, pass.images * x.size, key, pass.first * x.size, threshold, kept)
  }
  return {
    output,
    inPlace: true,
    forward(pass) {
      if (pass.training) drop(pass, output.address, x.address)
      else kernels.copy(output.address, x.address, pass.images * x.size)
    },
    backward(pass, dy, dx) {
      drop(pass, dx, dy)
    },
  }
}
