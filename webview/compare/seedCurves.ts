/** Curves of repeats as one: their mean, and the interval that it lies in. Pure. */
import type { Placed } from '../charts/layers.ts'
import { repeats } from './statistics.ts'

export interface GroupCurve {
  readonly xs: Float64Array
  readonly mean: Float64Array
  /** The 95 % confidence interval of the mean; the mean itself where there is one curve alone. */
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Places at which long curves are compared. */
const places = 200

/** @param curves of the same metric, none empty; the group is where all of them are */
export function groupCurve(curves: readonly Placed[]): GroupCurve {
  const first = Math.max(...curves.map(curve => curve.xs[0]))
  const last = Math.min(...curves.map(curve => curve.xs[curve.xs.length - 1]))
  // Few points are compared where they are: evaluations of all repeats come at the same steps.
  const own = curves[0].xs.filter(x => x >= first && x <= last)
  const xs =
    own.length <= places
      ? own
      : Float64Array.from({ length: places }, (_, i) => first + (i * (last - first)) / (places - 1))
  const [mean, low, high] = [0, 1, 2].map(() => new Float64Array(xs.length))
  for (const [i, x] of xs.entries()) {
    const one = repeats(curves.map(curve => valueAt(curve, x)))
    mean[i] = one.mean
    low[i] = one.mean - (one.halfWidth ?? 0)
    high[i] = one.mean + (one.halfWidth ?? 0)
  }
  return { xs, mean, low, high }
}

/** On the straight line between the two points around it. */
function valueAt({ xs, values }: Placed, x: number): number {
  let low = 0
  let high = xs.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (xs[middle] <= x) low = middle
    else high = middle - 1
  }
  if (low === xs.length - 1 || xs[low] >= x) return values[low]
  const share = (x - xs[low]) / (xs[low + 1] - xs[low])
  return values[low] + share * (values[low + 1] - values[low])
}
