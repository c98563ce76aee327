import type { Random } from '../random.ts'

/**
 * Draws from a fixed set so that in the long run every item comes equally often: round after round in a new random
 * order, each item once a round, and never an item twice in one draw.
 */
export class ShuffledCycle {
  readonly #items: Int32Array
  #next: number

  constructor(items: Int32Array) {
    this.#items = items.slice()
    this.#next = items.length
  }

  get length(): number {
    return this.#items.length
  }

  /**
   * Writes k different items to `into`, from `offset` on.
   * @throws RangeError when k is more than there are
   */
  draw(k: number, random: Random, into: Int32Array, offset: number): void {
    const items = this.#items
    const total = items.length
    if (k > total) throw new RangeError(`cannot draw ${k} different items from ${total}`)
    const left = Math.min(k, total - this.#next)
    for (let i = 0; i < left; i++) into[offset + i] = items[this.#next + i]
    this.#next += left
    const wanted = k - left
    if (wanted === 0) return
    // A new round begins. Its first items must not be those just drawn, which are the last of the array.
    random.shuffle(items, 0, total - left)
    random.shuffle(items, wanted, total)
    for (let i = 0; i < wanted; i++) into[offset + left + i] = items[i]
    this.#next = wanted
  }

  /** Words in an exported state. */
  get stateLength(): number {
    return this.#items.length + 1
  }

  writeState(into: Int32Array, offset: number): void {
    into[offset] = this.#next
    into.set(this.#items, offset + 1)
  }

  /** @throws RangeError when the state is not one of a cycle over the same items */
  readState(from: Int32Array, offset: number): void {
    const next = from[offset]
    const items = from.subarray(offset + 1, offset + 1 + this.#items.length)
    if (next < 0 || next > this.#items.length || !sameItems(items, this.#items)) {
      throw new RangeError('the sampler state belongs to another dataset')
    }
    this.#next = next
    this.#items.set(items)
  }
}

function sameItems(a: Int32Array, b: Int32Array): boolean {
  const x = a.toSorted()
  const y = b.toSorted()
  return x.length === y.length && x.every((value, i) => value === y[i])
}
