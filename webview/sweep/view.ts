/** Draws a sweep: how far it is, what did best, which settings matter, and every run. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { endedStatuses } from '../../protocol/runEvent.ts'
import type { FromSweep, SweepState } from '../../protocol/sweepPanel.ts'
import type { SweepInfo } from '../../protocol/sweeps.ts'
import { metricName, metricValue } from '../../protocol/words.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { type Brushes, passing } from '../compare/brush.ts'
import { parallelAxes } from '../compare/parallel.ts'
import { parallelPlot } from '../compare/parallelPlot.ts'
import { button } from '../panel/header.ts'
import { renderInPlace } from '../panel/renderInPlace.ts'
import { axisScale, bestSoFar, importances, type AxisScale } from './analysis.ts'
import { contour } from './contour.ts'
import { ranked, type Combination, type SweepModel } from './model.ts'
import { plot, type Mark } from './plot.ts'
import { runsTable } from './runsTable.ts'

export interface SweepHost {
  readonly state: SweepState
  send(message: FromSweep): void
  remember(state: SweepState): void
}

/** Lines that parallel coordinates can hold before they are a grey mass. */
const mostLines = 300

export class SweepView {
  readonly #root: HTMLElement
  readonly #model: SweepModel
  readonly #host: SweepHost
  #state: SweepState
  #theme: Theme = readTheme()
  #frame: number | undefined
  #emphasised: number | null = null
  #brushes: Brushes = new Map()
  #drawnWidth = 0

