/**
 * What a text field shows while somebody may be writing in it: the page is drawn many times a second while a run trains, and
 * none of it may take a letter away. What is written stays until it is kept, whatever comes from elsewhere meanwhile.
 */
export class TypedText {
  #stored = ''
  /** What stands in the field, as long as it is not what is stored. */
  #typed: string | undefined
  #isWriting = false
  #sent: string | undefined
  readonly #mayBeEmpty: boolean

  constructor(options: { readonly mayBeEmpty: boolean }) {
    this.#mayBeEmpty = options.mayBeEmpty
  }

  /** @returns what the field has to show */
  show(stored: string): string {
    // Left, and now there is an answer: it counts, whether it is what was written or not.
    if (!this.#isWriting && stored !== this.#stored) this.#forget()
    this.#stored = stored
    return this.#typed ?? stored
  }

  /** Somebody writes. */
  write(text: string): void {
    this.#typed = text
    this.#isWriting = true
  }

  /** @returns what is to be kept of it by now; `undefined`: nothing that is not kept already */
  keep(): string | undefined {
    const text = this.#typed?.trim()
    if (text === undefined || (text === '' && !this.#mayBeEmpty)) return undefined
    if (text === (this.#sent ?? this.#stored)) return undefined
    this.#sent = text
    return text
  }

  /** The field is left. @returns as `keep` */
  leave(): string | undefined {
    const text = this.keep()
    this.#isWriting = false
    // Until the answer comes the field would show what was there before.
    if (this.#sent === undefined || this.#sent === this.#stored) this.#forget()
    return text
  }

  #forget(): void {
    this.#typed = undefined
    this.#sent = undefined
  }
}
