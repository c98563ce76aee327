/** Settings and log: what people wrote on the run, what it does with every default written out, and what happened. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RunRow } from '../../protocol/runEvent.ts'
import { count } from '../../protocol/words.ts'
import type { Page } from './page.ts'
import { typed } from './typed.ts'

/** A run of many days has tens of thousands of epochs. */
const eventsShown = 500

export function logTab(page: Page): TemplateResult {
  const { run, events } = page.model
  if (run === undefined) return html``
  return html`
    ${aboutRun(page, run)}
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
          ${repeat(
            events.slice(-eventsShown).reverse(),
            event => event.id,
            event =>
              html`<li class=${event.kind}>
                <time datetime=${new Date(event.time).toISOString()}>${clockTime(event.time)}</time>
                <span class="step">${l10n.t('step {0}', count(event.step))}</span>
                <bdi>${event.message}</bdi>
              </li>`,
          )}
        </ol>
        ${
          events.length > eventsShown
            ? html`<p class="hint">${l10n.t('The newest {0} of {1}.', eventsShown, count(events.length))}</p>`
            : nothing
        }
      </div>
    </div>
  `
}

/** Name, tags and notes; what is typed is kept when the field is left, notes also whenever the writing rests. */
function aboutRun(page: Page, run: RunRow): TemplateResult {
  const { id } = run
  const rename = (name: string) => page.send({ kind: 'annotate', runId: id, name: name.slice(0, 200) })
  const tag = (text: string) => {
    const tags = text.split(',').map(one => one.trim().slice(0, 100))
    page.send({ kind: 'annotate', runId: id, tags: [...new Set(tags)].filter(one => one !== '') })
  }
  const note = (notes: string) => page.send({ kind: 'annotate', runId: id, notes: notes.slice(0, 100_000) })
  const name = typed(id, run.name, rename, { mayBeEmpty: false })
  const tags = typed(id, run.tags.join(', '), tag)
  const notes = typed(id, run.notes, note, { inPauses: true })
  return html`<div class="about">
    <label>${l10n.t('Name')} <input type="text" .value=${name} /></label>
    <label>
      ${l10n.t('Tags')}
      <input type="text" placeholder=${l10n.t('paper, baseline')} .value=${tags} />
    </label>
    <label class="wide">${l10n.t('Notes')} <textarea rows="3" .value=${notes}></textarea></label>
  </div>`
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
