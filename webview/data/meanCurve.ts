/**
 * The means of a curve, from which its smoothed line is drawn: as long as there is room one for each point, then one for
 * each of many equal stretches of steps, weighted by the number of points in it. Extremes alone would shift the line.
 */
export class MeanCurve {
  readonly #capacity: number
  #steps: Float64Array
  #values: Float64Array
  #weights: Float64Array
  #length = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#steps = new Float64Array(Math.min(1024, capacity))
    this.#values = new Float64Array(this.#steps.length)
    this.#weights = new Float64Array(this.#steps.length)
  }

  /** Ascending; views that are valid until the next `add`. */
  get steps(): Float64Array {
    return this.#steps.subarray(0, this.#length)
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }

  /** How many points each one stands for. */
  get weights(): Float64Array {
    return this.#weights.subarray(0, this.#length)
  }

  /** Adds a stretch behind all that are there. Values that are not finite are left out. */
  add(step: number, value: number, weight = 1): void {
    if (!Number.isFinite(value)) return
    if (this.#length === this.#steps.length) this.#makeRoom()
    this.#set(this.#length++, step, value, weight)
  }

  clear(): void {
    this.#length = 0
  }

  #set(at: number, step: number, value: number, weight: number): void {
    this.#steps[at] = step
    this.#values[at] = value
    this.#weights[at] = weight
  }

  #makeRoom(): void {
    if (this.#steps.length < this.#capacity) {
      const size = Math.min(this.#capacity, this.#steps.length * 2)
      this.#steps = grown(this.#steps, size)
      this.#values = grown(this.#values, size)
      this.#weights = grown(this.#weights, size)
      return
    }
    const first = this.#steps[0]
    const width = this.#steps[this.#length - 1] - first
    const buckets = this.#capacity >> 1
    const bucketOf = (step: number) => Math.min(buckets - 1, Math.floor(((step - first) * buckets) / width))
    let kept = 0
    for (let i = 0; i < this.#length; kept++) {
      const bucket = bucketOf(this.#steps[i])
      let [weight, steps, values] = [0, 0, 0]
      for (; i < this.#length && bucketOf(this.#steps[i]) === bucket; i++) {
        weight += this.#weights[i]
        steps += this.#weights[i] * this.#steps[i]
        values += this.#weights[i] * this.#values[i]
      }
      this.#set(kept, steps / weight, values / weight, weight)
    }
    this.#length = kept
  }
}

function grown(from: Float64Array, size: number): Float64Array {
  const larger = new Float64Array(size)
  larger.set(from)
  return larger
}
