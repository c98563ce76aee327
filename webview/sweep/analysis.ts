/** Numbers behind the charts of a sweep. */
import type { SweepAxis, SweepInfo } from '../../protocol/sweeps.ts'
import { importance } from '../compare/statistics.ts'
import type { Combination, Plain } from './model.ts'

/** A result, and the best of all until then. */
export interface Step {
  readonly combination: Combination
  readonly score: number
  readonly best: number
}

/** In the order in which the results came. */
export function bestSoFar({ goal }: SweepInfo, combinations: readonly Combination[]): Step[] {
  const scored = combinations
    .flatMap(combination => (combination.score === null ? [] : [{ combination, score: combination.score }]))
    .sort((a, b) => a.combination.at - b.combination.at || a.combination.number - b.combination.number)
  let best = goal === 'maximize' ? -Infinity : Infinity
  return scored.map(({ combination, score }) => {
    best = goal === 'maximize' ? Math.max(best, score) : Math.min(best, score)
    return { combination, score, best }
  })
}

/** Which axes matter, most first: the share of the results' variance that each explains on its own. */
export function importances(
  { axes }: SweepInfo,
  combinations: readonly Combination[],
): { readonly path: string; readonly share: number }[] {
  return axes
    .flatMap(({ path }) => {
      const own = combinations.filter(one => one.score !== null && one.values.has(path))
      const share = importance(
        own.map(one => one.values.get(path)),
        own.map(one => one.score ?? 0),
      )
      return share === null ? [] : [{ path, share }]
    })
    .sort((a, b) => b.share - a.share)
}

/** Where the values of an axis stand, from 0 to 1, and what is written there. */
export interface AxisScale {
  readonly path: string
  readonly isNumeric: boolean
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
  /** `null` for a value that the axis does not have. */
  readonly place: (value: Plain | undefined) => number | null
}

/** @param used values that the runs have: a changed sweep may have some that its axis no longer lists */
export function axisScale(axis: SweepAxis, used: readonly Plain[]): AxisScale {
  const listed = axis.values === null ? [axis.min ?? 0, axis.max ?? 1] : axis.values
  const numbers = [...listed, ...used].filter(value => typeof value === 'number')
  if (numbers.length === listed.length + used.length) return numericScale(axis, numbers, axis.values !== null)
  const names = [...new Set([...listed, ...used].map(label))]
  const at = (name: string) => (names.length === 1 ? 0.5 : names.indexOf(name) / (names.length - 1))
  return {
    path: axis.path,
    isNumeric: false,
    ticks: names.map(name => ({ at: at(name), label: name })),
    place: value => (value === undefined || !names.includes(label(value)) ? null : at(label(value))),
  }
}

function numericScale({ path, log }: SweepAxis, numbers: readonly number[], isListed: boolean): AxisScale {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const isLog = log && low > 0
  const to = (value: number) => (isLog ? Math.log(value) : value)
  const span = to(high) - to(low)
  const place = (value: number) => (span === 0 ? 0.5 : (to(value) - to(low)) / span)
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2
  const ticks = isListed && distinct.length <= 6 ? distinct : span === 0 ? [low] : [low, middle, high]
  return {
    path,
    isNumeric: true,
    ticks: ticks.map(value => ({ at: place(value), label: short(value) })),
    place: value => (typeof value === 'number' ? place(value) : null),
  }
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded !== 0 && Math.abs(rounded) < 0.01 ? rounded.toExponential().replace('e+', 'e') : String(rounded)
}

function label(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export interface PlacedResult {
  readonly x: number
  readonly y: number
  readonly score: number
}

/**
 * A surface through results that lie anywhere: at each place of a grid the mean of the results, the nearer the heavier
 * (Nadaraya and Watson's estimator with a Gaussian kernel, as wide as the typical way between results).
 *
 * @param size places in each direction
 * @returns row-major [size, size], the first row at y = 0; empty without results
 */
export function surface(results: readonly PlacedResult[], size: number): Float64Array {
  if (results.length === 0) return new Float64Array()
  const width = Math.max(0.06, 0.5 / Math.sqrt(results.length))
  const values = new Float64Array(size * size)
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const [x, y] = [column / (size - 1), row / (size - 1)]
      const ways = results.map(one => ((one.x - x) ** 2 + (one.y - y) ** 2) / (2 * width ** 2))
      // Relative to the nearest, so that far from all results the nearest one speaks.
      const nearest = Math.min(...ways)
      let weights = 0
      let sum = 0
      for (const [i, way] of ways.entries()) {
        const weight = Math.exp(nearest - way)
        weights += weight
        sum += weight * results[i].score
      }
      values[row * size + column] = sum / weights
    }
  return values
}
