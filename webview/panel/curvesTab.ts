/** The curves: the four that tell the story, and below them those that explain it. One axis and one crosshair for all. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { metricName, metricValue, percent } from '../../protocol/words.ts'
import { ChartBoard } from '../charts/chartBoard.ts'
import {
  type ChartDefinition,
  chartTitle,
  furtherCharts,
  legendOf,
  mainCharts,
  metricsOf,
} from '../charts/definition.ts'
import { type EpochLines, noEpochs } from '../charts/overlay.ts'
import { PlacedCurves } from '../charts/placedCurves.ts'
import type { Curve } from '../data/curve.ts'
import { lately } from '../data/lately.ts'
import { type Axis, axisFor } from './axis.ts'
import { curveTools } from './curveTools.ts'
import { summaryMarkdown } from '../export/markdown.ts'
import { DifficultyHistogram } from './difficultyHistogram.ts'
import { type ExportActions, exportActions, exportMenu } from './exportMenu.ts'
import { eventMarks } from './marks.ts'
import { isMostlyEasy } from './lesson.ts'
import type { Page } from './page.ts'
import { SeldomText } from './seldomText.ts'

export class CurvesTab {
  readonly #page: Page
  readonly #board: ChartBoard
  readonly #placed = new PlacedCurves()
  /** Stretch of steps in view; kept in steps, so that another axis shows the same stretch. */
  #steps: readonly [number, number] | null = null
  #crosshairStep: number | null = null
  #runId: number | undefined
  readonly #histogram: DifficultyHistogram
  #closeUpTimer: number | undefined
  readonly #described = new SeldomText()

  constructor(page: Page) {
    this.#page = page
    this.#histogram = new DifficultyHistogram(page)
    this.#board = new ChartBoard(() => page.redraw(), {
      onRange: range => this.#zoom(range),
      onCrosshair: x => this.#moveCrosshair(x),
    })
  }

  template(): TemplateResult {
    const { model } = this.#page
    const further = furtherCharts.filter(definition =>
      metricsOf(definition).some(metric => model.curves.has(metric) && !this.#isIdle(metric)),
    )
    return html`
      ${curveTools(this.#page, {
        zoomed: this.#steps !== null,
        resetZoom: () => this.#zoom(null),
        summary: this.#crosshairStep === null ? '' : this.#summary(this.#crosshairStep),
      })}
      <div class="charts">
        ${mainCharts.slice(0, 3).map(definition => this.#figure(definition))} ${this.#histogram.template()}
        ${mainCharts.slice(3).map(definition => this.#figure(definition))}
      </div>
      <p class="hint" id="chart-keys">
        ${l10n.t(
          'Drag over a chart to zoom in, with Shift to move, double-click for the whole run; Ctrl and the wheel zoom too. With the keyboard: arrows move the crosshair, + and − zoom, Shift and arrows move, 0 shows everything.',
        )}
      </p>
      ${
        further.length === 0
          ? nothing
          : html`<h2>${l10n.t('More curves')}</h2>
              <div class="charts small">${further.map(definition => this.#figure(definition))}</div>`
      }
    `
  }

  drawCharts(): void {
    const { model, settings, theme } = this.#page
    const { run } = model
    if (run === undefined) return
    if (run.id !== this.#runId) {
      this.#runId = run.id
      this.#steps = settings.range
      this.#crosshairStep = null
      if (this.#steps !== null) this.#askCloseUp()
    }
    const axis = axisFor(settings.axis, run, model.clock)
    const first = model.firstStep(step => !settings.logX || axis.of(step) > 0)
    const last = Math.max(first + 1, model.lastStep)
    const marks = eventMarks(model.events, axis.of)
    const hidden = new Set(settings.hidden)
    this.#histogram.draw()
    const curves = this.#curvesInView()
    this.#board.draw(
      {
        curves,
        whole: model.curves,
        placedCurves: this.#placed,
        axisOf: () => axis,
        range: this.#steps && [axis.of(this.#steps[0]), axis.of(this.#steps[1])],
        extent: [axis.of(first), axis.of(last)],
        logX: settings.logX,
        logY: settings.logY,
        smoothing: settings.smoothing,
        margin: run.spec.loss.margin,
        hidden,
        marks,
        epochs: this.#epochLines(axis),
        gaps: settings.axis === 'time' ? model.clock.gaps : [],
        theme,
        formatX: axis.tick,
        describeX: axis.describe,
      },
      this.#crosshairStep === null ? null : axis.of(this.#crosshairStep),
    )
  }

  #epochLines(axis: Axis): EpochLines {
    const { model, settings } = this.#page
    const { steps = 0, epochs = 0 } = model.run ?? {}
    // There the ticks are epochs already.
    if (settings.axis === 'epoch' || steps === 0 || epochs === 0) return noEpochs
    const stepsPerEpoch = steps / epochs
    return {
      count: Math.floor(model.lastStep / stepsPerEpoch),
      at: epoch => axis.of(epoch * stepsPerEpoch),
      label: epoch => l10n.t('epoch {0}', epoch),
    }
  }

  #figure(definition: ChartDefinition): TemplateResult {
    const { curves } = this.#page.model
    return html`
      <figure class="chart" id=${`chart-${definition.id}`}>
        <figcaption>
          <span class="title">${chartTitle(definition)}</span>
          <span class="legend">
            ${legendOf(definition)
              .filter(({ metric }) => curves.has(metric))
              .map(entry => this.#legendEntry(definition, entry))}
          </span>
          ${exportMenu(this.#exports(definition))}
        </figcaption>
        <div class="plot">
          <canvas
            role="img"
            tabindex="0"
            data-chart=${definition.id}
            data-points="0"
            aria-label=${this.#describe(definition)}
            aria-describedby="chart-keys"
            ${ref(this.#board.adopter(definition))}
          ></canvas>
          ${
            metricsOf(definition).some(metric => curves.has(metric))
              ? nothing
              : html`<p class="empty over">${l10n.t('No points yet.')}</p>`
          }
        </div>
        ${definition.id === 'difficulty' ? this.#lesson() : nothing}
      </figure>
    `
  }

  /** A margin that never changes needs no curve: the distances show it. */
  #isIdle(metric: string): boolean {
    const values = this.#page.model.curves.get(metric)?.values ?? new Float64Array()
    return metric === 'margin' && values.every(value => value === values[0])
  }

  /** What the areas show, in a sentence, of the last batches together: it stays as one looks elsewhere. */
  #lesson(): TemplateResult | typeof nothing {
    const curves = ['easy', 'semiHard', 'hard'].map(metric => this.#page.model.curves.get(metric)?.values)
    const [easy, semiHard, hard] = curves.map(values => values && lately(values))
    if (easy === undefined || semiHard === undefined || hard === undefined) return nothing
    // After a collapse every distance is nothing, and so is what this would say.
    if (!isMostlyEasy(curves[0])) return nothing
    return html`<p class="hint">
      ${l10n.t(
        'Drawn at random, {0} of the triplets would be easy and teach nothing. Learning is where the negative is near: {1} are semi-hard, {2} hard.',
        percent(easy),
        percent(semiHard),
        percent(hard),
      )}
    </p>`
  }

  #legendEntry(definition: ChartDefinition, entry: { metric: string; color: string }): TemplateResult {
    const { settings } = this.#page
    const value = this.#valueAt(entry.metric)
    const text = html`${metricName(entry.metric)}${
      value === undefined ? nothing : html` <b>${metricValue(entry.metric, value)}</b>`
    }`
    // Shares make a whole only together.
    if (definition.layers.some(layer => layer.kind === 'shares'))
      return html`<span class="entry color-${entry.color}">${text}</span>`
    const isHidden = settings.hidden.includes(entry.metric)
    const toggle = () =>
      this.#page.change({
        hidden: isHidden ? settings.hidden.filter(one => one !== entry.metric) : [...settings.hidden, entry.metric],
      })
    return html`<button
      class="entry color-${entry.color}"
      aria-pressed=${!isHidden}
      title=${isHidden ? l10n.t('Show this curve') : l10n.t('Hide this curve')}
      @click=${toggle}
    >
      ${text}
    </button>`
  }

  /** Under the crosshair, as exactly as it is known there; or else the last one. */
  #valueAt(metric: string): number | undefined {
    if (this.#crosshairStep === null) return this.#page.model.last(metric)
    const curve = this.#curvesInView().get(metric) ?? this.#page.model.curves.get(metric)
    return curve?.values.at(Math.max(0, curve.indexAt(this.#crosshairStep)))
  }

  /** For screen readers and for the line above the charts: what the crosshair stands on. */
  #summary(step: number): string {
    const axis = this.#axis()
    const values = ['loss', 'activeFraction', 'dApMean', 'dAnMean', 'test/recallAt1'].flatMap(metric => {
      const value = this.#valueAt(metric)
      return value === undefined ? [] : [`${metricName(metric)} ${metricValue(metric, value)}`]
    })
    return [axis?.describe(axis.of(step)) ?? '', ...values].join(' · ')
  }

  #describe(definition: ChartDefinition): string {
    const { model } = this.#page
    const known = legendOf(definition).filter(({ metric }) => model.last(metric) !== undefined)
    const title = chartTitle(definition)
    if (known.length === 0) return l10n.t('{0}: no points yet', title)
    const { id, status } = model.run ?? {}
    const about = status === 'running' ? [id, ...known.map(({ metric }) => metric)].join(' ') : null
    return this.#described.of(definition.id, about, performance.now(), () => {
      const values = known.map(
        ({ metric }) => `${metricName(metric)} ${metricValue(metric, model.last(metric) ?? NaN)}`,
      )
      return l10n.t('{0} at step {1}: {2}', title, model.lastStep, values.join(', '))
    })
  }

  #axis(): Axis | undefined {
    const { model, settings } = this.#page
    return model.run && axisFor(settings.axis, model.run, model.clock)
  }

  #zoom(range: readonly [number, number] | null): void {
    const axis = this.#axis()
    this.#steps = range === null || axis === undefined ? null : [axis.stepAt(range[0]), axis.stepAt(range[1])]
    window.clearTimeout(this.#closeUpTimer)
    this.#closeUpTimer = window.setTimeout(() => {
      this.#page.change({ range: this.#steps === null ? null : [...this.#steps] })
      if (this.#steps !== null) this.#askCloseUp()
    }, 120)
    this.#page.redraw()
  }

  /** Where the page holds fewer points than were stored, the stretch in view is fetched, with some room on both sides. */
  #askCloseUp(): void {
    const { model } = this.#page
    if (this.#steps === null || model.run === undefined) return
    const [from, to] = this.#steps
    const room = (to - from) / 2
    this.#page.send({
      kind: 'closeUp',
      runId: model.run.id,
      fromStep: Math.max(0, Math.floor(from - room)),
      toStep: Math.ceil(to + room),
    })
  }

  #curvesInView(): ReadonlyMap<string, Curve> {
    const { curves, closeUp } = this.#page.model
    if (this.#steps === null || closeUp === undefined) return curves
    const [from, to] = this.#steps
    return from >= closeUp.fromStep && to <= closeUp.toStep ? closeUp.curves : curves
  }

  #moveCrosshair(x: number | null): void {
    const axis = this.#axis()
    this.#crosshairStep = x === null || axis === undefined ? null : Math.round(axis.stepAt(x))
    this.#page.redraw()
  }

  #exports(definition: ChartDefinition): ExportActions {
    const { model } = this.#page
    const title = chartTitle(definition)
    const metrics = metricsOf(definition)
    const actions = exportActions(this.#page, title, {
      png: () => this.#board.get(definition.id)?.toPng() ?? '',
      svg: () => this.#board.get(definition.id)?.toSvg(title) ?? '',
      csv: () => '',
      markdown: () => (model.run === undefined ? '' : summaryMarkdown(title, model.run, metrics)),
    })
    // The page holds a part of a long run's points; the file gets all of the stretch in view.
    const [fromStep, toStep] = this.#steps ?? [0, Number.MAX_SAFE_INTEGER]
    const csv = () => {
      const { run } = model
      if (run === undefined) return
      const name = `${run.name} ${title}.csv`
      this.#page.send({
        kind: 'saveCurves',
        runId: run.id,
        name,
        metrics,
        fromStep: Math.floor(fromStep),
        toStep: Math.ceil(toStep),
      })
    }
    return { ...actions, csv }
  }
}
