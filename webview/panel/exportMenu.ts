/** The small menu of a chart: its picture, its shapes, its numbers. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import type { Page } from './page.ts'

export interface ExportActions {
  readonly png: () => void
  readonly svg: () => void
  readonly csv: () => void
  readonly markdown?: () => void
}

/** What a chart can give: a `data:` address, and files as text. */
export interface ExportSources {
  readonly png: () => string
  readonly svg: () => string
  readonly csv: () => string
  readonly markdown?: () => string
}

/** Asks the extension to write what the chart gives into a file, or to copy it. */
export function exportActions(
  page: Pick<Page, 'model' | 'send'>,
  title: string,
  sources: ExportSources,
): ExportActions {
  const name = (extension: string) => `${page.model.run?.name ?? 'run'} ${title}.${extension}`
  const save = (extension: string, encoding: 'text' | 'base64', content: string) =>
    page.send({ kind: 'save', name: name(extension), encoding, content })
  const { markdown } = sources
  return {
    png: () => save('png', 'base64', sources.png().replace(/^[^,]*,/, '')),
    svg: () => save('svg', 'text', sources.svg()),
    csv: () => save('csv', 'text', sources.csv()),
    ...(markdown && { markdown: () => page.send({ kind: 'copy', text: markdown() }) }),
  }
}

export function exportMenu(actions: ExportActions): TemplateResult {
  const choose = (run: () => void) => (event: Event) => {
    run()
    if (event.currentTarget instanceof HTMLElement) close(event.currentTarget)
  }
  const label = l10n.t('Export this chart')
  const { markdown } = actions
  return html`<details class="export" @keydown=${keys} @focusout=${leave}>
    <summary title=${label} aria-label=${label}>
      <span class="codicon codicon-export" aria-hidden="true"></span>
    </summary>
    <div role="menu" aria-label=${label}>
      <button role="menuitem" @click=${choose(() => actions.png())}>PNG</button>
      <button role="menuitem" @click=${choose(() => actions.svg())}>SVG</button>
      <button role="menuitem" @click=${choose(() => actions.csv())}>CSV</button>
      ${
        markdown === undefined
          ? nothing
          : html`<button role="menuitem" @click=${choose(markdown)}>${l10n.t('Copy as Markdown')}</button>`
      }
    </div>
  </details>`
}

function close(inside: HTMLElement): void {
  const details = inside.closest('details')
  details?.removeAttribute('open')
  details?.querySelector('summary')?.focus()
}

/** As in every menu: Escape closes it, up and down go through it. */
function keys(event: KeyboardEvent): void {
  const { currentTarget: menu, target } = event
  if (!(menu instanceof HTMLElement) || !(target instanceof HTMLElement)) return
  if (event.key === 'Escape') close(target)
  const direction = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (direction === 0) return
  menu.setAttribute('open', '')
  const items = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = items.indexOf(target)
  items.at(at < 0 && direction < 0 ? -1 : (at + direction) % items.length)?.focus()
  event.preventDefault()
}

/** A menu that is left closes. */
function leave(event: FocusEvent): void {
  const { currentTarget: menu, relatedTarget } = event
  if (menu instanceof HTMLElement && relatedTarget instanceof Node && !menu.contains(relatedTarget))
    menu.removeAttribute('open')
}
