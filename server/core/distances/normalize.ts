/** Rows on the unit sphere, and the way back for gradients. Networks that end in L2 normalisation do this themselves. */
import { type Floats, inverseNorms } from './pairwise.ts'

/**
 * Divides every row by its Euclidean norm; rows of zeros stay zeros.
 * @param x row-major [n, d]
 * @param into row-major [n, d]; may be `x`
 */
export function l2Normalize(x: Floats, n: number, d: number, into: Floats): void {
  const scale = inverseNorms(x, n, d)
  for (let i = 0; i < n; i++) {
    for (let k = i * d; k < (i + 1) * d; k++) into[k] = x[k] * scale[i]
  }
}

/**
 * dL/dx from dL/du, where u = x/‖x‖:  (g − (g·u) u) / ‖x‖. Zero for rows of zeros, where there is no derivative.
 * @param x row-major [n, d], the rows before normalisation
 * @param gradient dL/du, row-major [n, d]
 * @param into dL/dx, row-major [n, d]; may be `gradient`
 */
export function l2NormalizeBackward(x: Floats, gradient: Floats, n: number, d: number, into: Floats): void {
  const scale = inverseNorms(x, n, d)
  for (let i = 0; i < n; i++) {
    const s = scale[i]
    let along = 0
    for (let k = i * d; k < (i + 1) * d; k++) along += gradient[k] * x[k] * s
    for (let k = i * d; k < (i + 1) * d; k++) into[k] = (gradient[k] - along * x[k] * s) * s
  }
}
