/** The table of the comparison. Only what differs is listed, unless all is asked for; the best of each row is marked. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import type { FromCompare } from '../../protocol/compare.ts'
import { runColor } from '../../protocol/runColor.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'
import { button } from '../panel/header.ts'
import type { Column, ResultCell, ResultRow, SettingRow } from './table.ts'

export interface CompareTable {
  readonly columns: readonly Column[]
  readonly settings: readonly SettingRow[]
  readonly results: readonly ResultRow[]
  readonly baseline: number | null
  /** The one whose curves are shown. */
  readonly metric: string
  readonly send: (message: FromCompare) => void
  readonly setBaseline: (runId: number | null) => void
  readonly setMetric: (metric: string) => void
}

export function compareTable(table: CompareTable): TemplateResult {
  const { columns, settings, results } = table
  return html`<div class="scroll">
    <table class="compare">
      <thead>
        <tr>
          <td></td>
          ${columns.map(column => columnHead(table, column))}
        </tr>
      </thead>
      <tbody>
        ${
          settings.length === 0
            ? html`<tr>
                <th scope="row" colspan=${columns.length + 1}>${l10n.t('All settings are the same.')}</th>
              </tr>`
            : settings.map(
                row =>
                  html`<tr>
                    <th scope="row">${row.path}</th>
                    ${row.values.map(value => html`<td><bdi>${value}</bdi></td>`)}
                  </tr>`,
              )
        }
      </tbody>
      <tbody class="results">
        ${results.map(
          row =>
            html`<tr class=${row.metric === table.metric ? 'shown' : ''}>
              <th scope="row">
                <button class="link-like" @click=${() => table.setMetric(row.metric)}>${metricName(row.metric)}</button>
              </th>
              ${row.cells.map(cell => resultCell(row.metric, cell))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function columnHead(table: CompareTable, { run, runs }: Column): TemplateResult {
  const isBaseline = runs.some(one => one.id === table.baseline)
  return html`<th scope="col">
    <span class="entry color-${runColor(run.id)}"><bdi>${run.name}</bdi></span>
    <small>${runs.length > 1 ? l10n.t('{0} seeds', runs.length) : statusName(run.status)}</small>
    <span class="row-actions">
      ${button(isBaseline ? 'pinned' : 'pin', isBaseline ? l10n.t('Baseline') : l10n.t('Compare with this one'), () =>
        table.setBaseline(isBaseline ? null : run.id),
      )}
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
