/** Draws the comparison: curves over one another, a table of what differs, and settings against results. */
import * as l10n from '@vscode/l10n'
import { html, nothing, render, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import type { CompareState, FromCompare } from '../../protocol/compare.ts'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { metricName, metricValue } from '../../protocol/words.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { toggle } from '../panel/curveTools.ts'
import { button } from '../panel/header.ts'
import { compareTable } from './compareTable.ts'
import { difficultyPlots, shares } from './difficultyPlots.ts'
import type { CompareModel } from './model.ts'
import { OverlayChart, type RunLine } from './overlayChart.ts'
import { SettingsSection } from './settingsSection.ts'
import { columnsOf, resultRows, settingRows, sortedColumns } from './table.ts'

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
  readonly #settings = new SettingsSection()
  /** Whether the difficulty is looked at: its curves are read then. */
  #showsDifficulty = false

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
    this.#ask(metric)
    if (this.#showsDifficulty) for (const share of shares) this.#ask(share)
    render(this.#page(), this.#root)
    this.#chart?.update({
      lines: this.#lines(runs),
      smoothing: this.#state.smoothing,
      percent: metric === 'activeFraction' || metric === 'easy' || metric === 'semiHard' || metric === 'hard',
      logY: this.#state.logY,
      theme: this.#theme,
    })
  }

  /** For curves that are not here yet, or are behind. */
  #ask(metric: string): void {
    const missing = this.#model.missing(metric)
    if (missing.length > 0) this.#host.send({ kind: 'curves', metric, runIds: missing })
  }

  /** A line a run; repeats of one setting are one line where they are grouped. */
  #lines(runs: readonly RunRow[]): RunLine[] {
    const { metric, groupSeeds, axis } = this.#state
    return columnsOf(runs, groupSeeds).flatMap(({ run, runs: repeated }) => {
      const members = repeated.flatMap(one => {
        const curve = this.#model.curve(metric, one.id)
        if (curve === undefined || curve.length === 0) return []
        const stepsPerUnit = axis === 'epoch' && one.steps > 0 ? one.steps / one.epochs : 1
        return [{ curve, axisOf: (step: number) => step / stepsPerUnit }]
      })
      if (members.length === 0) return []
      const emphasised = repeated.some(one => one.id === this.#emphasised)
      return [{ members, color: this.#theme.color(runColor(run.id)), emphasised }]
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
      ${this.#curves(runs)} ${this.#table(runs)} ${this.#difficulty(runs)}
      ${runs.length > 1 ? this.#settings.template(runs, this.#settingsHost()) : nothing}
    `
  }

  #curves(runs: readonly RunRow[]): TemplateResult {
    const known = [...new Set(runs.flatMap(run => Object.keys(run.summaries)))].sort()
    const { axis, logY, smoothing, metric } = this.#state
    return html`<figure class="chart wide">
      <figcaption class="tools">
        <select aria-label=${l10n.t('Metric')} @change=${this.#chooseMetric}>
          ${known.map(one => html`<option value=${one} ?selected=${one === metric}>${metricName(one)}</option>`)}
        </select>
        <label title=${l10n.t('Averages over more of the curve.')}>
          ${l10n.t('Smoothing')}
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            .value=${String(smoothing)}
            @input=${(event: Event) => {
              if (event.target instanceof HTMLInputElement) this.#change({ smoothing: Number(event.target.value) })
            }}
          />
        </label>
        ${toggle(l10n.t('epochs'), axis === 'epoch', on => this.#change({ axis: on ? 'epoch' : 'step' }))}
        ${toggle(l10n.t('log y'), logY, on => this.#change({ logY: on }))}
        ${button('file-media', l10n.t('Save the curves as PNG'), () => this.#savePng())}
        ${button('table', l10n.t('Save the curves as CSV'), () => this.#saveCsv(runs))}
        <span class="legend">${runs.map(run => this.#legendEntry(run))}</span>
      </figcaption>
      <div class="plot tall">
        <canvas role="img" data-chart="compare" aria-label=${this.#describe(runs)} ${ref(this.#adopt)}></canvas>
      </div>
    </figure>`
  }

  #legendEntry(run: RunRow): TemplateResult {
    const emphasise = (id: number | null) => () => this.#emphasise(id)
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
    const { allSettings, groupSeeds, baseline, sort, hidden } = this.#state
    const columns = sortedColumns(columnsOf(runs, groupSeeds), sort)
    const results = resultRows(columns, baseline)
    return html`<section>
      <div class="tools">
        ${toggle(l10n.t('All settings'), allSettings, on => this.#change({ allSettings: on }))}
        ${toggle(l10n.t('Group seeds'), groupSeeds, on => this.#change({ groupSeeds: on }))}
        ${this.#metricChoice(results.map(row => row.metric))}
      </div>
      ${compareTable({
        columns,
        settings: settingRows(columns, allSettings),
        results: results.filter(row => !hidden.includes(row.metric)),
        baseline,
        metric: this.#state.metric,
        sort,
        send: message => this.#host.send(message),
        setBaseline: id => this.#change({ baseline: id }),
        setMetric: metric => this.#change({ metric }),
        setSort: next => this.#change({ sort: next }),
      })}
    </section>`
  }

  /** Which results the table has. */
  #metricChoice(metrics: readonly string[]): TemplateResult {
    const { hidden } = this.#state
    const set = (metric: string, isShown: boolean) =>
      this.#change({ hidden: isShown ? hidden.filter(one => one !== metric) : [...hidden, metric] })
    return html`<details class="choose">
      <summary>${l10n.t('Results')}</summary>
      <div>
        ${metrics.map(
          metric =>
            html`<label>
              <input
                type="checkbox"
                .checked=${!hidden.includes(metric)}
                @change=${(event: Event) => {
                  if (event.target instanceof HTMLInputElement) set(metric, event.target.checked)
                }}
              />
              ${metricName(metric)}
            </label>`,
        )}
      </div>
    </details>`
  }

  #difficulty(runs: readonly RunRow[]): TemplateResult {
    return html`<details
      class="difficulty"
      ?open=${this.#showsDifficulty}
      @toggle=${(event: Event) => {
        if (event.target instanceof HTMLDetailsElement) this.#showsDifficulty = event.target.open
        this.redraw()
      }}
    >
      <summary>${l10n.t('Difficulty of the triplets, side by side')}</summary>
      ${
        this.#showsDifficulty
          ? difficultyPlots({
              runs,
              curve: (metric, runId) => this.#model.curve(metric, runId),
              theme: this.#theme,
              open: runId => this.#host.send({ kind: 'open', runId }),
            })
          : nothing
      }
    </details>`
  }

  #settingsHost() {
    return {
      state: this.#state,
      theme: this.#theme,
      emphasised: this.#emphasised,
      emphasise: (id: number | null) => this.#emphasise(id),
      change: (change: Partial<CompareState>) => this.#change(change),
      send: (message: FromCompare) => this.#host.send(message),
      redraw: () => this.redraw(),
    }
  }

  #emphasise(id: number | null): void {
    this.#emphasised = id
    this.redraw()
  }

  #savePng(): void {
    const content = this.#chart?.toPng(this.#theme.background).replace(/^[^,]*,/, '') ?? ''
    this.#host.send({ kind: 'save', name: `${this.#state.metric}.png`, encoding: 'base64', content })
  }

  #saveCsv(runs: readonly RunRow[]): void {
    const { metric } = this.#state
    const lines = runs.flatMap(run => {
      const curve = this.#model.curve(metric, run.id)
      const name = `"${run.name.replaceAll('"', '""')}"`
      return curve === undefined
        ? []
        : [...curve.steps].map((step, i) => [run.id, name, step, curve.values[i]].join(','))
    })
    const content = [`run,name,step,${metric}`, ...lines, ''].join('\n')
    this.#host.send({ kind: 'save', name: `${metric}.csv`, encoding: 'text', content })
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
