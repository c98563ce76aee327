/** Names of runs: what sets one apart from its siblings, in few characters. */
import type { Json, Setting } from '../catalog/entry.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Axis, Assignment } from './axes.ts'

/** A run of a sweep: `α 0.2 lr 1e-3`. */
export function nameOfAssignment(assignment: Assignment, axes: readonly Axis[]): string {
  return Object.entries(assignment)
    .map(([path, value]) => labelValue(path, axes.find(axis => axis.path === path)?.setting, value))
    .join(' ')
}

/** A run alone: `semi-hard α 0.2`. */
export function nameOfSpec(spec: RunSpec): string {
  return spec.loss.softMargin
    ? `${spec.mining.strategy} soft margin`
    : `${spec.mining.strategy} α ${formatNumber(spec.loss.margin)}`
}

function labelValue(path: string, setting: Setting | undefined, value: Json): string {
  const key = path.slice(path.lastIndexOf('.') + 1)
  // A choice, or an object with its settings, speaks for itself: `batch-hard`.
  if (typeof value === 'string' || (typeof value === 'object' && !Array.isArray(value))) return formatJson(value)
  return `${setting?.symbol ?? key} ${formatJson(value)}`
}

function formatJson(value: Json): string {
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const parts: readonly Json[] = Object.values(value)
  return parts.map(formatJson).join(Array.isArray(value) ? '-' : ' ')
}

/** At most four significant digits, and 1e-3 rather than 0.001. */
export function formatNumber(value: number): string {
  if (value === 0 || Number.isInteger(value)) return String(value)
  const rounded = Number(value.toPrecision(4))
  if (Math.abs(rounded) >= 0.01) return String(rounded)
  return rounded.toExponential().replace('e+', 'e')
}
