/** The table of the comparison. Only what differs is listed, unless all is asked for; the best of each row is marked. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { CompareState, FromCompare } from '../../protocol/compare.ts'
import { runColor } from '../../protocol/runColor.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'
import { button } from '../panel/header.ts'
import type { Column, ResultCell, ResultRow, SettingRow } from './table.ts'

export interface CompareTable {
  readonly columns: readonly Column[]
  /** What the columns are called, by the number of their run. */
  readonly names: ReadonlyMap<number, string>
  readonly settings: readonly SettingRow[]
  readonly results: readonly ResultRow[]
  readonly baseline: number | null
  /** The one whose curves are shown. */
  readonly metric: string
  readonly send: (message: FromCompare) => void
  readonly setBaseline: (runId: number | null) => void
  readonly setMetric: (metric: string) => void
  readonly sort: CompareState['sort']
  readonly setSort: (sort: CompareState['sort']) => void
}

export function compareTable(table: CompareTable): TemplateResult {
  const { columns, settings, results } = table
  return html`<div class="scroll">
    <table class="compare">
      <thead>
        <tr>
          <td></td>
          ${repeat(
            columns,
            ({ run }) => run.id,
            column => columnHead(table, column),
          )}
        </tr>
      </thead>
      <tbody>
        ${
          settings.length === 0
            ? html`<tr>
                <th scope="row" colspan=${columns.length + 1}>${l10n.t('All settings are the same.')}</th>
              </tr>`
            : repeat(
                settings,
                row => row.path,
                row =>
                  html`<tr>
                    <th scope="row">${row.path} ${sortButton(table, row.path)}</th>
                    ${row.values.map(value => html`<td><bdi>${value}</bdi></td>`)}
                  </tr>`,
              )
        }
      </tbody>
      <tbody class="results">
        ${repeat(
          results,
          row => row.metric,
          row =>
            html`<tr class=${row.metric === table.metric ? 'shown' : ''}>
              <th scope="row">
                <button class="link-like" @click=${() => table.setMetric(row.metric)}>${metricName(row.metric)}</button>
                ${sortButton(table, row.metric)}
              </th>
              ${row.cells.map(cell => resultCell(row.metric, cell))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** Up, down, and as they were checked. */
function sortButton({ sort, setSort }: CompareTable, row: string): TemplateResult {
  const own = sort?.row === row ? sort : null
  const next = own === null ? { row, descending: true } : own.descending ? { row, descending: false } : null
  const icon = own === null || own.descending ? 'arrow-down' : 'arrow-up'
  const label = l10n.t('Sort the runs by {0}', row.startsWith('test/') ? metricName(row) : row)
  return html`<button
    class="icon"
    title=${label}
    aria-label=${label}
    aria-pressed=${own !== null}
    @click=${() => setSort(next)}
  >
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
  </button>`
}

function columnHead(table: CompareTable, { run, runs }: Column): TemplateResult {
  const isBaseline = runs.some(one => one.id === table.baseline)
  return html`<th scope="col">
    <span class="entry color-${runColor(run.id)}"><bdi>${table.names.get(run.id) ?? run.name}</bdi></span>
    <small>${runs.length > 1 ? l10n.t('{0} seeds', runs.length) : statusName(run.status)}</small>
    <span class="row-actions">
      ${button(isBaseline ? 'pinned' : 'pin', isBaseline ? l10n.t('Baseline') : l10n.t('Compare with this one'), () =>
        table.setBaseline(isBaseline ? null : run.id),
      )}
      ${
        table.baseline === null || isBaseline
          ? nothing
          : button('diff', l10n.t('Show differences in settings'), () =>
              table.send({ kind: 'diff', runIds: [table.baseline ?? run.id, run.id] }),
            )
      }
      ${button('check', l10n.t('Use these settings in my file'), () => table.send({ kind: 'use', runId: run.id }))}
      ${button('close', l10n.t('Take out of the comparison'), () => {
        for (const one of runs) table.send({ kind: 'remove', runId: one.id })
      })}
    </span>
  </th>`
}

function resultCell(metric: string, cell: ResultCell | null): TemplateResult {
  if (cell === null) return html`<td>–</td>`
  const { mean, halfWidth, isBest, difference, significant } = cell
  const sign = difference !== null && difference < 0 ? '−' : '+'
  return html`<td class=${isBest ? 'best' : ''}>
    ${metricValue(metric, mean)}${halfWidth === null ? nothing : html` <small>± ${metricValue(metric, halfWidth)}</small>`}
    ${isBest ? html`<span title=${l10n.t('Best')} aria-label=${l10n.t('Best')}>★</span>` : nothing}
    ${
      difference === null
        ? nothing
        : html`<small
            class="difference"
            title=${
              significant === null
                ? l10n.t('One run each: whether this is more than chance cannot be told. Repeat with other seeds.')
                : significant
                  ? l10n.t('More than chance (Welch, 5 %)')
                  : l10n.t('Not more than chance (Welch, 5 %)')
            }
            >${sign}${metricValue(metric, Math.abs(difference))}${significant === true ? ' *' : ''}</small
          >`
    }
  </td>`
}
