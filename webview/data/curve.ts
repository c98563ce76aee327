/**
 * One metric's curve as a page holds it: two typed buffers that never grow past a fixed size, however long a run goes on.
 * When they are full, neighbouring points are merged so that the smallest and the largest value of each stretch of steps
 * stay, so no spike is lost; their means are kept beside them. Zooming in asks the store for the exact points of the stretch in view.
 */
import type { Series } from '../../protocol/runEvent.ts'
import type { SeriesArrays } from '../../protocol/seriesArrays.ts'
import { minMaxBuckets } from './decimate.ts'
import { MeanCurve } from './meanCurve.ts'

/** Points held at most: several for each pixel of the widest chart. */
export const curveCapacity = 16_384

export class Curve {
  readonly #capacity: number
  #steps: Float64Array
  #values: Float64Array
  #length = 0
  #version = 0
  /** What the smoothed line is drawn from. */
  readonly means: MeanCurve

  constructor(capacity = curveCapacity) {
    this.#capacity = capacity
    this.means = new MeanCurve(Math.max(8, capacity >> 2))
    this.#steps = new Float64Array(Math.min(1024, capacity))
    this.#values = new Float64Array(this.#steps.length)
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version
  }

  get length(): number {
    return this.#length
  }

  /** Ascending; a view that is valid until the next append: points are moved together when room is needed. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length)
  }

  /** In step with `steps`; a view that is valid until the next append. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }

  /** −1 while there are no points. */
  get lastStep(): number {
    return this.#length === 0 ? -1 : this.#steps[this.#length - 1]
  }

  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.#values[this.#length - 1]
  }

  /** Adds points with ascending steps. Those at or before the last step are already here and are left out. */
  append(steps: ArrayLike<number>, values: ArrayLike<number>): void {
    this.#append(steps, values, true)
  }

  /** Adds what the store gave: where it left points out, with the means of all. */
  appendSeries({ steps, values, means }: Series | SeriesArrays): void {
    const before = this.lastStep
    this.#append(steps, values, means === undefined)
    if (means === undefined) return
    for (let i = 0; i < means.steps.length; i++)
      if (means.steps[i] > before) this.means.add(means.steps[i], means.values[i], means.weights[i])
  }

  #append(steps: ArrayLike<number>, values: ArrayLike<number>, isWhole: boolean): void {
    let last = this.lastStep
    this.#version++
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]
      const value = values[i]
      if (step <= last) continue
      if (this.#length === this.#steps.length) this.#makeRoom()
      this.#steps[this.#length] = step
      this.#values[this.#length] = value
      this.#length++
      if (isWhole) this.means.add(step, value)
      last = step
    }
  }

  clear(): void {
    this.#version++
    this.#length = 0
    this.means.clear()
  }

  /** Index of the last point at or before `step`; −1 when there is none. */
  indexAt(step: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#steps[middle] <= step) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #makeRoom(): void {
    if (this.#steps.length < this.#capacity) {
      const size = Math.min(this.#capacity, this.#steps.length * 2)
      const steps = new Float64Array(size)
      const values = new Float64Array(size)
      steps.set(this.#steps)
      values.set(this.#values)
      this.#steps = steps
      this.#values = values
      return
    }
    // A quarter of the capacity in buckets, at most two points each: half of the room is free afterwards.
    const kept = minMaxBuckets(this.#steps, this.#values, 0, this.#length, this.#capacity >> 2)
    for (let i = 0; i < kept.length; i++) {
      const from = kept[i]
      this.#steps[i] = this.#steps[from]
      this.#values[i] = this.#values[from]
    }
    this.#length = kept.length
  }
}
