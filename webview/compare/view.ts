/** Draws the comparison: curves over one another, a table of what differs, and settings against results. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import type { CompareState, FromCompare } from '../../protocol/compare.ts'
import { tableCsv } from '../../protocol/csv.ts'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { markdownTable } from '../export/markdown.ts'
import { type Axis, axisFor } from '../panel/axis.ts'
import { curveTools, toggle } from '../panel/curveTools.ts'
import { type ExportActions, exportMenu } from '../panel/exportMenu.ts'
import { button } from '../panel/header.ts'
import { renderInPlace } from '../panel/renderInPlace.ts'
import { SeldomText } from '../panel/seldomText.ts'
import { compareTable } from './compareTable.ts'
import { difficultyPlots, shares } from './difficultyPlots.ts'
import type { CompareModel } from './model.ts'
import { namesOf } from './names.ts'
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
  /** Stretch of the axis in view; `null`: everything. */
  #range: readonly [number, number] | null = null
  #crosshair: number | null = null
  #closeUpTimer: number | undefined
  #emphasised: number | null = null
  readonly #settings = new SettingsSection()
  readonly #described = new SeldomText()
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

  get settings(): CompareState {
    return this.#state
  }

  change(change: Partial<CompareState>): void {
    // A stretch of steps is none of epochs, and of another metric there is no close-up yet.
    if (change.axis !== undefined && change.axis !== this.#state.axis) this.#range = this.#crosshair = null
    this.#state = { ...this.#state, ...change }
    if (change.metric !== undefined) this.#askCloseUp()
    this.redraw()
  }

  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#draw()
    })
  }

  #draw(): void {
    const { runs } = this.#model
    const { metric, axis, logX, logY } = this.#state
    this.#host.remember({ ...this.#state, runIds: runs.map(run => run.id) })
    this.#ask(metric)
    if (this.#showsDifficulty) for (const share of shares) this.#ask(share)
    if (axis === 'time') this.#askClocks()
    renderInPlace(this.#page(), this.#root)
    const lines = this.#lines(runs)
    const { tick, describe } = this.#axisOf(runs.at(0))
    const input = {
      lines,
      smoothing: this.#state.smoothing,
      percent: metric === 'activeFraction' || metric === 'easy' || metric === 'semiHard' || metric === 'hard',
      logX,
      logY,
      range: this.#range,
      extent: extentOf(lines, logX),
      formatX: tick,
      describeX: describe,
      theme: this.#theme,
    }
    this.#chart?.update(input, this.#crosshair)
  }

  /** Of a run; before there are any, of steps. */
  #axisOf(run: RunRow | undefined): Axis {
    const { axis } = this.#state
    return axisFor(axis, run ?? { steps: 0, epochs: 0 }, this.#model.clock(run?.id ?? 0))
  }

  #askClocks(): void {
    const runIds = this.#model.missingClocks()
    if (runIds.length > 0) this.#host.send({ kind: 'clocks', runIds })
  }

  #zoom(range: readonly [number, number] | null): void {
    this.#range = range
    window.clearTimeout(this.#closeUpTimer)
    this.#closeUpTimer = window.setTimeout(() => this.#askCloseUp(), 120)
    this.redraw()
  }

  /** Where the page holds fewer points than were stored, the stretch in view is fetched, with some room on both sides. */
  #askCloseUp(): void {
    if (this.#range === null) return
    const room = (this.#range[1] - this.#range[0]) / 2
    const stretches = this.#model.runs.map(run => {
      const [from, to] = this.#stepsOf(run, room)
      return { runId: run.id, fromStep: Math.max(0, Math.floor(from)), toStep: Math.ceil(to) }
    })
    this.#host.send({ kind: 'closeUp', metric: this.#state.metric, stretches })
  }

  /** The steps of a run that are in view, and as many more as lie within `room` of the axis. */
  #stepsOf(run: RunRow, room = 0): readonly [number, number] {
    const { stepAt } = this.#axisOf(run)
    if (this.#range === null) return [0, Infinity]
    return [stepAt(this.#range[0] - room), stepAt(this.#range[1] + room)]
  }

  /** For curves that are not here yet, or are behind. */
  #ask(metric: string): void {
    const missing = this.#model.missing(metric)
    if (missing.length > 0) this.#host.send({ kind: 'curves', metric, runIds: missing })
  }

  /** A line a run; repeats of one setting are one line where they are grouped. */
  #lines(runs: readonly RunRow[]): RunLine[] {
    const { metric, groupSeeds } = this.#state
    return columnsOf(runs, groupSeeds).flatMap(({ run, runs: repeated }) => {
      const members = repeated.flatMap(one => {
        const whole = this.#model.curve(metric, one.id)
        const curve = this.#model.curveIn(metric, one.id, ...this.#stepsOf(one))
        if (whole === undefined || curve === undefined || curve.length === 0) return []
        return [{ curve, whole, axisOf: this.#axisOf(one).of }]
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
    const { metric } = this.#state
    // The one that is shown has values only after the first evaluation.
    const known = [...new Set([metric, ...runs.flatMap(run => Object.keys(run.summaries))])].sort()
    const columns = columnsOf(runs, this.#state.groupSeeds)
    const names = namesOf(columns)
    return html`${curveTools(this, {
        zoomed: this.#range !== null,
        resetZoom: () => this.#zoom(null),
        summary: this.#summary(runs),
      })}
      <figure class="chart wide">
        <figcaption>
          <select aria-label=${l10n.t('Metric')} @change=${this.#chooseMetric}>
            ${known.map(one => html`<option value=${one} .selected=${live(one === metric)}>${metricName(one)}</option>`)}
          </select>
          ${exportMenu(this.#exports(runs))}
          <span class="legend"
            >${repeat(
              columns,
              ({ run }) => run.id,
              ({ run }) => this.#legendEntry(run, names.get(run.id) ?? run.name),
            )}</span
          >
        </figcaption>
        <div class="plot tall">
          <canvas
            role="img"
            tabindex="0"
            data-chart="compare"
            aria-label=${this.#describe(runs)}
            ${ref(this.#adopt)}
          ></canvas>
        </div>
      </figure>`
  }

  #legendEntry(run: RunRow, name: string): TemplateResult {
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
      <bdi>${name}</bdi>
    </button>`
  }

  #table(runs: readonly RunRow[]): TemplateResult {
    const { allSettings, groupSeeds, baseline, sort, hidden } = this.#state
    const columns = sortedColumns(columnsOf(runs, groupSeeds), sort)
    const results = resultRows(columns, baseline)
    return html`<section>
      <div class="tools">
        ${toggle(l10n.t('All settings'), allSettings, on => this.change({ allSettings: on }))}
        ${toggle(l10n.t('Group seeds'), groupSeeds, on => this.change({ groupSeeds: on }))}
        ${this.#metricChoice(results.map(row => row.metric))}
      </div>
      ${compareTable({
        columns,
        names: namesOf(columns),
        settings: settingRows(columns, allSettings),
        results: results.filter(row => !hidden.includes(row.metric)),
        baseline,
        metric: this.#state.metric,
        sort,
        send: message => this.#host.send(message),
        setBaseline: id => this.change({ baseline: id }),
        setMetric: metric => this.change({ metric }),
        setSort: next => this.change({ sort: next }),
      })}
    </section>`
  }

  /** Which results the table has. */
  #metricChoice(metrics: readonly string[]): TemplateResult {
    const { hidden } = this.#state
    const set = (metric: string, isShown: boolean) =>
      this.change({ hidden: isShown ? hidden.filter(one => one !== metric) : [...hidden, metric] })
    return html`<details class="choose">
      <summary>${l10n.t('Results')}</summary>
      <div>
        ${repeat(
          metrics,
          metric => metric,
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
              names: namesOf(columnsOf(runs, false)),
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
      change: (change: Partial<CompareState>) => this.change(change),
      send: (message: FromCompare) => this.#host.send(message),
      redraw: () => this.redraw(),
    }
  }

  #emphasise(id: number | null): void {
    this.#emphasised = id
    this.redraw()
  }

  /** What each run has under the crosshair. */
  #summary(runs: readonly RunRow[]): string {
    const at = this.#crosshair
    const { metric } = this.#state
    if (at === null) return ''
    const names = namesOf(columnsOf(runs, false))
    const values = runs.slice(0, mostInSummary).flatMap(run => {
      const curve = this.#model.curveIn(metric, run.id, ...this.#stepsOf(run))
      const value = curve?.values.at(Math.max(0, curve.indexAt(this.#axisOf(run).stepAt(at))))
      return value === undefined ? [] : [`${names.get(run.id) ?? run.name} ${metricValue(metric, value)}`]
    })
    return [this.#axisOf(runs.at(0)).describe(at), ...values].join(' · ')
  }

  #exports(runs: readonly RunRow[]): ExportActions {
    const { metric } = this.#state
    const title = metricName(metric)
    const save = (extension: string, encoding: 'text' | 'base64', content: string) =>
      this.#host.send({ kind: 'save', name: `${title}.${extension}`, encoding, content })
    return {
      png: () => save('png', 'base64', (this.#chart?.toPng() ?? '').replace(/^[^,]*,/, '')),
      svg: () => save('svg', 'text', this.#chart?.toSvg(title) ?? ''),
      csv: () => save('csv', 'text', this.#csv(runs)),
      markdown: () => {
        const rows = runs.map(run => {
          const value = scoreOf(run, metric)
          return [run.name, statusName(run.status), value === undefined ? '' : metricValue(metric, value)]
        })
        const text = markdownTable(`**${title}**`, [l10n.t('run'), l10n.t('state'), title], rows)
        this.#host.send({ kind: 'copy', text })
      },
    }
  }

  #csv(runs: readonly RunRow[]): string {
    const { metric } = this.#state
    const rows = runs.flatMap(run => {
      const curve = this.#model.curve(metric, run.id)
      return curve === undefined ? [] : Array.from(curve.steps, (step, i) => [run.id, run.name, step, curve.values[i]])
    })
    return tableCsv(['run', 'name', 'step', metric], rows)
  }

  #describe(runs: readonly RunRow[]): string {
    const { metric } = this.#state
    const isLive = runs.some(run => run.status === 'running')
    const about = isLive ? runs.map(run => run.id).join(' ') : null
    return this.#described.of(metric, about, performance.now(), () => {
      const values = runs.flatMap(run => {
        const value = scoreOf(run, metric)
        return value === undefined ? [] : [`${run.name} ${metricValue(metric, value)}`]
      })
      return l10n.t('{0} of {1} runs: {2}', metricName(metric), runs.length, values.join(', '))
    })
  }

  readonly #chooseMetric = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.change({ metric: event.target.value })
  }

  readonly #adopt = (element: Element | undefined): void => {
    if (element === this.#chart?.canvas) return
    this.#chart?.dispose()
    this.#chart = element instanceof HTMLCanvasElement ? this.#overlayOn(element) : undefined
  }

  #overlayOn(canvas: HTMLCanvasElement): OverlayChart {
    return new OverlayChart(canvas, {
      onRange: range => this.#zoom(range),
      onCrosshair: x => {
        this.#crosshair = x
        this.redraw()
      },
    })
  }
}

/** Runs that the line of what is under the crosshair names; more would not be read. */
const mostInSummary = 8

/** Both ends of all curves; a logarithmic axis begins at the first position that it can show. */
function extentOf(lines: readonly RunLine[], logX: boolean): readonly [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const { members } of lines)
    for (const { whole, axisOf } of members) {
      const first = logX ? whole.steps.find(step => axisOf(step) > 0) : 0
      if (first !== undefined) low = Math.min(low, axisOf(first))
      high = Math.max(high, axisOf(whole.lastStep))
    }
  if (!Number.isFinite(low)) low = logX ? 1 : 0
  return [low, Math.max(high, low + 1e-9)]
}
