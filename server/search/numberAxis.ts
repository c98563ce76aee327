/** Numbers of an axis, and the coordinate in which a search sees them: logarithmic where the axis is. */
import type { NumberAxis } from './space.ts'

/** Smallest and largest multiple of the step inside the interval, counted in steps. */
export function stepRange(min: number, max: number, step: number): { first: number; last: number } {
  return { first: Math.ceil(min / step - 1e-9), last: Math.floor(max / step + 1e-9) }
}

/** `k` steps, without the noise of the multiplication: 0.3, not 0.30000000000000004. */
export function multiple(k: number, step: number): number {
  return Number((k * step).toPrecision(12))
}

/** From where to where the coordinate goes. With steps it goes half a step further, so that all are as likely. */
export function coordinateRange({ min, max, scale, step }: NumberAxis): { low: number; high: number } {
  let [low, high] = [min, max]
  if (step !== null) {
    const { first, last } = stepRange(min, max, step)
    low = (first - 0.5) * step
    high = (last + 0.5) * step
  }
  return scale === 'log' ? { low: Math.log(low), high: Math.log(high) } : { low, high }
}

export function toCoordinate({ scale }: NumberAxis, value: number): number {
  return scale === 'log' ? Math.log(value) : value
}

/** The number of the axis that is nearest to a coordinate. */
export function fromCoordinate({ min, max, scale, step }: NumberAxis, coordinate: number): number {
  const value = scale === 'log' ? Math.exp(coordinate) : coordinate
  if (step === null) return Math.min(max, Math.max(min, value))
  const { first, last } = stepRange(min, max, step)
  return multiple(Math.min(last, Math.max(first, Math.round(value / step))), step)
}

/** The coordinates that become this number; `null` where it has a point of its own. */
export function cell(axis: NumberAxis, value: number): { low: number; high: number } | null {
  const { scale, step } = axis
  if (step === null) return null
  const k = Math.round(value / step)
  const [low, high] = [(k - 0.5) * step, (k + 0.5) * step]
  return scale === 'log' ? { low: Math.log(low), high: Math.log(high) } : { low, high }
}
