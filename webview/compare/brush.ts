/**
 * Which runs are picked out on the axes: those that lie in every stretch that was marked. A stretch is kept as the values
 * that it means: the ends of an axis follow the runs, and with them every position on it. Pure.
 */
import { nameOf, type ParallelAxis, type Value } from './parallel.ts'

/** What is marked on an axis: numbers from one to another, or some of the values that it lists. */
export type Brush =
  | { readonly kind: 'numbers'; readonly low: number; readonly high: number }
  | { readonly kind: 'names'; readonly names: ReadonlySet<string> }

/** By the axis's path. */
export type Brushes = ReadonlyMap<string, Brush>

/** From low to high, 0 to 1. */
export type Stretch = readonly [number, number]

/** Of the height of an axis: less is not meant. */
const leastStretch = 0.02
/** How far the mark of a listed value goes beyond it. */
const rim = 0.03

/** Whether each run is in all that is marked; a run without a value is in no stretch of numbers. */
export function passing(axes: readonly ParallelAxis[], brushes: Brushes, runs: number): boolean[] {
  return Array.from({ length: runs }, (_, run) =>
    axes.every(axis => {
      const brush = brushes.get(axis.path)
      return brush === undefined || (axis.positions[run] !== null && isIn(brush, axis.values[run]))
    }),
  )
}

/** What a stretch between two positions means; `null` when it is too short to be meant, or nothing is there. */
export function brushOn({ scale, values, positions }: ParallelAxis, from: number, to: number): Brush | null {
  const low = Math.max(0, Math.min(from, to))
  const high = Math.min(1, Math.max(from, to))
  if (high - low < leastStretch) return null
  if (scale !== null) return { kind: 'numbers', low: scale.valueAt(low), high: scale.valueAt(high) }
  const names = new Set(
    values.flatMap((value, run) => {
      const at = positions[run]
      return at !== null && at >= low && at <= high ? [nameOf(value)] : []
    }),
  )
  return names.size === 0 ? null : { kind: 'names', names }
}

/** Where what is marked lies on an axis as it is now, ascending; of listed values those beside one another as one. */
export function marked({ scale, values, positions }: ParallelAxis, brush: Brush): Stretch[] {
  if (scale !== null && brush.kind === 'numbers') {
    const low = Math.max(0, scale.at(brush.low))
    const high = Math.min(1, scale.at(brush.high))
    return low < high ? [[low, high]] : []
  }
  const isMarked = new Map<number, boolean>()
  for (const [run, value] of values.entries()) {
    const at = positions[run]
    if (at !== null) isMarked.set(at, isIn(brush, value))
  }
  const stretches: [number, number][] = []
  let goesOn = false
  for (const [at, isOwn] of [...isMarked].sort((a, b) => a[0] - b[0])) {
    const last = stretches.at(-1)
    if (isOwn && goesOn && last !== undefined) last[1] = Math.min(1, at + rim)
    else if (isOwn) stretches.push([Math.max(0, at - rim), Math.min(1, at + rim)])
    goesOn = isOwn
  }
  return stretches
}

function isIn(brush: Brush, value: Value): boolean {
  if (brush.kind === 'names') return brush.names.has(nameOf(value))
  return typeof value === 'number' && value >= brush.low && value <= brush.high
}
