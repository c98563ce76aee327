/** Axes of a file → the space that a search sees, and points of it → values for the file. Distributions are W&B's. */
import type { Json } from '../catalog/entry.ts'
import type { Assignment, Axis } from '../experiment/axes.ts'
import { fromJson, toJson, type Value } from '../experiment/tree.ts'
import type { Condition, Point, SearchAxis, Space } from '../search/space.ts'

/** Axes that others depend on come first, else in the order of the file. */
export function toSpace(axes: readonly Axis[]): Space {
  const space: SearchAxis[] = []
  const waiting = [...axes]
  while (waiting.length > 0) {
    const next = waiting.findIndex(axis => !waiting.some(other => other.path === axis.condition?.path))
    if (next < 0) throw new RangeError('the axes of a sweep depend on each other in a circle')
    for (const axis of waiting.splice(next, 1)) space.push(toSearchAxis(axis, axes))
  }
  return space
}

function toSearchAxis(axis: Axis, axes: readonly Axis[]): SearchAxis {
  const { path: name, domain } = axis
  const condition = toCondition(axis, axes)
  if (domain.kind === 'values') return { kind: 'choice', name, count: domain.values.length, condition }
  const { min, max, distribution, q } = domain
  const scale = distribution === 'log_uniform_values' || distribution === 'q_log_uniform_values' ? 'log' : 'linear'
  return { kind: 'number', name, min, max, scale, step: distribution === 'int_uniform' ? 1 : q, condition }
}

function toCondition({ condition }: Axis, axes: readonly Axis[]): Condition | null {
  const parent = condition && axes.find(axis => axis.path === condition.path)
  // Where the other setting is no axis, its one value has been looked at already.
  if (!parent || parent.domain.kind !== 'values') return null
  const options = [...parent.domain.values.entries()].flatMap(([i, value]) =>
    value.kind === 'string' && condition.values.includes(value.value) ? [i] : [],
  )
  return { axis: parent.path, options }
}

/** What is written at each active axis for a point. */
export function toValues(point: Point, axes: readonly Axis[]): Map<string, Value> {
  const values = new Map<string, Value>()
  for (const { path, domain, span } of axes) {
    if (!(path in point)) continue
    const value =
      domain.kind === 'values' ? domain.values.at(point[path]) : fromJson(rounded(domain, point[path]), span)
    if (value) values.set(path, value)
  }
  return values
}

/** As short as it can be written: a ten-thousandth of the interval is finer than any result. */
function rounded({ min, max, distribution, q }: Extract<Axis['domain'], { kind: 'interval' }>, value: number): number {
  if (q !== null || distribution === 'int_uniform' || min === max) return value
  const span = distribution === 'log_uniform_values' ? value * Math.min(1, Math.log(max / min)) : max - min
  const digits = Math.min(15, Math.max(0, Math.ceil(-Math.log10(span / 10_000))))
  const scale = 10 ** digits
  return Math.min(max, Math.max(min, Number((Math.round(value * scale) / scale).toPrecision(12))))
}

/** The point of a run; `null` where the file no longer lists one of its values. */
export function toPoint(assignment: Assignment, axes: readonly Axis[]): Point | null {
  const point: Record<string, number> = {}
  for (const { path, domain } of axes) {
    if (!Object.hasOwn(assignment, path)) continue
    const value = assignment[path]
    const number = domain.kind === 'values' ? indexOf(domain.values, value) : value
    if (typeof number !== 'number' || number < 0) return null
    point[path] = number
  }
  return point
}

function indexOf(values: readonly Value[], json: Json): number {
  const text = JSON.stringify(json)
  return values.findIndex(value => JSON.stringify(toJson(value)) === text)
}
