/**
 * A text about something that changes all the time, renewed seldom: a screen reader reads the name of what has the focus
 * anew whenever it changes. Pure.
 */

/** Milliseconds for which a text stands. */
const lasts = 10_000

export class SeldomText {
  readonly #texts = new Map<string, { readonly about: string; readonly at: number; readonly text: string }>()

  /**
   * @param name of the thing that has the text
   * @param about what the text is about: where this changes, it is made anew at once; `null`: always
   * @param now milliseconds
   */
  of(name: string, about: string | null, now: number, make: () => string): string {
    const known = this.#texts.get(name)
    if (known !== undefined && known.about === about && now - known.at < lasts) return known.text
    const text = make()
    if (about === null) this.#texts.delete(name)
    else this.#texts.set(name, { about, at: now, text })
    return text
  }
}
