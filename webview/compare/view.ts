/** Draws the comparison: curves over one another, a table of what differs, and settings against results. */
import * as l10n from '@vscode/l10n'
import { html, nothing, render, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { CompareState, FromCompare } from '../../protocol/compare.ts'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { flatten } from '../../protocol/specDifference.ts'
import { metricName, metricValue } from '../../protocol/words.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { toggle } from '../panel/curveTools.ts'
import { button } from '../panel/header.ts'
import { compareTable } from './compareTable.ts'
import type { CompareModel } from './model.ts'
import { OverlayChart } from './overlayChart.ts'
import { parallelAxes } from './parallel.ts'
import { parallelPlot } from './parallelPlot.ts'
import { importance } from './statistics.ts'
import { columnsOf, resultRows, settingRows } from './table.ts'

export interface CompareHost {
  readonly state: CompareState
  send(message: FromCompare): void
  remember(state: CompareState): void
}

export class CompareView {
  readonly #root: HTMLElement
  readonly #model: CompareModel
  readonly #host: CompareHost
  #state: CompareState
  #theme: Theme = readTheme()
  #chart: OverlayChart | undefined
  #frame: number | undefined
  #emphasised: number | null = null
  #logY = false

  constructor(root: HTMLElement, model: CompareModel, host: CompareHost) {
    this.#root = root
    this.#model = model
    this.#host = host
    this.#state = host.state
    onThemeChange(() => {
      this.#theme = readTheme()
      this.redraw()
    })
    new ResizeObserver(() => this.redraw()).observe(root)
  }

  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#draw()
    })
  }

  #draw(): void {
    const { runs } = this.#model
    const { metric } = this.#state
    this.#host.remember({ ...this.#state, runIds: runs.map(run => run.id) })
    const missing = this.#model.missing(metric)
    if (missing.length > 0) this.#host.send({ kind: 'curves', metric, runIds: missing })
    render(this.#page(), this.#root)
    this.#chart?.update({
      lines: runs.flatMap(run => {
        const curve = this.#model.curve(metric, run.id)
        if (curve === undefined || curve.length === 0) return []
        const emphasised = this.#emphasised === run.id
        return [{ runId: run.id, curve, color: this.#theme.color(runColor(run.id)), emphasised }]
      }),
      smoothing: this.#state.smoothing,
      percent: metric === 'activeFraction' || metric === 'easy' || metric === 'semiHard' || metric === 'hard',
      logY: this.#logY,
      theme: this.#theme,
    })
  }

  #page(): TemplateResult {
    const { runs, isKnown } = this.#model
    if (!isKnown) return html`<p class="empty" role="status">${l10n.t('Reading the runs…')}</p>`
    if (runs.length === 0)
      return html`<p class="empty" role="status">
        ${l10n.t('Check two runs or more in the sidebar. They appear here.')}
      </p>`
    return html`
      <header>
        <h1>${runs.length === 1 ? l10n.t('1 run') : l10n.t('{0} runs', runs.length)}</h1>
        <span class="controls">
          ${
            runs.length === 2
              ? button('diff', l10n.t('Show differences in settings'), () =>
                  this.#host.send({ kind: 'diff', runIds: [runs[0].id, runs[1].id] }),
                )
              : nothing
          }
        </span>
      </header>
      ${this.#curves(runs)} ${this.#table(runs)} ${runs.length > 1 ? this.#settingsAgainstResults(runs) : nothing}
    `
  }

  #curves(runs: readonly RunRow[]): TemplateResult {
    const known = [...new Set(runs.flatMap(run => Object.keys(run.summaries)))].sort()
    return html`<figure class="chart wide">
      <figcaption>
        <select aria-label=${l10n.t('Metric')} @change=${this.#chooseMetric}>
          ${known.map(
            metric =>
              html`<option value=${metric} ?selected=${metric === this.#state.metric}>${metricName(metric)}</option>`,
          )}
        </select>
        ${toggle(l10n.t('log y'), this.#logY, on => {
          this.#logY = on
          this.redraw()
        })}
        <span class="legend">${runs.map(run => this.#legendEntry(run))}</span>
      </figcaption>
      <div class="plot tall">
        <canvas role="img" data-chart="compare" aria-label=${this.#describe(runs)} ${ref(this.#adopt)}></canvas>
      </div>
    </figure>`
  }

  #legendEntry(run: RunRow): TemplateResult {
    const emphasise = (id: number | null) => () => {
      this.#emphasised = id
      this.redraw()
    }
    return html`<button
      class="entry color-${runColor(run.id)}"
      title=${run.experiment}
      @mouseenter=${emphasise(run.id)}
      @mouseleave=${emphasise(null)}
      @focus=${emphasise(run.id)}
      @blur=${emphasise(null)}
      @click=${() => this.#host.send({ kind: 'open', runId: run.id })}
    >
      <bdi>${run.name}</bdi>
    </button>`
  }

  #table(runs: readonly RunRow[]): TemplateResult {
    const { allSettings, groupSeeds, baseline } = this.#state
    const columns = columnsOf(runs, groupSeeds)
    return html`<section>
      <div class="tools">
        ${toggle(l10n.t('All settings'), allSettings, on => this.#change({ allSettings: on }))}
        ${toggle(l10n.t('Group seeds'), groupSeeds, on => this.#change({ groupSeeds: on }))}
      </div>
      ${compareTable({
        columns,
        settings: settingRows(columns, allSettings),
        results: resultRows(columns, baseline),
        baseline,
        metric: this.#state.metric,
        send: message => this.#host.send(message),
        setBaseline: id => this.#change({ baseline: id }),
        setMetric: metric => this.#change({ metric }),
      })}
    </section>`
  }

  #settingsAgainstResults(runs: readonly RunRow[]): TemplateResult {
    const flats = runs.map(run => flatten(run.spec))
    const metric = this.#state.metric
    const values = runs.map(run => scoreOf(run, metric))
    const paths = settingRows(columnsOf(runs, false), false)
      .map(row => row.path)
      .filter(path => path !== 'seed')
      .slice(0, 7)
    const shares = paths
      .map(path => {
        const with_ = runs.map((_, i) => i).filter(i => values[i] !== undefined)
        const share = importance(
          with_.map(i => flats[i].get(path)),
          with_.map(i => values[i] ?? 0),
        )
        return { path, share }
      })
      .filter(one => one.share !== null)
      .sort((a, b) => (b.share ?? 0) - (a.share ?? 0))
    return html`<section>
      <h2>${l10n.t('Settings and {0}', metricName(metric))}</h2>
      ${parallelPlot({
        axes: parallelAxes(runs, flats, paths, { name: metricName(metric), values }),
        runs,
        theme: this.#theme,
        emphasised: this.#emphasised,
        emphasise: id => {
          this.#emphasised = id
          this.redraw()
        },
        open: id => this.#host.send({ kind: 'open', runId: id }),
      })}
      ${
        shares.length === 0
          ? nothing
          : html`<h2>${l10n.t('How much of the difference each setting explains')}</h2>
              <dl class="shares">
                ${shares.map(
                  ({ path, share }) =>
                    html`<dt>${path}</dt>
                      <dd><progress max="1" .value=${share ?? 0}></progress> ${Math.round((share ?? 0) * 100)} %</dd>`,
                )}
              </dl>`
      }
    </section>`
  }

  #describe(runs: readonly RunRow[]): string {
    const { metric } = this.#state
    const values = runs.flatMap(run => {
      const value = scoreOf(run, metric)
      return value === undefined ? [] : [`${run.name} ${metricValue(metric, value)}`]
    })
    return l10n.t('{0} of {1} runs: {2}', metricName(metric), runs.length, values.join(', '))
  }

  readonly #chooseMetric = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.#change({ metric: event.target.value })
  }

  readonly #adopt = (element: Element | undefined): void => {
    if (element === this.#chart?.canvas) return
    this.#chart?.dispose()
    this.#chart = element instanceof HTMLCanvasElement ? new OverlayChart(element) : undefined
  }

  #change(change: Partial<CompareState>): void {
    this.#state = { ...this.#state, ...change }
    this.redraw()
  }
}
