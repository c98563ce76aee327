/** The line under the header: the finding, its reason on demand, and buttons that do what it suggests. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { adviceName, findingOf } from './findings.ts'
import type { Page } from './page.ts'

export class FindingLine {
  readonly #page: Page
  #open = false
  /** What was last told to those who listen. */
  #told: { readonly what: string; readonly text: string } = { what: '', text: '' }

  constructor(page: Page) {
    this.#page = page
  }

  template(): TemplateResult {
    const { run } = this.#page.model
    const { kind, mood, text, why, advice } = findingOf(this.#page.model)
    // Its numbers change several times a second; that would be spoken without an end.
    const what = `${run?.id} ${kind}`
    if (what !== this.#told.what) this.#told = { what, text }
    const toggle = () => {
      this.#open = !this.#open
      this.#page.redraw()
    }
    return html`<div class="status ${mood}">
      <span>${text}</span>
      <span class="visually-hidden" role="status">${this.#told.text}</span>
      ${
        why === ''
          ? nothing
          : html`<button class="link-like" aria-expanded=${this.#open} @click=${toggle}>${l10n.t('Why?')}</button>`
      }
      ${
        run === undefined
          ? nothing
          : repeat(
              advice,
              one => one,
              one =>
                html`<button
                  class="action"
                  @click=${() => this.#page.send({ kind: 'advice', runId: run.id, advice: one })}
                >
                  ${adviceName(one, run)}
                </button>`,
            )
      }
      ${this.#open && why !== '' ? html`<p class="why">${why}</p>` : nothing}
    </div>`
  }
}
