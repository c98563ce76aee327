/** How well each class is found: the weakest first, by any column, at any epoch. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { tableCsv } from '../../protocol/csv.ts'
import type { ClassesDetail } from '../../protocol/details.ts'
import { count, metricName, metricValue } from '../../protocol/words.ts'
import { markdownTable } from '../export/markdown.ts'
import { type ClassColumn, classColumns, type ClassScore, sortedClasses } from './classOrder.ts'
import { button } from './header.ts'
import type { Page } from './page.ts'
import { Scrubber } from './scrubber.ts'

/** Faces come in thousands of classes; a page of that many lines is slow and is not read. */
const mostShown = 200

export class ClassesTab {
  readonly #page: Page
  readonly #scrubber: Scrubber
  #search = ''
  #column: ClassColumn = 'mapAtR'
  #descending = false

  constructor(page: Page) {
    this.#page = page
    this.#scrubber = new Scrubber(page, ['classes'], () => this.#epochWords())
  }

  template(): TemplateResult {
    const shown = this.#page.model.details.shown('classes')
    if (shown === undefined)
      return html`<p class="empty">${l10n.t('This comes with the first evaluation on held-out pictures.')}</p>`
    const found = this.#found(shown.data)
    return html`
      <div class="tools">
        <input
          type="search"
          placeholder=${l10n.t('Find a class')}
          aria-label=${l10n.t('Find a class')}
          .value=${this.#search}
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.#search = event.target.value
            this.#page.redraw()
          }}
        />
        <span class="summary">${l10n.t('{0} held-out classes', count(shown.data.classes.length))}</span>
        ${button('table', l10n.t('Save as CSV'), () => this.#saveCsv(found))}
        ${button('copy', l10n.t('Copy as Markdown'), () => this.#copy(found))}
      </div>
      ${this.#scrubber.template()}
      ${
        found.length === 0
          ? html`<p class="hint">${l10n.t('No class is called that.')}</p>`
          : html`<div class="scroll">
              <table class="classes">
                <thead>
                  <tr>
                    ${classColumns.map(column => this.#head(column))}
                  </tr>
                </thead>
                <tbody>
                  ${found.slice(0, mostShown).map(one => this.#row(one))}
                </tbody>
              </table>
            </div>`
      }
      ${
        found.length > mostShown
          ? html`<p class="hint">${l10n.t('The first {0} of {1}.', mostShown, count(found.length))}</p>`
          : nothing
      }
    `
  }

  draw(): void {
    this.#scrubber.follow()
  }

  #found({ classes }: ClassesDetail): ClassScore[] {
    const wanted = this.#search.trim().toLowerCase()
    const found = classes.filter(({ name }) => name.toLowerCase().includes(wanted))
    return sortedClasses(found, this.#column, this.#descending)
  }

  #head(column: ClassColumn): TemplateResult {
    const isOwn = column === this.#column
    const sort = () => {
      this.#descending = isOwn && !this.#descending
      this.#column = column
      this.#page.redraw()
    }
    return html`<th scope="col" aria-sort=${isOwn ? (this.#descending ? 'descending' : 'ascending') : 'none'}>
      <button class="link-like" @click=${sort}>
        ${columnName(column)}${
          isOwn
            ? html`<span
                class="codicon codicon-arrow-small-${this.#descending ? 'down' : 'up'}"
                aria-hidden="true"
              ></span>`
            : nothing
        }
      </button>
    </th>`
  }

  #row(one: ClassScore): TemplateResult {
    const share = Math.round(100 * Math.min(1, Math.max(0, one.mapAtR)))
    return html`<tr>
      <th scope="row"><bdi>${one.name}</bdi></th>
      <td>${count(one.queries)}</td>
      <td>${metricValue('test/recallAt1', one.recallAt1)}</td>
      <td>${metricValue('test/rPrecision', one.rPrecision)}</td>
      <td>
        <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect width=${share} height="8" />
        </svg>
        ${metricValue('test/mapAtR', one.mapAtR)}
      </td>
    </tr>`
  }

  #saveCsv(found: readonly ClassScore[]): void {
    const content = tableCsv(
      classColumns,
      found.map(one => classColumns.map(column => one[column])),
    )
    const name = `${this.#page.model.run?.name ?? 'run'} ${l10n.t('Classes')}.csv`
    this.#page.send({ kind: 'save', name, encoding: 'text', content })
  }

  #copy(found: readonly ClassScore[]): void {
    const rows = found.map(one => [
      one.name,
      count(one.queries),
      metricValue('test/recallAt1', one.recallAt1),
      metricValue('test/rPrecision', one.rPrecision),
      metricValue('test/mapAtR', one.mapAtR),
    ])
    const title = `**${this.#page.model.run?.name ?? ''}, ${this.#epochWords()}**`
    this.#page.send({ kind: 'copy', text: markdownTable(title, classColumns.map(columnName), rows) })
  }

  #epochWords(): string {
    const epoch = this.#page.model.details.shown('classes')?.data.epoch ?? 0
    return epoch === 0 ? l10n.t('before training') : l10n.t('epoch {0}', epoch)
  }
}

function columnName(column: ClassColumn): string {
  if (column === 'name') return l10n.t('class')
  if (column === 'queries') return l10n.t('pictures')
  return metricName(`test/${column}`)
}
