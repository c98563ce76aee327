/** When each step was made, in milliseconds since the first: a few hundred known pairs, straight lines between them. */
import { Curve } from './curve.ts'

/** Nothing ran after this step from one time to another; milliseconds since 1970. */
export interface Pause {
  readonly step: number
  readonly from: number
  readonly to: number
}

/** A step so near behind another that nothing lies between. */
const justAfter = 1e-3

export class Clock {
  readonly #times = new Curve(2048)
  readonly #pauses: Pause[] = []
  #start: number | undefined
  #known: { readonly version: number; readonly steps: Float64Array; readonly times: Float64Array } | undefined

  /** @param times milliseconds since 1970, in step with `steps`, both ascending */
  add(steps: ArrayLike<number>, times: ArrayLike<number>): void {
    this.#start ??= times.length > 0 ? times[0] : undefined
    this.#times.append(steps, times)
  }

  /** Later than all pauses before. */
  addPause(pause: Pause): void {
    this.#pauses.push(pause)
  }

  /** Grows with every change. */
  get version(): number {
    return this.#times.version + this.#pauses.length
  }

  /** Stretches in which nothing ran, on the same scale as `timeOf`. */
  get gaps(): { readonly from: number; readonly to: number }[] {
    const start = this.#start ?? 0
    return this.#pauses.map(({ from, to }) => ({ from: from - start, to: to - start }))
  }

  clear(): void {
    this.#times.clear()
    this.#pauses.length = 0
    this.#start = undefined
  }

  timeOf(step: number): number {
    const { steps, times } = this.#knots()
    return between(steps, times, lastAtOrBefore(steps, step), step) - (this.#start ?? 0)
  }

  stepAt(time: number): number {
    const { steps, times } = this.#knots()
    const wanted = time + (this.#start ?? 0)
    return between(times, steps, Math.max(0, lastAtOrBefore(times, wanted)), wanted)
  }

  /** The known pairs, with two for each pause: time goes on while the step stands. */
  #knots(): { readonly steps: Float64Array; readonly times: Float64Array } {
    const { version } = this
    if (this.#known?.version === version) return this.#known
    const { steps, values } = this.#times
    const pairs = Array.from(steps, (step, i) => [step, values[i]])
    for (const { step, from, to } of this.#pauses) {
      // A trainer that died may have been a little farther than what was noticed of it.
      const last = Math.max(step, steps[lastAtOrBefore(values, from)] ?? step)
      pairs.push([last, from], [last + justAfter, to])
    }
    pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1])
    let latest = -Infinity
    const times = Float64Array.from(pairs, pair => (latest = Math.max(latest, pair[1])))
    this.#known = { version, steps: Float64Array.from(pairs, pair => pair[0]), times }
    return this.#known
  }
}

/** −1 when all are greater. */
function lastAtOrBefore(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Value at x on the straight line through two neighbours; before the first and after the last, those. */
function between(xs: Float64Array, ys: Float64Array, index: number, x: number): number {
  if (xs.length === 0) return 0
  if (index < 0) return ys[0]
  if (index + 1 >= xs.length) return ys[xs.length - 1]
  const share = (x - xs[index]) / (xs[index + 1] - xs[index])
  return ys[index] + (ys[index + 1] - ys[index]) * Math.min(1, Math.max(0, share))
}
