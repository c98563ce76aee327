/** From curves to what a chart draws: positions on the axis, thinned to the pixels there are. Pure. */
import type { Curve } from '../data/curve.ts'
import { minMaxBuckets } from '../data/decimate.ts'
import { smooth } from '../data/smooth.ts'

export interface Point {
  x: number
  y: number
}

/** The part of the axis in view, and how wide it is on screen. */
export interface Window {
  readonly min: number
  readonly max: number
  readonly pixels: number
  readonly log: boolean
}

/** Where a step stands on the axis: itself, an epoch, or a time. Ascending. */
export type AxisOf = (step: number) => number

/** A curve with its positions on the axis, made once a frame and shared by the lines drawn from it. */
export interface Placed {
  readonly steps: Float64Array
  readonly xs: Float64Array
  readonly values: Float64Array
  /** How many points each one stands for; 1 when not given. */
  readonly weights?: Float64Array
}

export function place(curve: Curve, axisOf: AxisOf): Placed {
  const { steps, values } = curve
  return { steps, xs: placeSteps(steps, axisOf), values }
}

/** The means of a curve, with their positions on the axis. */
export function placeMeans({ means }: Curve, axisOf: AxisOf): Placed {
  const { steps, values, weights } = means
  return { steps, xs: placeSteps(steps, axisOf), values, weights }
}

function placeSteps(steps: Float64Array, axisOf: AxisOf): Float64Array {
  const xs = new Float64Array(steps.length)
  for (let i = 0; i < steps.length; i++) xs[i] = axisOf(steps[i])
  return xs
}

/** Placed means with smoothed values. */
export function smoothed(placed: Placed, factor: number): Placed {
  const values = new Float64Array(placed.values.length)
  smooth(placed.xs, placed.values, factor, values, placed.weights)
  return { ...placed, values }
}

/**
 * The points of a line in the window, one beyond each edge so that the line leaves the view and does not end in it.
 * A logarithmic axis shows positive values only; others leave a gap.
 */
export function linePoints(placed: Placed, view: Window, logY: boolean): Point[] {
  const { values } = placed
  const first = firstShown(view)
  const xs = view.log ? placed.xs.map(x => Math.log10(Math.max(x, first))) : placed.xs
  const { from, to } = inView(placed.xs, view)
  const indices = minMaxBuckets(xs, values, from, to, Math.max(1, Math.floor(view.pixels)))
  const points: Point[] = []
  for (const index of indices) {
    const x = placed.xs[index]
    if (view.log && x <= 0) continue
    const value = values[index]
    points.push({ x, y: Number.isFinite(value) && !(logY && value <= 0) ? value : NaN })
  }
  return points
}

/** A stretch of the axis in which nothing ran. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** Breaks a line where it would cross a gap. @param gaps ascending */
export function cutAtGaps(points: Point[], gaps: readonly Gap[]): Point[] {
  if (gaps.length === 0) return points
  const cut: Point[] = []
  let next = 0
  for (const [i, point] of points.entries()) {
    while (next < gaps.length && gaps[next].to <= (i === 0 ? -Infinity : points[i - 1].x)) next++
    const crosses = i > 0 && next < gaps.length && points[i - 1].x <= gaps[next].from && point.x >= gaps[next].to
    if (crosses) cut.push({ x: (gaps[next].from + gaps[next].to) / 2, y: NaN })
    cut.push(point)
  }
  return cut
}

/**
 * Shares of a whole as lines to be filled between: for each stretch of about three pixels the mean of each part, scaled
 * so that they add up to 1, then added up from below.
 *
 * @param parts curves of the same steps, from the lowest to the highest band
 * @returns the upper edge of each band, in the order of `parts`
 */
export function stackedShares(parts: readonly Placed[], view: Window): Point[][] {
  const first = parts.at(0)
  if (first === undefined) return []
  const { from, to } = inView(first.xs, view)
  const buckets = Math.max(1, Math.min(Math.floor(view.pixels / 3), to - from))
  const edges = axisEdges(first.xs, from, to, view, buckets)
  const means = parts.map(part => bucketMeans(part, edges))
  const tops: Point[][] = parts.map(() => [])
  for (let bucket = 0; bucket < buckets; bucket++) {
    const total = means.reduce((sum, one) => sum + one[bucket], 0)
    if (!(total > 0)) continue
    const x = (edges[bucket] + edges[bucket + 1]) / 2
    let sum = 0
    for (let part = 0; part < parts.length; part++) {
      sum += means[part][bucket] / total
      tops[part].push({ x, y: part === parts.length - 1 ? 1 : sum })
    }
  }
  return tops
}

function inView(xs: Float64Array, view: Window): { from: number; to: number } {
  let from = 0
  let to = xs.length
  while (from + 1 < to && xs[from + 1] < view.min) from++
  while (to - 1 > from && xs[to - 2] > view.max) to--
  return { from, to }
}

/**
 * Where a logarithmic axis begins. What lies before it counts as lying there: the first step is at time 0, and of stretches
 * that are shared out from there none would be left for what is in view.
 */
function firstShown({ min }: Window): number {
  return min > 0 ? min : Number.MIN_VALUE
}

function axisEdges(xs: Float64Array, from: number, to: number, view: Window, buckets: number): Float64Array {
  const low = view.log ? Math.max(xs[from], firstShown(view)) : xs[from]
  const high = xs[to - 1]
  const edges = new Float64Array(buckets + 1)
  for (let i = 0; i <= buckets; i++) {
    const share = i / buckets
    edges[i] = view.log && low > 0 ? low * Math.pow(high / low, share) : low + (high - low) * share
  }
  return edges
}

/** Mean of a curve in each bucket; where a bucket has no point, the value before. */
function bucketMeans(part: Placed, edges: Float64Array): Float64Array {
  const buckets = edges.length - 1
  const means = new Float64Array(buckets).fill(NaN)
  let before = NaN
  let i = 0
  for (; i < part.xs.length && part.xs[i] < edges[0]; i++) if (Number.isFinite(part.values[i])) before = part.values[i]
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = bucket === buckets - 1 ? Infinity : edges[bucket + 1]
    let sum = 0
    let count = 0
    for (; i < part.xs.length && part.xs[i] < end; i++) {
      const value = part.values[i]
      if (!Number.isFinite(value)) continue
      const weight = part.weights === undefined ? 1 : part.weights[i]
      sum += weight * value
      count += weight
    }
    if (count > 0) before = sum / count
    means[bucket] = before
  }
  return means
}
