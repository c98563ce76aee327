/** A text field that can be written in while its page is drawn: `.value=${typed(run.id, run.notes, save)}`. */
import { noChange } from 'lit'
import { setCommittedValue } from 'lit/directive-helpers.js'
import { Directive, directive, type Part, PartType } from 'lit/directive.js'
import { TypedText } from './typedText.ts'

/** A pause in writing after which it is kept: a panel that is hidden is gone, and asks nobody before. */
const pauseMilliseconds = 500

export interface TypedOptions {
  /** Also kept in pauses, not only when the field is left. For long texts. */
  readonly inPauses?: boolean
  /** Left empty the field shows again what is stored. */
  readonly mayBeEmpty?: boolean
}

type Save = (text: string) => void

/**
 * - `of`: what the text belongs to; where that changes, what was written is kept for the one before
 * - `stored`: what the field shows when nobody writes
 * - `save`: is given what was written, trimmed, when it differs from what is stored
 */
type Given = [of: unknown, stored: string, save: Save, options?: TypedOptions]

class Typed extends Directive {
  #of: unknown
  #text: TypedText | undefined
  #save: Save = () => undefined
  #stored = ''
  #pause: number | undefined

  render(...[, stored]: Given): unknown {
    return stored
  }

  override update(part: Part, [of, stored, save, options = {}]: Given): unknown {
    if (part.type !== PartType.PROPERTY) throw new Error('`typed` is for the value of a field.')
    const field = part.element
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement))
      throw new Error('`typed` is for a text field.')
    if (this.#text === undefined) this.#listen(field, options)
    if (this.#text === undefined || of !== this.#of) {
      this.#leave()
      this.#of = of
      this.#text = new TypedText({ mayBeEmpty: options.mayBeEmpty ?? true })
    }
    this.#save = save
    this.#stored = stored
    const shown = this.#text.show(stored)
    if (field.value === shown) return noChange
    // Set even where it is what was last set: somebody has written in between.
    setCommittedValue(part)
    return shown
  }

  #listen(field: HTMLInputElement | HTMLTextAreaElement, { inPauses = false }: TypedOptions): void {
    field.addEventListener('input', () => {
      this.#text?.write(field.value)
      window.clearTimeout(this.#pause)
      if (inPauses) this.#pause = window.setTimeout(() => this.#keep(this.#text?.keep()), pauseMilliseconds)
    })
    field.addEventListener('change', () => {
      this.#leave()
      if (this.#text !== undefined) field.value = this.#text.show(this.#stored)
    })
  }

  #leave(): void {
    window.clearTimeout(this.#pause)
    this.#keep(this.#text?.leave())
  }

  #keep(text: string | undefined): void {
    if (text !== undefined) this.#save(text)
  }
}

export const typed = directive(Typed)
