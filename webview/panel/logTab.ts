/** Settings and log: what the run does, with every default written out, and what happened. */
import * as l10n from '@vscode/l10n'
import { html, type TemplateResult } from 'lit'
import { count } from '../../protocol/words.ts'
import type { PanelModel } from './model.ts'

export function logTab(model: PanelModel): TemplateResult {
  const { run } = model
  if (run === undefined) return html``
  return html`
    <div class="columns">
      <div>
        <h2>${l10n.t('Settings')}</h2>
        <table class="settings">
          ${settingRows(run.spec).map(
            ([name, value]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td><bdi>${value}</bdi></td>
              </tr>`,
          )}
        </table>
      </div>
      <div>
        <h2>${l10n.t('What happened')}</h2>
        <ol class="events">
          ${[...model.events].reverse().map(
            event =>
              html`<li class=${event.kind}>
                <time datetime=${new Date(event.time).toISOString()}>${clockTime(event.time)}</time>
                <span class="step">${l10n.t('step {0}', count(event.step))}</span>
                <bdi>${event.message}</bdi>
              </li>`,
          )}
        </ol>
      </div>
    </div>
  `
}

/** A tree of settings as lines: `loss.margin 0.2`. */
export function settingRows(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) {
    const isFlat = value.every(item => typeof item !== 'object' || item === null)
    if (isFlat) return [[path, value.length === 0 ? '–' : value.map(String).join(', ')]]
    return value.flatMap((item, i) => settingRows(item, `${path}[${i}]`))
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, item]) => settingRows(item, path === '' ? name : `${path}.${name}`))
  return [[path, value === null ? '–' : JSON.stringify(value).replace(/^"|"$/g, '')]]
}

function clockTime(time: number): string {
  return new Date(time).toLocaleTimeString(document.documentElement.lang || undefined)
}
