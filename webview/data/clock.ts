/** When each step was made, in milliseconds since the first: a few hundred known pairs, straight lines between them. */
import { Curve } from './curve.ts'

export class Clock {
  readonly #times = new Curve(2048)
  #start: number | undefined

  /** @param times milliseconds since 1970, in step with `steps`, both ascending */
  add(steps: ArrayLike<number>, times: ArrayLike<number>): void {
    this.#start ??= times.length > 0 ? times[0] : undefined
    this.#times.append(steps, times)
  }

  /** Grows with every change. */
  get version(): number {
    return this.#times.version
  }

  clear(): void {
    this.#times.clear()
    this.#start = undefined
  }

  timeOf(step: number): number {
    const { steps, values } = this.#times
    return between(steps, values, this.#times.indexAt(step), step) - (this.#start ?? 0)
  }

  stepAt(time: number): number {
    const { steps, values } = this.#times
    const wanted = time + (this.#start ?? 0)
    let index = 0
    while (index + 1 < values.length && values[index + 1] <= wanted) index++
    return between(values, steps, index, wanted)
  }
}

/** Value at x on the straight line through two neighbours; before the first and after the last, those. */
function between(xs: Float64Array, ys: Float64Array, index: number, x: number): number {
  if (xs.length === 0) return 0
  if (index < 0) return ys[0]
  if (index + 1 >= xs.length) return ys[xs.length - 1]
  const share = (x - xs[index]) / (xs[index + 1] - xs[index])
  return ys[index] + (ys[index + 1] - ys[index]) * Math.min(1, Math.max(0, share))
}
