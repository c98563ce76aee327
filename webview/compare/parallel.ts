/** Parallel coordinates: each run a line through its settings and its result. */
import { type RunRow } from '../../protocol/runEvent.ts'
import type { Flat } from '../../protocol/specDifference.ts'

export interface ParallelAxis {
  readonly path: string
  /** Ticks from bottom (0) to top (1). */
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
  /** Where each run crosses it; `null` where it has no value. */
  readonly positions: readonly (number | null)[]
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
  const names = [...new Set(values.map(value => String(value ?? '–')))].sort()
  const at = (name: string) => (names.length === 1 ? 0.5 : names.indexOf(name) / (names.length - 1))
  return {
    path,
    ticks: names.map(name => ({ at: at(name), label: name })),
    positions: values.map(value => at(String(value ?? '–'))),
  }
}

function numericAxis(path: string, values: readonly Value[], numbers: readonly number[]): ParallelAxis {
  const low = Math.min(...numbers)
  const high = Math.max(...numbers)
  const isLog = low > 0 && high / low > 30
  const scale = (value: number) => (isLog ? Math.log(value) : value)
  const span = scale(high) - scale(low)
  const at = (value: number) => (span === 0 ? 0.5 : (scale(value) - scale(low)) / span)
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const ticks = distinct.length <= 6 ? distinct : [low, high]
  return {
    path,
    ticks: ticks.map(value => ({ at: at(value), label: String(Number(value.toPrecision(3))) })),
    positions: values.map(value => (typeof value === 'number' ? at(value) : null)),
  }
}
