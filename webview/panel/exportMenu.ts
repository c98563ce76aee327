/** The small menu of a chart: its picture, its shapes, its numbers. */
import * as l10n from '@vscode/l10n'
import { html, type TemplateResult } from 'lit'

export interface ExportActions {
  png(): void
  svg(): void
  csv(): void
}

export function exportMenu(actions: ExportActions): TemplateResult {
  const choose = (run: () => void) => (event: Event) => {
    run()
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.closest('details')?.removeAttribute('open')
  }
  const label = l10n.t('Export this chart')
  return html`<details class="export">
    <summary title=${label} aria-label=${label}>
      <span class="codicon codicon-export" aria-hidden="true"></span>
    </summary>
    <div role="menu">
      <button role="menuitem" @click=${choose(() => actions.png())}>PNG</button>
      <button role="menuitem" @click=${choose(() => actions.svg())}>SVG</button>
      <button role="menuitem" @click=${choose(() => actions.csv())}>CSV</button>
    </div>
  </details>`
}
