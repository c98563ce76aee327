/** Settings against a result: parallel coordinates, a scatter, and how much each setting explains. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import type { CompareState, FromCompare } from '../../protocol/compare.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { flatten } from '../../protocol/specDifference.ts'
import { metricName } from '../../protocol/words.ts'
import type { Theme } from '../charts/theme.ts'
import { type Brush, type Brushes, passing } from './brush.ts'
import { axisOf, parallelAxes } from './parallel.ts'
import { parallelPlot } from './parallelPlot.ts'
import { scatterPlot } from './scatterPlot.ts'
import { importance } from './statistics.ts'
import { columnsOf, settingRows } from './table.ts'

/** Axes that fit beside one another. */
const mostAxes = 7

export interface SettingsHost {
  readonly state: CompareState
  readonly theme: Theme
  readonly emphasised: number | null
  emphasise(runId: number | null): void
  change(change: Partial<CompareState>): void
  send(message: FromCompare): void
  redraw(): void
}

export class SettingsSection {
  #brushes: Brushes = new Map()

  template(runs: readonly RunRow[], host: SettingsHost): TemplateResult {
    const { metric } = host.state
    const flats = runs.map(run => flatten(run.spec))
    const values = runs.map(run => scoreOf(run, metric))
    const paths = settingRows(columnsOf(runs, false), false)
      .map(row => row.path)
      .filter(path => path !== 'seed')
    const shares = sharesOf(paths, runs, metric)
    const axes = parallelAxes(runs, flats, paths.slice(0, mostAxes), { name: metricName(metric), values })
    const picked = passing(axes, this.#brushes, runs.length)
    const scatterPath = paths.find(path => path === host.state.scatter) ?? shares.at(0)?.path ?? paths.at(0) ?? 'seed'
    const shared = {
      runs,
      picked,
      theme: host.theme,
      emphasised: host.emphasised,
      emphasise: (id: number | null) => host.emphasise(id),
      open: (runId: number) => host.send({ kind: 'open', runId }),
    }
    return html`<section>
      <h2>${l10n.t('Settings and {0}', metricName(metric))}</h2>
      ${parallelPlot({
        ...shared,
        axes,
        brushes: this.#brushes,
        brush: (path, brush) => {
          this.#brush(path, brush)
          host.redraw()
        },
      })}
      ${this.#tools(runs, picked, host)}
      <div class="tools">
        <label>
          ${l10n.t('Scatter: {0} against', metricName(metric))}
          <select
            @change=${(event: Event) => {
              if (event.target instanceof HTMLSelectElement) host.change({ scatter: event.target.value })
            }}
          >
            ${[...paths, 'seed'].map(path => html`<option value=${path} .selected=${live(path === scatterPath)}>${path}</option>`)}
          </select>
        </label>
      </div>
      ${scatterPlot({
        ...shared,
        x: axisOf(
          scatterPath,
          flats.map(flat => flat.get(scatterPath)),
        ),
        y: rounded(axisOf(metricName(metric), values)),
      })}
      ${explained(shares)}
    </section>`
  }

  /** What can be done with the runs that were picked out. */
  #tools(runs: readonly RunRow[], picked: readonly boolean[], host: SettingsHost): TemplateResult | typeof nothing {
    if (this.#brushes.size === 0) return nothing
    const kept = runs.filter((_, i) => picked[i])
    return html`<div class="tools">
      <button
        class="action"
        ?disabled=${kept.length === 0}
        @click=${() => {
          this.#brushes = new Map()
          host.send({ kind: 'check', runIds: kept.map(run => run.id) })
        }}
      >
        ${kept.length === 1 ? l10n.t('Compare this one alone') : l10n.t('Compare these {0} alone', kept.length)}
      </button>
      <button
        class="link-like"
        @click=${() => {
          this.#brushes = new Map()
          host.redraw()
        }}
      >
        ${l10n.t('Show all')}
      </button>
    </div>`
  }

  #brush(path: string, brush: Brush | null): void {
    const brushes = new Map(this.#brushes)
    if (brush === null) brushes.delete(path)
    else brushes.set(path, brush)
    this.#brushes = brushes
  }
}

interface Share {
  readonly path: string
  readonly share: number
}

/** How much of the metric's variance each setting explains on its own, most first. */
function sharesOf(paths: readonly string[], runs: readonly RunRow[], metric: string): Share[] {
  const flats = runs.map(run => flatten(run.spec))
  const known = runs.flatMap((run, i) => {
    const score = scoreOf(run, metric)
    return score === undefined ? [] : [{ i, score }]
  })
  return paths
    .flatMap((path): Share[] => {
      const share = importance(
        known.map(({ i }) => flats[i].get(path)),
        known.map(({ score }) => score),
      )
      return share === null ? [] : [{ path, share }]
    })
    .sort((a, b) => b.share - a.share)
}

function explained(shares: readonly Share[]): TemplateResult | typeof nothing {
  if (shares.length === 0) return nothing
  return html`<h2>${l10n.t('How much of the difference each setting explains')}</h2>
    <dl class="shares">
      ${shares.map(
        ({ path, share }) =>
          html`<dt>${path}</dt>
            <dd><progress max="1" .value=${share}></progress> ${Math.round(share * 100)} %</dd>`,
      )}
    </dl>`
}

/** A scatter's vertical axis says its ends alone: a tick a run would lie over one another. */
function rounded(axis: ReturnType<typeof axisOf>): ReturnType<typeof axisOf> {
  const [first, last] = [axis.ticks.at(0), axis.ticks.at(-1)]
  return { ...axis, ticks: first === undefined || last === undefined || first === last ? axis.ticks : [first, last] }
}
