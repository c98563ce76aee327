/**
 * The three directions in which codes differ most, by subspace iteration on their covariance; enough for a map, and done
 * in some milliseconds for a few hundred codes.
 */
import type { Codes } from './distance.ts'

const iterations = 60

/**
 * @param before an earlier projection of the same codes: directions are turned so that the points move as little as they can
 * @returns [n, 3], row-major, centred; directions in falling order of variance
 */
export function pca(codes: Codes, before?: Float32Array): Float32Array {
  const { count, size } = codes
  const components = Math.min(3, size)
  const centred = centre(codes)
  const basis = Array.from({ length: components }, (_, k) =>
    Float64Array.from({ length: size }, (_, i) => Math.cos((k + 1) * (i + 1) * 1.7)),
  )
  orthonormalise(basis)
  const row = new Float64Array(components)
  for (let iteration = 0; iteration < iterations; iteration++) {
    const next = basis.map(() => new Float64Array(size))
    for (let point = 0; point < count; point++) {
      for (let k = 0; k < components; k++) {
        let sum = 0
        for (let i = 0; i < size; i++) sum += centred[point * size + i] * basis[k][i]
        row[k] = sum
      }
      for (let k = 0; k < components; k++)
        for (let i = 0; i < size; i++) next[k][i] += row[k] * centred[point * size + i]
    }
    for (let k = 0; k < components; k++) basis[k].set(next[k])
    orthonormalise(basis)
  }
  const projected = new Float32Array(count * 3)
  for (let point = 0; point < count; point++)
    for (let k = 0; k < components; k++) {
      let sum = 0
      for (let i = 0; i < size; i++) sum += centred[point * size + i] * basis[k][i]
      projected[point * 3 + k] = sum
    }
  sortByVariance(projected, count)
  if (before?.length === projected.length) turnTowards(projected, before, count)
  return projected
}

function centre({ data, count, size }: Codes): Float64Array {
  const centred = Float64Array.from(data)
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (let point = 0; point < count; point++) sum += centred[point * size + i]
    for (let point = 0; point < count; point++) centred[point * size + i] -= sum / count
  }
  return centred
}

/** Gram–Schmidt; a direction that vanishes (codes that are all the same) becomes zero. */
function orthonormalise(basis: Float64Array[]): void {
  for (let k = 0; k < basis.length; k++) {
    for (let j = 0; j < k; j++) {
      let dot = 0
      for (let i = 0; i < basis[k].length; i++) dot += basis[k][i] * basis[j][i]
      for (let i = 0; i < basis[k].length; i++) basis[k][i] -= dot * basis[j][i]
    }
    const norm = Math.hypot(...basis[k])
    for (let i = 0; i < basis[k].length; i++) basis[k][i] = norm > 1e-12 ? basis[k][i] / norm : 0
  }
}

function sortByVariance(projected: Float32Array, count: number): void {
  const variance = [0, 1, 2].map(k => {
    let sum = 0
    for (let point = 0; point < count; point++) sum += projected[point * 3 + k] ** 2
    return sum
  })
  const order = [0, 1, 2].sort((a, b) => variance[b] - variance[a])
  for (let point = 0; point < count; point++) {
    const values = order.map(k => projected[point * 3 + k])
    projected.set(values, point * 3)
  }
}

function turnTowards(projected: Float32Array, before: Float32Array, count: number): void {
  for (let k = 0; k < 3; k++) {
    let agreement = 0
    for (let point = 0; point < count; point++) agreement += projected[point * 3 + k] * before[point * 3 + k]
    if (agreement >= 0) continue
    for (let point = 0; point < count; point++) projected[point * 3 + k] *= -1
  }
}
