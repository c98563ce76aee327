/** A slider over the steps that something was kept at. Its right end follows the run. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { DetailKind } from '../../protocol/details.ts'
import { AskPace } from './askPace.ts'
import { button } from './header.ts'
import type { Page } from './page.ts'

export class Scrubber {
  readonly #page: Page
  readonly #kinds: readonly DetailKind[]
  readonly #describe: (step: number) => string
  /** `null`: the newest, whatever it is. */
  #step: number | null = null
  readonly #pace = new AskPace()
  #timer: number | undefined
  #runId: number | undefined

  /** @param kinds what is shown together, the first of which the slider's steps are */
  constructor(page: Page, kinds: readonly DetailKind[], describe: (step: number) => string) {
    this.#page = page
    this.#kinds = kinds
    this.#describe = describe
  }

  /** Asks for what should be shown and is not here yet. Called with every drawing of the tab. */
  follow(): void {
    const { run, details, lastStep } = this.#page.model
    if (run === undefined) return
    if (run.id !== this.#runId) {
      this.#runId = run.id
      this.#step = null
      this.#pace.restart()
    }
    if (this.#step === null) {
      const news = `${run.id} ${run.status} ${run.epoch} ${lastStep} ${details.cleared}`
      const { isDue, again } = this.#pace.look(news, performance.now())
      if (again !== null) this.#drawIn(again)
      if (!isDue) return
    }
    for (const kind of this.#kinds) {
      const question = details.ask(run.id, kind, this.#step)
      if (question !== undefined) this.#page.send(question)
    }
  }

  template(): TemplateResult | typeof nothing {
    const kind = this.#kinds[0]
    const steps = this.#page.model.details.steps(kind)
    const shown = this.#page.model.details.shown(kind)
    if (steps.length === 0 || shown === undefined) return nothing
    // What was chosen, though it may not be here yet: a slider does not go back under the hand.
    const at = steps.indexOf(this.#step ?? shown.step)
    const show = (event: Event) => {
      const { target } = event
      if (!(target instanceof HTMLInputElement)) return
      const index = Number(target.value)
      this.#choose(index >= steps.length - 1 ? null : steps[index])
    }
    return html`<div class="scrubber">
      <input
        type="range"
        min="0"
        max=${steps.length - 1}
        .value=${live(String(at))}
        aria-label=${l10n.t('Moment of the run')}
        aria-valuetext=${this.#describe(shown.step)}
        @input=${show}
      />
      <span class="at">${this.#describe(shown.step)}</span>
      ${
        this.#step === null
          ? nothing
          : button('debug-continue', l10n.t('Follow the run again'), () => this.#choose(null))
      }
    </div>`
  }

  #drawIn(milliseconds: number): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined
      this.#page.redraw()
    }, milliseconds)
  }

  #choose(step: number | null): void {
    this.#step = step
    this.#pace.restart()
    this.follow()
    this.#page.redraw()
  }
}
