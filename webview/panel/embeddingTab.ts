/** A map of the held-out sample: pictures that the network finds alike lie side by side. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { tableCsv } from '../../protocol/csv.ts'
import { percent, significant } from '../../protocol/words.ts'
import { neighbours } from '../embedding/distance.ts'
import { EmbeddingMap } from '../embedding/embeddingMap.ts'
import { Projector } from '../embedding/projection.ts'
import { toggle } from './curveTools.ts'
import { type ExportActions, exportActions, exportMenu } from './exportMenu.ts'
import type { Page } from './page.ts'
import type { SampleReader } from './sample.ts'
import { type Sample } from './sample.ts'
import { Scrubber } from './scrubber.ts'

const neighboursShown = 8

export class EmbeddingTab {
  readonly #page: Page
  readonly #reader: SampleReader
  readonly #scrubber: Scrubber
  readonly #projector: Projector
  readonly #shares = new WeakMap<Sample, number>()
  #map: EmbeddingMap | undefined
  #selected = -1
  #search = ''

  constructor(page: Page, reader: SampleReader) {
    this.#page = page
    this.#reader = reader
    this.#projector = new Projector(() => page.redraw())
    this.#scrubber = new Scrubber(page, ['sample', 'samplePictures'], () => this.#epochWords())
  }

  template(): TemplateResult {
    const { model, settings } = this.#page
    const sample = this.#reader.read(model.details)
    if (sample === undefined)
      return html`<p class="empty">${l10n.t('The map comes with the first evaluation on held-out pictures.')}</p>`
    const is3d = settings.dimensions === 3
    return html`
      <div class="tools">
        ${toggle('PCA', settings.projection === 'pca', () => this.#page.change({ projection: 'pca' }))}
        ${toggle('UMAP', settings.projection === 'umap', () => this.#page.change({ projection: 'umap' }))}
        ${toggle('3D', is3d, on => this.#page.change({ dimensions: on ? 3 : 2 }))}
        <input
          type="search"
          placeholder=${l10n.t('Find a class')}
          aria-label=${l10n.t('Find a class')}
          .value=${this.#search}
          @input=${this.#find}
        />
        <span class="summary">${l10n.t('{0} held-out pictures', sample.codes.count)}</span>
        ${exportMenu(this.#exports(sample))}
      </div>
      <div class="map">
        <canvas
          role="img"
          tabindex="0"
          data-chart="embedding"
          data-points=${sample.codes.count}
          aria-label=${this.#describe(sample)}
          ${ref(this.#adopt)}
        ></canvas>
        ${this.#selected < 0 ? nothing : this.#card(sample, this.#selected)}
      </div>
      ${this.#scrubber.template()}
      <p class="hint">
        ${l10n.t(
          'Drag to move, or to turn in 3D; scroll with Ctrl to zoom; click a picture for its neighbours. With the keyboard: arrows, + and −, 0 for everything, Enter for the picture in the middle.',
        )}
      </p>
    `
  }

  draw(): void {
    // A map that is begun is finished before the newest epoch's is: where epochs are short, none ever would be.
    if (!this.#projector.isBusy) this.#scrubber.follow()
    const { model, settings, theme } = this.#page
    const sample = this.#reader.read(model.details)
    if (sample === undefined || this.#map === undefined) return
    const dimensions = settings.dimensions === 3 ? 3 : 2
    const { points, done } = this.#projector.project(sample.codes, settings.projection, dimensions)
    this.#map.draw({
      points,
      dimensions,
      album: sample.album,
      selected: this.#selected,
      neighbours: this.#neighboursOf(sample).map(one => one.index),
      matches: this.#matches(sample),
      theme,
    })
    this.#map.canvas.dataset['done'] = String(Math.round(done * 100))
  }

  #card(sample: Sample, index: number): TemplateResult {
    const { album } = sample
    const near = this.#neighboursOf(sample)
    const right = near.filter(one => album.classes[one.index] === album.classes[index]).length
    return html`<aside class="neighbours" aria-live="polite">
      <img src=${album.sourceAt(index)} alt="" />
      <strong><bdi>${album.classNameAt(index)}</bdi></strong>
      <span>${l10n.t('{0} of {1} neighbours are of its class', right, near.length)}</span>
      <ol>
        ${near.map(
          one =>
            html`<li class=${album.classes[one.index] === album.classes[index] ? 'right' : 'wrong'}>
              <button @click=${() => this.#select(one.index)}>
                <img src=${album.sourceAt(one.index)} alt="" />
                <bdi>${album.classNameAt(one.index)}</bdi> <small>${significant(one.distance)}</small>
              </button>
            </li>`,
        )}
      </ol>
    </aside>`
  }

  #neighboursOf({ codes }: Sample): ReturnType<typeof neighbours> {
    const distance = this.#page.model.run?.spec.loss.distance ?? 'euclidean'
    if (this.#selected < 0 || this.#selected >= codes.count) return []
    return neighbours(codes, this.#selected, neighboursShown, distance)
  }

  /** Pictures of classes whose name contains what was searched for; `null`: all. */
  #matches({ album, codes }: Sample): ReadonlySet<number> | null {
    const wanted = this.#search.trim().toLowerCase()
    if (wanted === '') return null
    const found = Array.from({ length: codes.count }, (_, i) => i).filter(i =>
      album.classNameAt(i).toLowerCase().includes(wanted),
    )
    return new Set(found)
  }

  #select(index: number): void {
    this.#selected = index
    this.#page.redraw()
  }

  readonly #find = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return
    this.#search = event.target.value
    const sample = this.#reader.read(this.#page.model.details)
    const [first = -1] = (sample && this.#matches(sample)) ?? []
    this.#select(first)
  }

  /** The map has left the page. */
  rest(): void {
    this.#projector.rest()
  }

  #exports(sample: Sample): ExportActions {
    const title = l10n.t('Embedding')
    return exportActions(this.#page, title, {
      png: () => this.#map?.toPng() ?? '',
      svg: () => this.#map?.toSvg(title) ?? '',
      csv: () => this.#csv(sample),
    })
  }

  /** One line a picture: where it is on the map, its class and its name. */
  #csv({ album, codes }: Sample): string {
    const { projection, dimensions } = this.#page.settings
    const { points } = this.#projector.project(codes, projection, dimensions === 3 ? 3 : 2)
    const rows = Array.from({ length: codes.count }, (_, i) => [
      ...points.subarray(i * 3, i * 3 + dimensions),
      album.classNameAt(i),
      album.nameAt(i),
    ])
    return tableCsv([...['x', 'y', 'z'].slice(0, dimensions), 'class', 'picture'], rows)
  }

  readonly #adopt = (element: Element | undefined): void => {
    if (element === this.#map?.canvas) return
    this.#map =
      element instanceof HTMLCanvasElement
        ? new EmbeddingMap(element, { select: index => this.#select(index), redraw: () => this.#page.redraw() })
        : undefined
  }

  #epochWords(): string {
    const shown = this.#page.model.details.shown('sample')
    if (shown === undefined) return ''
    return shown.data.epoch === 0 ? l10n.t('before training') : l10n.t('epoch {0}', shown.data.epoch)
  }

  /** Share of every fourth picture whose nearest neighbour is of its class. */
  #nearestRight(sample: Sample): number {
    const known = this.#shares.get(sample)
    if (known !== undefined) return known
    const { codes, album } = sample
    const distance = this.#page.model.run?.spec.loss.distance ?? 'euclidean'
    let right = 0
    for (let i = 0; i < codes.count; i += 4) {
      const [nearest] = neighbours(codes, i, 1, distance)
      if (album.classes[nearest.index] === album.classes[i]) right++
    }
    const share = right / Math.ceil(codes.count / 4)
    this.#shares.set(sample, share)
    return share
  }

  /** How many nearest neighbours are of the same class says what the map shows. */
  #describe(sample: Sample): string {
    const { codes } = sample
    return l10n.t(
      'Map of {0} pictures, {1}: the nearest neighbour of {2} of them is of the same class',
      codes.count,
      this.#epochWords(),
      percent(this.#nearestRight(sample)),
    )
  }
}
