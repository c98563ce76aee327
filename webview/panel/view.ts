/** The live panel's frame: header, status line, tabs. Each tab draws itself. */
import * as l10n from '@vscode/l10n'
import { html, render, type TemplateResult } from 'lit'
import { assertNever } from '../../protocol/assertNever.ts'
import type { FromPanel, PanelState, PanelTab } from '../../protocol/panel.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { ClassesTab } from './classesTab.ts'
import { CurvesTab } from './curvesTab.ts'
import { EmbeddingTab } from './embeddingTab.ts'
import { FindingLine } from './findingLine.ts'
import { HardestTab } from './hardestTab.ts'
import { header } from './header.ts'
import { logTab } from './logTab.ts'
import type { PanelModel } from './model.ts'
import type { Page } from './page.ts'
import { SampleReader } from './sample.ts'
import { VerificationTab } from './verificationTab.ts'

export interface PanelHost {
  readonly settings: PanelState
  send(message: FromPanel): void
  remember(state: PanelState): void
}

export class PanelView implements Page {
  readonly model: PanelModel
  readonly #root: HTMLElement
  readonly #host: PanelHost
  #settings: PanelState
  #theme: Theme = readTheme()
  readonly #finding: FindingLine
  readonly #curves: CurvesTab
  readonly #hardest: HardestTab
  readonly #embedding: EmbeddingTab
  readonly #verification: VerificationTab
  readonly #classes: ClassesTab
  #frame: number | undefined

  constructor(root: HTMLElement, model: PanelModel, host: PanelHost) {
    this.#root = root
    this.model = model
    this.#host = host
    this.#settings = host.settings
    const samples = new SampleReader()
    this.#finding = new FindingLine(this)
    this.#curves = new CurvesTab(this)
    this.#hardest = new HardestTab(this)
    this.#embedding = new EmbeddingTab(this, samples)
    this.#verification = new VerificationTab(this, samples)
    this.#classes = new ClassesTab(this)
    onThemeChange(() => {
      this.#theme = readTheme()
      this.draw()
    })
    new ResizeObserver(() => this.redraw()).observe(root)
  }

  get settings(): PanelState {
    return this.#settings
  }

  get theme(): Theme {
    return this.#theme
  }

  send(message: FromPanel): void {
    this.#host.send(message)
  }

  change(settings: Partial<PanelState>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.#host.remember(this.#settings)
    this.redraw()
  }

  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => this.draw())
  }

  draw(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    const { run } = this.model
    if (run !== undefined && run.id !== this.#settings.runId) {
      // What was looked at in another run means nothing in this one.
      this.#settings = { ...this.#settings, runId: run.id, range: null, threshold: null }
      this.#host.remember(this.#settings)
    }
    render(this.#page(), this.#root)
    if (this.#settings.tab !== 'embedding') this.#embedding.rest()
    if (run !== undefined) this.#drawTab()
  }

  #drawTab(): void {
    switch (this.#settings.tab) {
      case 'curves': {
        this.#curves.drawCharts()
        return
      }
      case 'hardest': {
        this.#hardest.draw()
        return
      }
      case 'embedding': {
        this.#embedding.draw()
        return
      }
      case 'verification': {
        this.#verification.draw()
        return
      }
      case 'classes': {
        this.#classes.draw()
        return
      }
      case 'log':
        return
      default:
        assertNever(this.#settings.tab)
    }
  }

  #page(): TemplateResult {
    const { run, missing } = this.model
    if (missing !== undefined) return html`<p class="empty" role="status">${missing}</p>`
    if (run === undefined) return html`<p class="empty" role="status">${l10n.t('Reading the run…')}</p>`
    return html`
      ${header(this, run)} ${this.#finding.template()} ${this.#tabs()}
      <section role="tabpanel" aria-labelledby=${`tab-${this.#settings.tab}`}>${this.#content()}</section>
    `
  }

  #tabs(): TemplateResult {
    const choose = (tab: PanelTab) => {
      this.change({ tab })
      // Now: the next key goes on from here.
      this.draw()
    }
    return html`<div class="tabs" role="tablist" aria-label=${l10n.t('Views of this run')} @keydown=${arrowKeys}>
      ${tabs.map(tab => {
        const selected = tab === this.#settings.tab
        return html`<button
          role="tab"
          id=${`tab-${tab}`}
          aria-selected=${selected}
          tabindex=${selected ? 0 : -1}
          @click=${() => choose(tab)}
        >
          ${tabName(tab)}
        </button>`
      })}
    </div>`
  }

  #content(): TemplateResult {
    switch (this.#settings.tab) {
      case 'curves':
        return this.#curves.template()
      case 'log':
        return logTab(this)
      case 'hardest':
        return this.#hardest.template()
      case 'embedding':
        return this.#embedding.template()
      case 'verification':
        return this.#verification.template()
      case 'classes':
        return this.#classes.template()
      default:
        return assertNever(this.#settings.tab)
    }
  }
}

const tabs: readonly PanelTab[] = ['curves', 'hardest', 'embedding', 'verification', 'classes', 'log']

function tabName(tab: PanelTab): string {
  switch (tab) {
    case 'curves':
      return l10n.t('Curves')
    case 'hardest':
      return l10n.t('Hardest triplets')
    case 'embedding':
      return l10n.t('Embedding')
    case 'verification':
      return l10n.t('Verification')
    case 'classes':
      return l10n.t('Classes')
    case 'log':
      return l10n.t('Settings and log')
    default:
      return assertNever(tab)
  }
}

/** Left and right go through the tabs, as in every tab list. */
function arrowKeys(event: KeyboardEvent): void {
  const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  const list = event.currentTarget
  if (direction === 0 || !(list instanceof HTMLElement)) return
  const buttons = [...list.querySelectorAll<HTMLElement>('[role=tab]')]
  const at = buttons.findIndex(button => button.getAttribute('aria-selected') === 'true')
  const next = buttons.at((at + direction + buttons.length) % buttons.length)
  next?.click()
  next?.focus()
}
