/** The line of controls above the curves. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { CurveAxis, PanelState } from '../../protocol/panel.ts'
import { assertNever } from '../../protocol/assertNever.ts'
import { button } from './header.ts'

interface Zoom {
  readonly zoomed: boolean
  /** What the crosshair stands on, in words; empty without one. */
  readonly summary: string
  resetZoom(): void
}

/** A slider has its steps where they matter: close to 1. */
const smoothings: readonly number[] = [0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995]

type CurveSettings = Pick<PanelState, 'smoothing' | 'axis' | 'logX' | 'logY'>

/** A page that draws curves. */
export interface CurvePage {
  readonly settings: CurveSettings
  change(settings: Partial<CurveSettings>): void
}

export function curveTools(page: CurvePage, zoom: Zoom): TemplateResult {
  const { settings } = page
  const smoothingAt = nearest(settings.smoothing)
  return html`<div class="tools">
    <label title=${l10n.t('Averages over more of the curve. The raw values stay visible as a thin line.')}>
      ${l10n.t('Smoothing')}
      <input
        type="range"
        min="0"
        max=${smoothings.length - 1}
        step="1"
        .value=${String(smoothingAt)}
        aria-valuetext=${String(settings.smoothing)}
        @input=${(event: Event) => page.change({ smoothing: smoothings[Number(valueOf(event))] })}
      />
    </label>
    <label>
      ${l10n.t('Axis')}
      <select @change=${(event: Event) => page.change({ axis: axisOf(valueOf(event)) })}>
        ${axes.map(axis => html`<option value=${axis} .selected=${live(axis === settings.axis)}>${axisName(axis)}</option>`)}
      </select>
    </label>
    ${toggle(l10n.t('log x'), settings.logX, on => page.change({ logX: on }))}
    ${toggle(l10n.t('log y'), settings.logY, on => page.change({ logY: on }))}
    ${zoom.zoomed ? button('screen-normal', l10n.t('Show the whole run'), () => zoom.resetZoom()) : nothing}
    <output class="summary" aria-live="polite">${zoom.summary}</output>
  </div>`
}

const axes: readonly CurveAxis[] = ['step', 'epoch', 'time']

function axisOf(value: string): CurveAxis {
  return axes.find(axis => axis === value) ?? 'step'
}

function axisName(axis: CurveAxis): string {
  switch (axis) {
    case 'step':
      return l10n.t('steps')
    case 'epoch':
      return l10n.t('epochs')
    case 'time':
      return l10n.t('time')
    default:
      return assertNever(axis)
  }
}

export function toggle(label: string, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<button class="toggle" aria-pressed=${on} @click=${() => change(!on)}>${label}</button>`
}

function nearest(smoothing: number): number {
  let best = 0
  for (let i = 0; i < smoothings.length; i++)
    if (Math.abs(smoothings[i] - smoothing) < Math.abs(smoothings[best] - smoothing)) best = i
  return best
}

function valueOf(event: Event): string {
  const { target } = event
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.value : ''
}
