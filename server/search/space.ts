/**
 * What is searched: axes, and points on them. Everything here is a number, so that a search needs to know nothing of
 * what its choices mean.
 */

/** The axis exists only where another axis, one before it in the space, has one of these options. */
export interface Condition {
  readonly axis: string
  /** Indices of that axis's options. */
  readonly options: readonly number[]
}

/** One of several options without an order; a point names it by its index. */
export interface ChoiceAxis {
  readonly kind: 'choice'
  readonly name: string
  readonly count: number
  readonly condition: Condition | null
}

/** A number of the closed interval from `min` to `max`. */
export interface NumberAxis {
  readonly kind: 'number'
  readonly name: string
  readonly min: number
  readonly max: number
  /** `log`: every power of ten equally likely; then `min` is above 0. */
  readonly scale: 'linear' | 'log'
  /** Only multiples of this; `null`: any number. */
  readonly step: number | null
  readonly condition: Condition | null
}

export type SearchAxis = ChoiceAxis | NumberAxis
export type Space = readonly SearchAxis[]

/** The value at each axis that is active: the index of an option, or the number itself. */
export type Point = Readonly<Record<string, number>>

export interface Trial {
  readonly point: Point
  /** Lower is better. `null`: not known yet; `Infinity`: it failed. */
  readonly value: number | null
}

/** Whether an axis exists at a point that has a value for all axes before it. */
export function isActive(axis: SearchAxis, point: Point): boolean {
  const { condition } = axis
  return condition === null || (condition.axis in point && condition.options.includes(point[condition.axis]))
}

/** The same for the same point, whatever the order of its axes. */
export function pointKey(space: Space, point: Point): string {
  return space.map(axis => (axis.name in point ? String(point[axis.name]) : '')).join('|')
}

/** Whether the point has a value for each axis that is active, one that the axis allows, and for no other. */
export function fits(space: Space, point: Point): boolean {
  let active = 0
  for (const axis of space) {
    if (!isActive(axis, point)) continue
    active++
    if (!(axis.name in point)) return false
    const value = point[axis.name]
    const allowed =
      axis.kind === 'choice'
        ? Number.isInteger(value) && value >= 0 && value < axis.count
        : value >= axis.min && value <= axis.max
    if (!allowed) return false
  }
  return active === Object.keys(point).length
}

/** @throws RangeError when an axis has nothing to choose from, or its condition names no choice before it */
export function checkSpace(space: Space): void {
  const known = new Map<string, SearchAxis>()
  for (const axis of space) {
    if (known.has(axis.name)) throw new RangeError(`two axes are named ${axis.name}`)
    if (axis.kind === 'choice') {
      if (!(Number.isInteger(axis.count) && axis.count >= 1)) throw new RangeError(`${axis.name} has no options`)
    } else checkNumberAxis(axis)
    if (axis.condition !== null && known.get(axis.condition.axis)?.kind !== 'choice')
      throw new RangeError(`${axis.name} depends on ${axis.condition.axis}, which is no choice before it`)
    known.set(axis.name, axis)
  }
}

function checkNumberAxis({ name, min, max, scale, step }: NumberAxis): void {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) throw new RangeError(`${name} has no interval`)
  if (scale === 'log' && min <= 0) throw new RangeError(`${name} is logarithmic and starts at ${min}, not above 0`)
  if (step !== null && !(step > 0 && Math.floor(max / step + 1e-9) >= Math.ceil(min / step - 1e-9)))
    throw new RangeError(`${name} has no multiple of ${step} from ${min} to ${max}`)
}
