/** All runs of a sweep, best first: what each has, what it reached, and why it ended where it did. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { SweepInfo } from '../../protocol/sweeps.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'
import { button } from '../panel/header.ts'
import type { Combination } from './model.ts'

export interface RunsTable {
  readonly sweep: SweepInfo
  /** Best first. */
  readonly combinations: readonly Combination[]
  readonly open: (combination: Combination) => void
  readonly use: (combination: Combination) => void
  readonly resume: (combination: Combination) => void
}

/** Rows drawn; the others are far from the best. */
const mostRows = 500

export function runsTable({ sweep, combinations, open, use, resume }: RunsTable): TemplateResult {
  return html`<div class="scroll">
    <table class="sweep-runs">
      <thead>
        <tr>
          <th scope="col">#</th>
          ${sweep.axes.map(axis => html`<th scope="col" title=${axis.path}>${axis.path.slice(axis.path.lastIndexOf('.') + 1)}</th>`)}
          <th scope="col">${metricName(sweep.metric)}</th>
          <th scope="col">${l10n.t('epochs')}</th>
          <th scope="col">${l10n.t('state')}</th>
          <th scope="col"></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          combinations.slice(0, mostRows),
          one => one.number,
          (one, rank) => row(one, rank === 0 && one.score !== null),
        )}
      </tbody>
    </table>
    ${combinations.length > mostRows ? html`<p class="hint">${l10n.t('{0} more, further from the best.', combinations.length - mostRows)}</p>` : nothing}
  </div>`

  function row(one: Combination, isBest: boolean): TemplateResult {
    const [first] = one.runs
    const canResume = one.runs.some(run => run.status === 'stopped')
    const whole = Math.max(...one.runs.map(run => run.epochs))
    return html`<tr class=${isBest ? 'best' : one.stoppedEarly === null ? '' : 'early'}>
      <th scope="row">
        <button class="link-like" title=${first.name} @click=${() => open(one)}>${one.number + 1}</button>
      </th>
      ${sweep.axes.map(axis => html`<td><bdi>${shown(one.values.get(axis.path))}</bdi></td>`)}
      <td>
        ${one.score === null ? '–' : metricValue(sweep.metric, one.score)}
        ${isBest ? html`<span title=${l10n.t('Best')} aria-label=${l10n.t('Best')}>★</span>` : nothing}
      </td>
      <td>${Math.round(one.epochs)}/${whole}</td>
      <td class="reason">${stateOf(one)}</td>
      <td class="row-actions">
        ${button('check', l10n.t('Use these settings in my file'), () => use(one))}
        ${canResume ? button('debug-continue', l10n.t('Train it to its end'), () => resume(one)) : nothing}
      </td>
    </tr>`
  }
}

function shown(value: string | number | boolean | null | undefined): string {
  if (value === undefined) return '–'
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value)
}

function stateOf(one: Combination): string {
  const again = one.retries > 0 ? ` ${l10n.t('(tried again)')}` : ''
  if (one.failed !== null)
    return `${statusName(one.runs.some(run => run.status === 'failed') ? 'failed' : 'diverged')}${again}: ${one.failed}`
  if (one.stoppedEarly !== null) return one.stoppedEarly
  const states = [...new Set(one.runs.map(run => statusName(run.status)))].join(', ')
  return states + again
}
