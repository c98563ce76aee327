/** Every combination, in the order of the axes: the last one turns fastest. */
import { multiple, stepRange } from './numberAxis.ts'
import { isActive, type Point, type SearchAxis, type Space } from './space.ts'

/** How many values an axis has; Infinity where it is continuous. */
export function axisSize(axis: SearchAxis): number {
  if (axis.kind === 'choice') return axis.count
  if (axis.step === null) return axis.min === axis.max ? 1 : Infinity
  const { first, last } = stepRange(axis.min, axis.max, axis.step)
  return last - first + 1
}

export function axisValue(axis: SearchAxis, index: number): number {
  if (axis.kind === 'choice') return index
  return axis.step === null ? axis.min : multiple(stepRange(axis.min, axis.max, axis.step).first + index, axis.step)
}

/** How many points the space has; Infinity where an axis is continuous. */
export function gridSize(space: Space): number {
  return countFrom(space, 0, {})
}

function countFrom(space: Space, at: number, point: Point): number {
  if (at === space.length) return 1
  const axis = space[at]
  if (!isActive(axis, point)) return countFrom(space, at + 1, point)
  const size = axisSize(axis)
  const dependents = space.some(other => other.condition?.axis === axis.name)
  // What follows is the same for every value that nothing depends on.
  if (!dependents) return size * countFrom(space, at + 1, { ...point, [axis.name]: axisValue(axis, 0) })
  let sum = 0
  for (let i = 0; i < size; i++) sum += countFrom(space, at + 1, { ...point, [axis.name]: axisValue(axis, i) })
  return sum
}

/**
 * Visits every point once.
 * @throws RangeError when an axis is continuous
 */
export function* gridPoints(space: Space, at = 0, point: Point = {}): Generator<Point> {
  if (at === space.length) {
    yield point
    return
  }
  const axis = space[at]
  if (!isActive(axis, point)) {
    yield* gridPoints(space, at + 1, point)
    return
  }
  const size = axisSize(axis)
  if (size === Infinity) throw new RangeError(`a grid cannot visit every number of ${axis.name}`)
  for (let i = 0; i < size; i++) yield* gridPoints(space, at + 1, { ...point, [axis.name]: axisValue(axis, i) })
}
