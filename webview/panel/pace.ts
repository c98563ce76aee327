/** How fast a run advances, as seen from here: steps over the last seconds, so that a pause or an evaluation shows. */
const spanMilliseconds = 10_000
const leastMilliseconds = 2_000

export class Pace {
  readonly #seen: { readonly step: number; readonly time: number }[] = []

  see(step: number, time: number): void {
    const last = this.#seen.at(-1)
    if (last !== undefined && step <= last.step) return
    // One sample for each tenth of a second is plenty.
    if (last !== undefined && this.#seen.length > 1 && time - last.time < 100) this.#seen.pop()
    this.#seen.push({ step, time })
    while (this.#seen.length > 2 && time - this.#seen[0].time > spanMilliseconds) this.#seen.shift()
  }

  reset(): void {
    this.#seen.length = 0
  }

  /** Steps per second; `undefined` until there is enough to tell. */
  get stepsPerSecond(): number | undefined {
    const first = this.#seen.at(0)
    const last = this.#seen.at(-1)
    if (first === undefined || last === undefined || last.time - first.time < leastMilliseconds) return undefined
    return (1000 * (last.step - first.step)) / (last.time - first.time)
  }
}
