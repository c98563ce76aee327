/** Several runs in one panel: who they are and how far, and their curves over one another. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import { seriesCsv } from '../../protocol/csv.ts'
import type { FromGroup, GroupState } from '../../protocol/group.ts'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { runColor } from '../../protocol/runColor.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'
import { ChartBoard } from '../charts/chartBoard.ts'
import { noEpochs } from '../charts/overlay.ts'
import { PlacedCurves } from '../charts/placedCurves.ts'
import { onThemeChange, readTheme, type Theme } from '../charts/theme.ts'
import { markdownTable } from '../export/markdown.ts'
import { type Axis, axisFor } from '../panel/axis.ts'
import { curveTools } from '../panel/curveTools.ts'
import { type ExportActions, exportMenu } from '../panel/exportMenu.ts'
import { button } from '../panel/header.ts'
import { renderInPlace } from '../panel/renderInPlace.ts'
import { SeldomText } from '../panel/seldomText.ts'
import { groupCharts, type TitledChart } from './charts.ts'
import { groupExtent } from './extent.ts'
import { type GroupModel, type Member, runOfKey } from './model.ts'

export interface GroupHost {
  readonly state: GroupState
  send(message: FromGroup): void
  remember(state: GroupState): void
}

export class GroupView {
  readonly #root: HTMLElement
  readonly #model: GroupModel
  readonly #host: GroupHost
  readonly #board: ChartBoard
  readonly #placed = new PlacedCurves()
  #state: GroupState
  #theme: Theme = readTheme()
  /** Stretch of the axis in view. */
  #range: readonly [number, number] | null = null
  #crosshair: number | null = null
  #frame: number | undefined
  readonly #described = new SeldomText()

  constructor(root: HTMLElement, model: GroupModel, host: GroupHost) {
    this.#root = root
    this.#model = model
    this.#host = host
    this.#state = host.state
    this.#board = new ChartBoard(() => this.redraw(), {
      onRange: range => {
        this.#range = range
        this.redraw()
      },
      onCrosshair: x => {
        this.#crosshair = x
        this.redraw()
      },
    })
    onThemeChange(() => {
      this.#theme = readTheme()
      this.redraw()
    })
    new ResizeObserver(() => this.redraw()).observe(root)
  }

  get settings(): GroupState {
    return this.#state
  }

  change(state: Partial<GroupState>): void {
    // A stretch of steps is none of epochs.
    if (state.axis !== undefined && state.axis !== this.#state.axis) this.#range = this.#crosshair = null
    this.#state = { ...this.#state, ...state }
    this.#host.remember(this.#state)
    this.redraw()
  }

  redraw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined
      this.#draw()
    })
  }

  #draw(): void {
    const { members } = this.#model
    const curves = this.#model.curves
    const charts = groupCharts(
      members.map(member => member.run),
      key => curves.has(key),
    )
    renderInPlace(this.#page(members, charts), this.#root)
    const first = members.at(0)
    if (first === undefined) return
    const { logX, logY, smoothing, hidden } = this.#state
    const axes = new Map(members.map(({ run, model }) => [run.id, axisFor(this.#state.axis, run, model.clock)]))
    const axis = axisFor(this.#state.axis, first.run, first.model.clock)
    const axisOf = (key: string): Axis => axes.get(runOfKey(key)) ?? axis
    const input = {
      curves,
      whole: curves,
      placedCurves: this.#placed,
      axisOf,
      range: this.#range,
      extent: groupExtent(members, runId => (axes.get(runId) ?? axis).of, logX),
      logX,
      logY,
      smoothing,
      margin: 0,
      hidden: new Set([...curves.keys()].filter(key => hidden.includes(runOfKey(key)))),
      marks: [],
      epochs: noEpochs,
      gaps: [],
      theme: this.#theme,
      formatX: axis.tick,
      describeX: axis.describe,
    }
    this.#board.draw(input, this.#crosshair)
  }

  #page(members: readonly Member[], charts: readonly TitledChart[]): TemplateResult {
    if (members.length === 0) return html`<p class="empty" role="status">${l10n.t('Reading the runs…')}</p>`
    // Of one experiment a run's name says what differs; of several it may be the same.
    const isMixed = new Set(members.map(({ run }) => run.experiment)).size > 1
    return html`
      <header>
        <h1>${l10n.t('{0} runs', members.length)}</h1>
        <span class="figures">${this.#best(members)}</span>
      </header>
      <ul class="members">
        ${repeat(
          members,
          ({ run }) => run.id,
          member => this.#member(member, isMixed),
        )}
      </ul>
      ${curveTools(this, {
        zoomed: this.#range !== null,
        resetZoom: () => {
          this.#range = null
          this.redraw()
        },
        summary: this.#summary(members),
      })}
      <div class="charts">${charts.map(chart => this.#figure(chart, members))}</div>
    `
  }

  #member({ run, model }: Member, isMixed: boolean): TemplateResult {
    const isHidden = this.#state.hidden.includes(run.id)
    const ended = endedStatuses.has(run.status)
    const step = Math.max(run.step, model.lastStep)
    const wish = (kind: 'run' | 'pause' | 'stop') => () => this.#host.send({ kind: 'wish', runId: run.id, wish: kind })
    const hidden = isHidden ? this.#state.hidden.filter(id => id !== run.id) : [...this.#state.hidden, run.id]
    return html`<li>
      <button
        class="entry color-${runColor(run.id)}"
        aria-pressed=${!isHidden}
        title=${isHidden ? l10n.t('Show this curve') : l10n.t('Hide this curve')}
        @click=${() => this.change({ hidden })}
      >
        <bdi>${run.name}</bdi
        >${isMixed ? html` <small><bdi>${run.experiment.replace(/\.triplet\.json$/, '')}</bdi></small>` : nothing}
      </button>
      <span class="state ${run.status}"><span class="dot" aria-hidden="true"></span>${statusName(run.status)}</span>
      <progress
        max="1"
        .value=${run.steps > 0 ? Math.min(1, step / run.steps) : 0}
        aria-label=${l10n.t('epoch {0}/{1}', run.epoch, run.epochs)}
      ></progress>
      <span class="values">${this.#values(model)}</span>
      <span class="controls">
        ${
          ended
            ? nothing
            : run.wish === 'pause' || run.status === 'paused'
              ? button('debug-continue', l10n.t('Resume'), wish('run'))
              : button('debug-pause', l10n.t('Pause'), wish('pause'))
        }
        ${ended ? nothing : button('debug-stop', l10n.t('Stop'), wish('stop'))}
        ${button('go-to-file', l10n.t('Open the panel of this run'), () => this.#host.send({ kind: 'open', runId: run.id }))}
      </span>
    </li>`
  }

  #values(model: Member['model']): string {
    return ['loss', 'test/recallAt1']
      .flatMap(metric => {
        const value = model.last(metric)
        return value === undefined ? [] : [`${metricName(metric)} ${metricValue(metric, value)}`]
      })
      .join(' · ')
  }

  /** The run that finds most, in words. */
  #best(members: readonly Member[]): string {
    const scored = members.flatMap(({ run, model }) => {
      const score = model.last('test/recallAt1')
      return score === undefined ? [] : [{ name: run.name, score }]
    })
    if (scored.length < 2) return ''
    const best = scored.reduce((a, b) => (b.score > a.score ? b : a))
    return l10n.t('Best so far: {0}, R@1 {1}', best.name, metricValue('test/recallAt1', best.score))
  }

  /** The loss of each run under the crosshair. */
  #summary(members: readonly Member[]): string {
    const at = this.#crosshair
    if (at === null) return ''
    const values = members.flatMap(({ run, model }) => {
      const axis = axisFor(this.#state.axis, run, model.clock)
      const curve = model.curves.get('loss')
      const value = curve?.values.at(Math.max(0, curve.indexAt(axis.stepAt(at))))
      return value === undefined ? [] : [`${run.name} ${metricValue('loss', value)}`]
    })
    const [{ run, model }] = members
    return [axisFor(this.#state.axis, run, model.clock).describe(at), ...values].join(' · ')
  }

  #figure(chart: TitledChart, members: readonly Member[]): TemplateResult {
    const { title, definition } = chart
    return html`<figure class="chart">
      <figcaption>
        <span class="title">${title}</span>
        ${exportMenu(this.#exports(chart, members))}
      </figcaption>
      <div class="plot">
        <canvas
          role="img"
          tabindex="0"
          data-chart=${definition.id}
          aria-label=${this.#describe(chart, members)}
          ${ref(this.#board.adopter(definition))}
        ></canvas>
      </div>
    </figure>`
  }

  #describe({ title, metric, definition }: TitledChart, members: readonly Member[]): string {
    const known = members.filter(({ model }) => model.last(metric) !== undefined)
    if (known.length === 0) return l10n.t('{0}: no points yet', title)
    const isLive = known.some(({ run }) => run.status === 'running')
    const about = isLive ? known.map(({ run }) => run.id).join(' ') : null
    return this.#described.of(definition.id, about, performance.now(), () => {
      const values = known.map(({ run, model }) => `${run.name} ${metricValue(metric, model.last(metric) ?? NaN)}`)
      return `${title}: ${values.join(', ')}`
    })
  }

  #exports({ title, metric, definition }: TitledChart, members: readonly Member[]): ExportActions {
    const save = (extension: string, encoding: 'text' | 'base64', content: string) =>
      this.#host.send({ kind: 'save', name: `${title}.${extension}`, encoding, content })
    const chart = () => this.#board.get(definition.id)
    return {
      png: () => save('png', 'base64', (chart()?.toPng() ?? '').replace(/^[^,]*,/, '')),
      svg: () => save('svg', 'text', chart()?.toSvg(title) ?? ''),
      csv: () => {
        const series = members.flatMap(({ run, model }) => {
          const curve = model.curves.get(metric)
          return curve === undefined
            ? []
            : [{ metric: `${run.name} (${run.id})`, steps: [...curve.steps], values: [...curve.values] }]
        })
        save('csv', 'text', seriesCsv(series))
      },
      markdown: () => {
        const rows = members.map(({ run, model }) => {
          const value = model.last(metric)
          return [run.name, statusName(run.status), value === undefined ? '' : metricValue(metric, value)]
        })
        const text = markdownTable(`**${title}**`, [l10n.t('run'), l10n.t('state'), metricName(metric)], rows)
        this.#host.send({ kind: 'copy', text })
      },
    }
  }
}
