/** Axes of a sweep: wherever one value stands, `{ "values": […] }` or `{ "min", "max", "distribution" }` gives several. */
import type { Json, Setting } from '../catalog/entry.ts'
import type { Distribution } from '../catalog/sweeps.ts'
import { member, type Span, type Value } from './tree.ts'

export type Domain =
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | {
      readonly kind: 'interval'
      readonly min: number
      readonly max: number
      readonly distribution: Distribution
      /** Step of the q_ distributions; `null` for the others. */
      readonly q: number | null
    }

export interface Axis {
  /** Keys and list positions joined by dots: `loss.margin`, `model.layers.0.filters`. */
  readonly path: string
  readonly setting: Setting
  readonly domain: Domain
  /** The object with `values` or `min` and `max`. */
  readonly span: Span
  /** Only where this other axis has one of these values: the fallback of semi-hard, where the miner is an axis too. */
  readonly condition: { readonly path: string; readonly values: readonly string[] } | null
}

const intervalKeys = ['min', 'max', 'distribution', 'q'] as const

/** Whether a value is written as an axis. Objects with keys of their own can only list `values`. */
export function isAxis(setting: Setting, value: Value): boolean {
  if (value.kind !== 'object' || setting.kind === 'object') return false
  if (member(value, 'values') !== undefined) return true
  return (
    setting.kind !== 'variant' &&
    setting.kind !== 'oneOf' &&
    setting.kind !== 'list' &&
    intervalKeys.some(key => member(value, key) !== undefined)
  )
}

/** How many runs a grid over these axes has; Infinity where an interval is among them. */
export function countCombinations(axes: readonly Axis[]): number {
  let product = 1
  for (const axis of axes) {
    if (axis.condition !== null) continue
    const dependents = axes.filter(other => other.condition?.path === axis.path)
    if (axis.domain.kind === 'interval') return Infinity
    if (dependents.length === 0) {
      product *= axis.domain.values.length
      continue
    }
    let sum = 0
    for (const value of axis.domain.values) {
      const active = dependents.filter(one => value.kind === 'string' && one.condition?.values.includes(value.value))
      sum += active.reduce((n, one) => n * (one.domain.kind === 'values' ? one.domain.values.length : Infinity), 1)
    }
    product *= sum
  }
  return product
}

/** What one run of a sweep has at each axis that is active in it. */
export type Assignment = Readonly<Record<string, Json>>
