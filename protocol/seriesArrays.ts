/**
 * Curves on their way to a page. As arrays of doubles they cross postMessage as bytes; as lists of numbers they would be
 * written as text, read again, and looked at one by one.
 */
import * as v from 'valibot'
import type { Series } from './runEvent.ts'

const numbers = v.instance(Float64Array)

const sameLength = (...columns: readonly Float64Array[]) => columns.every(({ length }) => length === columns[0].length)

/** As `Series`. */
export const SeriesArrays = v.pipe(
  v.object({
    metric: v.string(),
    steps: numbers,
    values: numbers,
    means: v.optional(
      v.pipe(
        v.object({ steps: numbers, values: numbers, weights: numbers }),
        v.check(({ steps, values, weights }) => sameLength(steps, values, weights), 'A mean lacks its step or weight.'),
      ),
    ),
  }),
  v.check(({ steps, values }) => sameLength(steps, values), 'A value lacks its step.'),
)
export type SeriesArrays = v.InferOutput<typeof SeriesArrays>

export function toArrays({ metric, steps, values, means }: Series): SeriesArrays {
  return {
    metric,
    steps: Float64Array.from(steps),
    values: Float64Array.from(values),
    ...(means && {
      means: {
        steps: Float64Array.from(means.steps),
        values: Float64Array.from(means.values),
        weights: Float64Array.from(means.weights),
      },
    }),
  }
}