  constructor(root: HTMLElement, model: SweepModel, host: SweepHost) {
    this.#root = root
    this.#model = model
    this.#host = host
    this.#state = host.state
    onThemeChange(() => {
      this.#theme = readTheme()
      this.redraw()
    })
    // Charts are drawn for a width; a scrollbar that appears changes it too.
    new ResizeObserver(() => {
      if (this.#width !== this.#drawnWidth) this.redraw()
    }).observe(root)
  }

  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      const { sweep } = this.#model
      if (sweep !== null) this.#host.remember({ ...this.#state, sweepId: sweep.id })
      this.#drawnWidth = this.#width
      renderInPlace(this.#page(), this.#root)
    })
  }

  #page(): TemplateResult {
    const { sweep, missing } = this.#model
    if (missing !== null) return html`<p class="empty" role="status">${missing}</p>`
    if (sweep === null) return html`<p class="empty" role="status">${l10n.t('Reading the sweep…')}</p>`
    const combinations = this.#model.combinations()
    const best = ranked(sweep, combinations)
    const scored = best.filter(one => one.score !== null)
    return html`
      ${this.#header(sweep)} ${this.#bestLine(sweep, best)}
      ${
        scored.length === 0
          ? html`<p class="hint" role="status">${l10n.t('The first result comes with the first evaluation.')}</p>`
          : html`<div class="sweep-grid">
                ${this.#progressChart(sweep, combinations, scored)}${this.#shares(sweep, scored)}
              </div>
              ${this.#parallel(sweep, scored)} ${this.#slices(sweep, scored)} ${this.#contour(sweep, scored)}`
      }
      <section>
        <h2>${l10n.t('Runs')}</h2>
        ${runsTable({
          sweep,
          combinations: best,
          open: one => this.#open(one),
          use: one => this.#host.send({ kind: 'use', runId: one.runs[0].id }),
          resume: one => {
            for (const run of one.runs) if (run.status === 'stopped') this.#host.send({ kind: 'resume', runId: run.id })
          },
        })}
      </section>
    `
  }

  /** Pixels across that the page has for what it shows. */
  get #width(): number {
    const { paddingLeft, paddingRight } = getComputedStyle(this.#root)
    return Math.max(200, this.#root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight))
  }

  #header(sweep: SweepInfo): TemplateResult {
    const { runs } = this.#model
    const ended = runs.filter(run => endedStatuses.has(run.status)).length
    const all = Math.max(runs.length, sweep.method === 'bayes' ? (sweep.runCap ?? 0) : 0)
    const early = this.#model.combinations().filter(one => one.stoppedEarly !== null).length
    const title = l10n.t('{0} of {1} runs ended', ended, all)
    const wish = (kind: 'run' | 'pause' | 'stop') => () => this.#host.send({ kind: 'wish', wish: kind })
    const isPaused = sweep.status === 'running' && sweep.wish === 'pause'
    return html`<header>
      <h1 title=${sweep.experiment}><bdi>${sweep.axes.map(axis => lastOf(axis.path)).join(' × ')}</bdi></h1>
      <span class="state ${isPaused ? 'paused' : sweep.status}">
        <span class="dot" aria-hidden="true"></span>${stateName(sweep)}
      </span>
      <span class="progress" title=${title}>
        <span>${ended}/${all}</span>
        <progress max="1" .value=${all === 0 ? 0 : ended / all} aria-label=${title}></progress>
      </span>
      <span class="figures">
        <span>${methodName(sweep)}</span>
        ${early === 0 ? nothing : html`<span>${l10n.t('{0} stopped early', early)}</span>`}
      </span>
      <span class="controls">
        ${
          sweep.status === 'running'
            ? html`${
                isPaused
                  ? button('debug-continue', l10n.t('Resume the sweep'), wish('run'))
                  : button('debug-pause', l10n.t('Pause the sweep'), wish('pause'))
              }${button('debug-stop', l10n.t('Stop the sweep'), wish('stop'))}`
            : sweep.status === 'stopped'
              ? button('debug-continue', l10n.t('Resume the sweep'), wish('run'))
              : nothing
        }
        ${button('copy', l10n.t('Copy as Markdown'), () => this.#host.send({ kind: 'copy', text: this.#markdown(sweep) }))}
        ${button('go-to-file', l10n.t('Open the experiment'), () => this.#host.send({ kind: 'openExperiment' }))}
      </span>
    </header>`
  }

  #bestLine(sweep: SweepInfo, best: readonly Combination[]): TemplateResult {
    if (sweep.message !== null) return html`<p class="status bad" role="status">${sweep.message}</p>`
    const first = best.at(0)
    if (first === undefined || first.score === null) return html``
    return html`<p class="status good" role="status">
      ${l10n.t('Best so far: {0} {1}, with {2}', metricName(sweep.metric), metricValue(sweep.metric, first.score), nameOf(first))}
      <button class="action" @click=${() => this.#host.send({ kind: 'use', runId: first.runs[0].id })}>
        ${l10n.t('use')}
      </button>
    </p>`
  }

  #progressChart(sweep: SweepInfo, combinations: readonly Combination[], best: readonly Combination[]): TemplateResult {
    const steps = bestSoFar(sweep, combinations)
    const xOf = (i: number) => (steps.length === 1 ? 0.5 : i / (steps.length - 1))
    const marks = steps.map(({ combination, score }, i): Mark => ({
      combination,
      x: xOf(i),
      score,
      isBest: combination.number === best.at(0)?.number,
    }))
    const label = l10n.t('Best {0} so far', metricName(sweep.metric))
    return html`<figure class="chart">
      <figcaption><span class="title">${label}</span></figcaption>
      ${plot({
        ...this.#shared(sweep),
        label: l10n.t('{0}, after {1} results', label, steps.length),
        marks,
        width: chartWidth(this.#width, 320, 2),
        ticks: [{ at: xOf(0), label: '1' }, ...(steps.length > 1 ? [{ at: 1, label: String(steps.length) }] : [])],
        steps: steps.map(({ best: score }, i) => ({ x: xOf(i), score })),
      })}
    </figure>`
  }

  #shares(sweep: SweepInfo, combinations: readonly Combination[]): TemplateResult {
    const shares = importances(sweep, combinations)
    return html`<figure class="chart">
      <figcaption><span class="title">${l10n.t('How much of the difference each setting explains')}</span></figcaption>
      ${
        shares.length === 0
          ? html`<p class="hint">${l10n.t('This needs a few more results.')}</p>`
          : html`<dl class="shares">
              ${shares.map(
                ({ path, share }) =>
                  html`<dt>${path}</dt>
                    <dd>
                      <progress max="1" .value=${share} aria-label=${path}></progress> ${Math.round(share * 100)} %
                    </dd>`,
              )}
            </dl>`
      }
    </figure>`
  }

  #parallel(sweep: SweepInfo, scored: readonly Combination[]): TemplateResult {
    const shown = scored.slice(0, mostLines)
    const runs = shown.map(one => one.runs[0])
    const metric = { name: metricName(sweep.metric), values: shown.map(one => one.score ?? undefined) }
    const axes = parallelAxes(
      runs,
      shown.map(one => one.values),
      sweep.axes.map(axis => axis.path),
      metric,
    )
    return html`<section>
      <h2>${l10n.t('Settings and {0}', metricName(sweep.metric))}</h2>
      ${parallelPlot({
        width: this.#width,
        axes,
        runs,
        theme: this.#theme,
        emphasised: this.#emphasised,
        emphasise: id => {
          this.#emphasised = id
          this.redraw()
        },
        open: id => this.#host.send({ kind: 'open', runId: id }),
        brushes: this.#brushes,
        picked: passing(axes, this.#brushes, runs.length),
        brush: (path, brush) => {
          const others = [...this.#brushes].filter(([one]) => one !== path)
          this.#brushes = new Map(brush === null ? others : [...others, [path, brush] as const])
          this.redraw()
        },
      })}
    </section>`
  }

  #slices(sweep: SweepInfo, scored: readonly Combination[]): TemplateResult {
    return html`<section>
      <h2>${l10n.t('Each setting by itself')}</h2>
      <div class="sweep-grid slices">
        ${sweep.axes.map(({ path }) => {
          const scale = scaleOf(sweep, path, scored)
          return html`<figure class="chart">
            <figcaption><span class="title">${path}</span></figcaption>
            ${plot({
              ...this.#shared(sweep),
              label: l10n.t('{0} by {1}', metricName(sweep.metric), path),
              marks: marksOn(scale, scored),
              ticks: scale.ticks,
              width: chartWidth(this.#width, 260),
            })}
          </figure>`
        })}
      </div>
    </section>`
  }

  #contour(sweep: SweepInfo, scored: readonly Combination[]): TemplateResult {
    const scales = new Map(sweep.axes.map(({ path }) => [path, scaleOf(sweep, path, scored)]))
    // Numbers first: between words there is nothing to see.
    const paths = [...scales.keys()].sort((a, b) => Number(scales.get(b)?.isNumeric) - Number(scales.get(a)?.isNumeric))
    if (paths.length < 2) return html``
    const across = paths.find(path => path === this.#state.across) ?? paths[0]
    const up = paths.find(path => path === this.#state.up && path !== across) ?? paths.find(path => path !== across)
    const [acrossScale, upScale] = [scales.get(across), up === undefined ? undefined : scales.get(up)]
    if (up === undefined || acrossScale === undefined || upScale === undefined) return html``
    const marks = marksOn(acrossScale, scored).flatMap(mark => {
      const y = upScale.place(mark.combination.values.get(up))
      return y === null ? [] : [{ ...mark, y }]
    })
    const choose = (label: string, value: string, change: (path: string) => Partial<SweepState>) =>
      html`<label
        >${label}
        <select
          @change=${(event: Event) => {
            if (event.target instanceof HTMLSelectElement) this.#change(change(event.target.value))
          }}
        >
          ${paths.map(path => html`<option value=${path} .selected=${live(path === value)}>${path}</option>`)}
        </select></label
      >`
    return html`<section>
      <h2>${l10n.t('Two settings together')}</h2>
      <span class="axes-of-contour">
        ${choose(l10n.t('across'), across, path => ({ across: path, up: path === up ? across : up }))}
        ${choose(l10n.t('upwards'), up, path => ({ up: path, across: path === across ? up : across }))}
      </span>
      ${contour({
        ...this.#shared(sweep),
        label: l10n.t('{0} by {1} and {2}', metricName(sweep.metric), across, up),
        across: acrossScale,
        up: upScale,
        marks,
        goal: sweep.goal,
        width: Math.min(640, this.#width),
      })}
    </section>`
  }

  #shared({ metric }: SweepInfo) {
    return { metric, theme: this.#theme, name: nameOf, open: (one: Combination) => this.#open(one) }
  }

  #open(one: Combination): void {
    this.#host.send({ kind: 'open', runId: one.runs[0].id })
  }

  #markdown(sweep: SweepInfo): string {
    const paths = sweep.axes.map(axis => axis.path)
    const rows = ranked(sweep, this.#model.combinations()).map(one => [
      ...paths.map(path => String(one.values.get(path) ?? '–')),
      one.score === null ? '–' : metricValue(sweep.metric, one.score),
    ])
    const table = [[...paths, metricName(sweep.metric)], paths.concat('').map(() => '---'), ...rows]
    return table.map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('')
  }

  #change(change: Partial<SweepState>): void {
    this.#state = { ...this.#state, ...change }
    this.redraw()
  }
}

/** As in sweep.css: columns of at least so many pixels with a gap between them; a chart has its border and padding. */
function chartWidth(page: number, least: number, most = Infinity): number {
  const gap = 12
  const frame = 18
  const columns = Math.max(1, Math.min(most, Math.floor((page + gap) / (least + gap))))
  return Math.floor((page - gap * (columns - 1)) / columns) - frame
}

function scaleOf(sweep: SweepInfo, path: string, scored: readonly Combination[]): AxisScale {
  const axis = sweep.axes.find(one => one.path === path) ?? sweep.axes[0]
  return axisScale(
    axis,
    scored.flatMap(one => {
      const value = one.values.get(path)
      return value === undefined ? [] : [value]
    }),
  )
}

/** @param scored best first */
function marksOn(scale: AxisScale, scored: readonly Combination[]): Mark[] {
  return scored.flatMap((combination, i) => {
    const x = scale.place(combination.values.get(scale.path))
    return x === null || combination.score === null
      ? []
      : [{ combination, x, score: combination.score, isBest: i === 0 }]
  })
}

function nameOf(one: Combination): string {
  return [...one.values].map(([path, value]) => `${lastOf(path)} ${String(value)}`).join(', ')
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function stateName({ status, wish }: SweepInfo): string {
  switch (status) {
    case 'running':
      return wish === 'pause' ? l10n.t('paused') : l10n.t('running')
    case 'done':
      return l10n.t('done')
    case 'stopped':
      return l10n.t('stopped')
    case 'failed':
      return l10n.t('failed')
  }
}

function methodName({ method, earlyTerminate, repeats }: SweepInfo): string {
  return [method, earlyTerminate ?? '', repeats > 1 ? l10n.t('{0} repeats', repeats) : '']
    .filter(part => part !== '')
    .join(' · ')
}
