/** Every combination of the listed values of a sweep. */
import type { Assignment, Axis } from './axes.ts'
import type { Reader } from './fill.ts'
import { specMaker, type SpecResult } from './spec.ts'
import { toJson, type ExperimentTree, type Value } from './tree.ts'

export interface Combination {
  readonly result: SpecResult
  /** What was chosen at each axis that is active here. */
  readonly chosen: ReadonlyMap<string, Value>
}

/**
 * Visits every combination once, like an odometer whose wheels are the axes met on the way; the last turns fastest.
 * An axis over an interval counts as its two ends.
 */
export function* combinations(
  tree: ExperimentTree,
  axes: readonly Axis[],
  folder: string,
  broken?: Reader['broken'],
): Generator<Combination> {
  const make = specMaker(tree, axes, folder, broken)
  let wheels: { size: number; at: number }[] = []
  do {
    const met: typeof wheels = []
    const chosen = new Map<string, Value>()
    const result = make((path, written) => {
      const values = valuesOf(axes, path)
      const at = wheels[met.length]?.at ?? 0
      met.push({ size: values.length, at })
      const value = values[at] ?? written
      chosen.set(path, value)
      return value
    })
    yield { result, chosen }
    // Advance the last wheel that is not at its end; those behind it start anew.
    const turning = met.findLastIndex(wheel => wheel.at + 1 < wheel.size)
    wheels = met.slice(0, turning + 1).map((wheel, i) => (i === turning ? { ...wheel, at: wheel.at + 1 } : wheel))
  } while (wheels.length > 0)
}

/** Each value of each axis at least once, the other axes at their first value: for sweeps too large to visit whole. */
export function* oneAtATime(
  tree: ExperimentTree,
  axes: readonly Axis[],
  folder: string,
  broken?: Reader['broken'],
): Generator<Combination> {
  const make = specMaker(tree, axes, folder, broken)
  for (const axis of axes)
    for (const at of valuesOf(axes, axis.path)) {
      const chosen = new Map<string, Value>()
      const result = make((path, written) => {
        const needed = axis.condition?.path === path ? conditionValue(axes, axis.condition) : undefined
        const value = path === axis.path ? at : (needed ?? valuesOf(axes, path).at(0) ?? written)
        chosen.set(path, value)
        return value
      })
      yield { result, chosen }
    }
}

/** The value of another axis under which this condition holds. */
function conditionValue(axes: readonly Axis[], condition: NonNullable<Axis['condition']>): Value | undefined {
  return valuesOf(axes, condition.path).find(one => one.kind === 'string' && condition.values.includes(one.value))
}

function valuesOf(axes: readonly Axis[], path: string): readonly Value[] {
  const axis = axes.find(one => one.path === path)
  if (axis === undefined) return []
  if (axis.domain.kind === 'values') return axis.domain.values
  const { min, max } = axis.domain
  return [min, max].map(value => ({ kind: 'number', span: axis.span, value }))
}

export function assignmentOf({ chosen }: Combination): Assignment {
  return Object.fromEntries([...chosen].map(([path, value]) => [path, toJson(value)]))
}
