/** What stands after the product of a dense layer or a convolution: the bias and the rectifier, and their way back. */
import type { Kernels } from '../kernels.ts'
import type { Rectifier } from './operation.ts'

/** y = rectifier(y + bias), in place. @param bias address, 0 for none */
export function finishRows(
  kernels: Kernels,
  y: number,
  bias: number,
  rows: number,
  columns: number,
  rectifier: Rectifier | null,
): void {
  if (rectifier) {
    if (bias !== 0) kernels.addBiasRectify(y, bias, rows, columns, rectifier.slope, rectifier.cap)
    else kernels.rectify(y, y, rows * columns, rectifier.slope, rectifier.cap)
  } else if (bias !== 0) kernels.addBias(y, bias, rows, columns)
}

/** dy becomes the gradient before the rectifier; its sums go to the bias's gradient, added to what is there if told so. */
export function startRows(
  kernels: Kernels,
  dy: number,
  y: number,
  biasGradient: number,
  rows: number,
  columns: number,
  rectifier: Rectifier | null,
  accumulate: boolean,
): void {
  if (rectifier) kernels.rectifyBackward(dy, dy, y, rows * columns, rectifier.slope, rectifier.cap)
  if (biasGradient !== 0) kernels.columnSums(biasGradient, dy, rows, columns, accumulate)
}
