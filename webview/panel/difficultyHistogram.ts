/** The histogram beside the curves: how far negatives are beyond positives, at any step. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { DifficultyDetail } from '../../protocol/details.ts'
import { count, percent } from '../../protocol/words.ts'
import { HistogramChart } from '../charts/histogramChart.ts'
import { histogramCsv } from '../export/histogramCsv.ts'
import { toggle } from './curveTools.ts'
import { type ExportActions, exportActions, exportMenu } from './exportMenu.ts'
import type { Page } from './page.ts'
import { Scrubber } from './scrubber.ts'

export class DifficultyHistogram {
  readonly #page: Page
  readonly #scrubber: Scrubber
  #chart: HistogramChart | undefined
  /** What stands in the chart. */
  #drawn: readonly unknown[] = []

  constructor(page: Page) {
    this.#page = page
    this.#scrubber = new Scrubber(page, ['difficulty'], step => l10n.t('step {0}', count(step)))
  }

  template(): TemplateResult {
    const { model, settings } = this.#page
    const shown = model.details.shown('difficulty')
    const isGap = settings.histogram === 'gap'
    return html`<figure class="chart" id="chart-histogram">
      <figcaption>
        <span class="title">${isGap ? 'd(a,n) − d(a,p)' : l10n.t('d(a,p) and d(a,n)')}</span>
        ${toggle(l10n.t('distances'), !isGap, on => this.#page.change({ histogram: on ? 'distances' : 'gap' }))}
        ${exportMenu(this.#exports())}
      </figcaption>
      <div class="plot">
        <canvas role="img" aria-label=${describe(shown?.data)} data-chart="histogram" ${ref(this.#adopt)}></canvas>
        ${shown === undefined ? html`<p class="empty over">${l10n.t('Histograms come as training goes on.')}</p>` : nothing}
      </div>
      ${this.#scrubber.template()}
    </figure>`
  }

  draw(): void {
    this.#scrubber.follow()
    const { model, settings, theme } = this.#page
    const shown = model.details.shown('difficulty')
    if (shown === undefined || this.#chart === undefined) return
    const drawn = [this.#chart, shown, settings.histogram, theme]
    // The curves beside it are drawn at every frame of a hand's gesture; this changes when another step is chosen.
    if (drawn.every((one, i) => one === this.#drawn[i])) return
    this.#drawn = drawn
    const { gap, ap, an, margin } = shown.data
    this.#chart.canvas.dataset['step'] = String(shown.step)
    if (settings.histogram === 'distances') {
      const series = [
        { histogram: an, colorOf: () => theme.color('negative') },
        { histogram: ap, colorOf: () => theme.color('positive') },
      ]
      this.#chart.update(series, [], theme)
      return
    }
    const colorOf = (x: number) => theme.color(x <= 0 ? 'hard' : x <= margin ? 'semiHard' : 'easy')
    const dividers = [
      { x: 0, label: '0', color: theme.foreground },
      { x: margin, label: `α = ${margin}`, color: theme.color('margin') },
    ]
    this.#chart.update([{ histogram: gap, colorOf }], dividers, theme)
  }

  #exports(): ExportActions {
    const title = this.#page.settings.histogram === 'gap' ? 'd(a,n) − d(a,p)' : l10n.t('d(a,p) and d(a,n)')
    return exportActions(this.#page, title, {
      png: () => this.#chart?.toPng() ?? '',
      svg: () => this.#chart?.toSvg(title) ?? '',
      csv: () => {
        const shown = this.#page.model.details.shown('difficulty')?.data
        if (shown === undefined) return ''
        const { gap, ap, an } = shown
        return histogramCsv(this.#page.settings.histogram === 'gap' ? { gap } : { 'd(a,p)': ap, 'd(a,n)': an })
      },
    })
  }

  readonly #adopt = (element: Element | undefined): void => {
    if (element === this.#chart?.canvas) return
    this.#chart?.dispose()
    this.#chart = element instanceof HTMLCanvasElement ? new HistogramChart(element) : undefined
  }
}

function describe(detail: DifficultyDetail | undefined): string {
  if (detail === undefined) return l10n.t('Histogram of d(a,n) − d(a,p): nothing yet')
  const { gap, margin } = detail
  const total = gap.counts.reduce((sum, one) => sum + one, 0)
  const width = (gap.high - gap.low) / gap.counts.length
  const below = (limit: number) =>
    gap.counts.reduce((sum, one, i) => (gap.low + (i + 0.5) * width <= limit ? sum + one : sum), 0) / Math.max(1, total)
  return l10n.t(
    'Histogram of d(a,n) − d(a,p): {0} below zero, {1} between zero and the margin {2}, {3} beyond it',
    percent(below(0)),
    percent(below(margin) - below(0)),
    margin,
    percent(1 - below(margin)),
  )
}
