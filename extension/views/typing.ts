/** What is typed in a box takes effect as it is typed, once what it needs is here: unless it is typed over, or the box gone, by then. */
export class Typing {
  #last: object | undefined

  /** @param needed may fail: what is there has to do then */
  async apply(needed: Promise<unknown>, effect: () => void): Promise<void> {
    const own = {}
    this.#last = own
    await needed.catch(() => undefined)
    if (this.#last === own) effect()
  }

  /** What still waits is forgotten. */
  stop(): void {
    this.#last = undefined
  }
}
