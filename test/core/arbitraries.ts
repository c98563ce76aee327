import fc from 'fast-check'
import type { DistanceKind } from '../../server/core/distances/pairwise.ts'
import type { Matrix } from './oracles.ts'

export interface LabelledRows {
  readonly rows: Matrix
  readonly labels: readonly number[]
}

/** Batches of 0 to `maxRows` rows on a coarse grid, so that ties, coincident points and zero rows are common. */
export function batches(maxRows = 9): fc.Arbitrary<LabelledRows> {
  return fc
    .tuple(fc.integer({ min: 0, max: maxRows }), fc.integer({ min: 1, max: 4 }), fc.boolean())
    .chain(([n, d, coarse]) => {
      const coordinate = coarse
        ? fc.integer({ min: -2, max: 2 })
        : fc.double({ min: -2, max: 2, noNaN: true }).map(x => Math.fround(x))
      return fc.record({
        rows: fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { minLength: n, maxLength: n }),
        labels: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n }),
      })
    })
}

export const distanceKinds: fc.Arbitrary<DistanceKind> = fc.constantFrom('euclidean', 'squared-euclidean', 'cosine')

export function flat(rows: Matrix): Float32Array {
  return Float32Array.from(rows.flat())
}

/** Rows of standard normal numbers, brought to unit length when asked. */
export function normalRows(random: { normal(): number }, n: number, d: number, unit: boolean): number[][] {
  return Array.from({ length: n }, () => {
    const row = Array.from({ length: d }, () => random.normal())
    const norm = unit ? Math.hypot(...row) : 1
    return row.map(x => Math.fround(x / norm))
  })
}
