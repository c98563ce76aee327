/** Parallel coordinates: each run a line through its settings and its result. */
import { type RunRow } from '../../protocol/runEvent.ts'
import type { Flat } from '../../protocol/specDifference.ts'

export interface ParallelAxis {
  readonly path: string
  /** Ticks from bottom (0) to top (1). */
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
  /** Where each run crosses it; `null` where it has no value. */
  readonly positions: readonly (number | null)[]
  /** What each run has there, in step with `positions`. */
  readonly values: readonly Value[]
  /** From numbers to positions and back; `null` where the values are listed, each at a place of its own. */
  readonly scale: Scale | null
}

interface Scale {
  readonly at: (value: number) => number
  /** @param position 0 to 1 */
  readonly valueAt: (position: number) => number
}

export function parallelAxes(
  runs: readonly RunRow[],
  flats: readonly Flat[],
  paths: readonly string[],
  metric: { readonly name: string; readonly values: readonly (number | undefined)[] },
): ParallelAxis[] {
  if (runs.length === 0) return []
  const settings = paths.map(path =>
    axisOf(
      path,
      flats.map(flat => flat.get(path)),
    ),
  )
  return [...settings, axisOf(metric.name, metric.values)]
}

export type Value = string | number | boolean | null | undefined

/** Numbers by size (by their logarithms where they span more than a factor of 30), everything else in even steps. */
export function axisOf(path: string, values: readonly Value[]): ParallelAxis {
  const numbers = values.filter(value => typeof value === 'number')
  if (numbers.length > 0 && values.every(value => typeof value === 'number' || value === undefined || value === null))
    return numericAxis(path, values, numbers)
  const names = [...new Set(values.map(nameOf))].sort()
  const at = (name: string) => (names.length === 1 ? 0.5 : names.indexOf(name) / (names.length - 1))
  return {
    path,
    ticks: names.map(name => ({ at: at(name), label: name })),
    positions: values.map(value => at(nameOf(value))),
    values,
    scale: null,
  }
}

/** What a value is called where the values of an axis are listed. */
export function nameOf(value: Value): string {
  return String(value ?? '–')
}

function numericAxis(path: string, values: readonly Value[], numbers: readonly number[]): ParallelAxis {
  const low = Math.min(...numbers)
  const high = Math.max(...numbers)
  const isLog = low > 0 && high / low > 30
  const along = (value: number) => (isLog ? Math.log(Math.max(value, Number.MIN_VALUE)) : value)
  const span = along(high) - along(low)
  const at = (value: number) => (span === 0 ? 0.5 : (along(value) - along(low)) / span)
  const valueAt = (position: number) => {
    // Not by a way through logarithms and back: the runs at the ends have these very numbers.
    if (position <= 0) return low
    if (position >= 1) return high
    const value = along(low) + position * span
    return isLog ? Math.exp(value) : value
  }
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const ticks = distinct.length <= 6 ? distinct : [low, high]
  return {
    path,
    ticks: ticks.map(value => ({ at: at(value), label: String(Number(value.toPrecision(3))) })),
    positions: values.map(value => (typeof value === 'number' ? at(value) : null)),
    values,
    // Of a single number there is no more than that.
    scale: span === 0 ? null : { at, valueAt },
  }
}
