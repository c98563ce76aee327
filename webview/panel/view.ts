/** Draws the live panel from its model: header, status line, charts. */
import * as l10n from '@vscode/l10n'
import { html, nothing, render, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { FromPanel, PanelState } from '../../protocol/panel.ts'
import { count, metricName, metricValue } from '../../protocol/words.ts'
import { difficultyChart, lossChart, metricsOf, type ChartDefinition } from '../charts/definition.ts'
import type { Mark } from '../charts/overlay.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { TimeChart } from '../charts/timeChart.ts'
import { header } from './header.ts'
import { eventMarks } from './marks.ts'
import type { PanelModel } from './model.ts'
import { statusLine } from './statusLine.ts'

export interface PanelHost {
  readonly settings: PanelState
  send(message: FromPanel): void
  remember(state: PanelState): void
}

const definitions: readonly ChartDefinition[] = [lossChart, difficultyChart]

export class PanelView {
  readonly #root: HTMLElement
  readonly #model: PanelModel
  readonly #host: PanelHost
  #settings: PanelState
  readonly #charts = new Map<string, TimeChart>()
  #range: readonly [number, number] | null = null
  #crosshair: number | null = null
  #theme: Theme = readTheme()
  #shownRun: number | undefined

  constructor(root: HTMLElement, model: PanelModel, host: PanelHost) {
    this.#root = root
    this.#model = model
    this.#host = host
    this.#settings = host.settings
    onThemeChange(() => {
      this.#theme = readTheme()
      this.draw()
    })
    new ResizeObserver(() => this.#drawCharts()).observe(root)
  }

  draw(): void {
    const { run } = this.#model
    if (run !== undefined && run.id !== this.#shownRun) {
      this.#shownRun = run.id
      this.#range = null
      this.#remember({ runId: run.id })
    }
    render(this.#page(), this.#root)
    this.#drawCharts()
  }

  #page(): TemplateResult {
    const { run, missing } = this.#model
    if (missing !== undefined) return html`<p class="empty" role="status">${missing}</p>`
    if (run === undefined) return html`<p class="empty" role="status">${l10n.t('Reading the run…')}</p>`
    const line = statusLine(this.#model)
    return html`
      ${header(this.#model, run, message => this.#host.send(message))}
      <p class="status ${line.mood}" role="status">${line.text}</p>
      <div class="charts">${definitions.map(definition => this.#figure(definition))}</div>
      ${this.#log()}
    `
  }

  #figure(definition: ChartDefinition): TemplateResult {
    return html`
      <figure class="chart" id=${definition.id}>
        <figcaption>
          <span class="title">${chartTitle(definition)}</span>
          <span class="legend">${metricsOf(definition).map(metric => this.#legendEntry(definition, metric))}</span>
        </figcaption>
        <div class="plot">
          <canvas
            role="img"
            tabindex="0"
            data-chart=${definition.id}
            data-points="0"
            aria-label=${chartSummary(definition, this.#model)}
            ${ref(element => this.#adopt(definition, element))}
          ></canvas>
        </div>
      </figure>
    `
  }

  #legendEntry(definition: ChartDefinition, metric: string): TemplateResult {
    const value = this.#valueAt(metric)
    return html`<span class="entry ${`color-${legendColor(definition, metric)}`}">
      ${metricName(metric)}${value === undefined ? nothing : html` <b>${metricValue(metric, value)}</b>`}
    </span>`
  }

  /** Under the crosshair, or else the last one. */
  #valueAt(metric: string): number | undefined {
    const curve = this.#model.curves.get(metric)
    if (curve === undefined) return undefined
    return this.#crosshair === null ? curve.last : curve.values[curve.indexAt(this.#crosshair)]
  }

  #log(): TemplateResult {
    const events = this.#model.events.filter(event => event.kind !== 'epoch').slice(-6)
    return html`<ol class="events" aria-label=${l10n.t('What happened')}>
      ${events.map(
        event =>
          html`<li class=${event.kind}>
            <span class="step">${l10n.t('step {0}', count(event.step))}</span> ${event.message}
          </li>`,
      )}
    </ol>`
  }

  #adopt(definition: ChartDefinition, element: Element | undefined): void {
    const known = this.#charts.get(definition.id)
    if (element === known?.canvas) return
    known?.dispose()
    this.#charts.delete(definition.id)
    if (!(element instanceof HTMLCanvasElement)) return
    const chart = new TimeChart(element, definition, {
      onRange: range => {
        this.#range = range
        this.#drawCharts()
      },
      onCrosshair: x => this.#moveCrosshair(x),
    })
    this.#charts.set(definition.id, chart)
  }

  #moveCrosshair(x: number | null): void {
    this.#crosshair = x
    render(this.#page(), this.#root)
    for (const chart of this.#charts.values()) chart.showCrosshair(x, [])
  }

  #drawCharts(): void {
    const model = this.#model
    const marks: readonly Mark[] = eventMarks(model.events)
    for (const chart of this.#charts.values())
      chart.update({
        curves: model.curves,
        axisOf: step => step,
        range: this.#range,
        extent: [model.firstStep, Math.max(model.firstStep + 1, model.lastStep)],
        logX: false,
        logY: false,
        smoothing: this.#settings.smoothing,
        hidden: new Set(),
        marks,
        level: null,
        theme: this.#theme,
        formatX: count,
      })
  }

  #remember(change: Partial<PanelState>): void {
    this.#settings = { ...this.#settings, ...change }
    this.#host.remember(this.#settings)
  }
}

function chartTitle(definition: ChartDefinition): string {
  return definition.id === 'loss' ? l10n.t('Loss') : l10n.t('Triplet difficulty')
}

function chartSummary(definition: ChartDefinition, model: PanelModel): string {
  const parts = metricsOf(definition).flatMap(metric => {
    const value = model.last(metric)
    return value === undefined ? [] : [`${metricName(metric)} ${metricValue(metric, value)}`]
  })
  if (parts.length === 0) return l10n.t('{0}: no points yet', chartTitle(definition))
  return l10n.t('{0} at step {1}: {2}', chartTitle(definition), count(model.lastStep), parts.join(', '))
}

function legendColor(definition: ChartDefinition, metric: string): string {
  for (const layer of definition.layers) {
    if (layer.kind === 'line' && layer.metric === metric) return layer.color
    if (layer.kind === 'band' && (layer.low === metric || layer.high === metric)) return layer.color
    if (layer.kind === 'shares') for (const part of layer.parts) if (part.metric === metric) return part.color
  }
  return 'loss'
}
