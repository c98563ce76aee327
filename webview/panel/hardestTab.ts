/** The pictures of the hardest triplets of an epoch: an anchor, a positive that is far from it, a negative that is near. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import type { HardTripletDetail } from '../../protocol/details.ts'
import { count, significant } from '../../protocol/words.ts'
import { Album } from '../pictures/album.ts'
import type { Shown } from './details.ts'
import type { Page } from './page.ts'
import { Scrubber } from './scrubber.ts'

export class HardestTab {
  readonly #page: Page
  readonly #scrubber: Scrubber
  readonly #albums = new WeakMap<object, Album>()
  /** What is shown: the last epoch whose triplets and pictures are both here. */
  #shown: { readonly runId: number; readonly hardest: Shown<'hardest'>; readonly album: Album | undefined } | undefined
  /** The newest epoch when the likely mislabelled ones were last asked for. */
  #askedAt = ''

  constructor(page: Page) {
    this.#page = page
    this.#scrubber = new Scrubber(page, ['hardest', 'hardestPictures'], step => this.#describe(step))
  }

  template(): TemplateResult {
    const { suspects } = this.#page.model
    const shown = this.#read()
    if (shown === undefined)
      return html`<p class="empty">${l10n.t('The hardest triplets of an epoch come when it ends.')}</p>`
    const { hardest, album } = shown
    return html`
      ${this.#scrubber.template()}
      <p class="hint">
        ${l10n.t(
          'In each the negative is closer to the anchor than the positive is, or nearly so. A label that is wrong shows here first.',
        )}
        ${
          suspects.size === 0
            ? nothing
            : l10n.t('⚠ marks pictures that are among the hardest epoch after epoch: {0}.', suspects.size)
        }
      </p>
      <ol class="triplets">
        ${hardest.data.triplets.map(triplet => this.#card(triplet, album, suspects))}
      </ol>
    `
  }

  /** Triplets and pictures come one after the other: until both are here those of before stay. */
  #read() {
    const { run, details } = this.#page.model
    const hardest = details.shown('hardest')
    const pictures = details.shown('hardestPictures')
    if (run === undefined || hardest === undefined) return undefined
    const isComplete = pictures?.step === hardest.step
    const isOfRun = this.#shown?.runId === run.id
    if (isComplete || !isOfRun || !details.isAwaited('hardestPictures'))
      this.#shown = { runId: run.id, hardest, album: isComplete ? this.#album(pictures.data) : undefined }
    return this.#shown
  }

  draw(): void {
    this.#scrubber.follow()
    const { run, details } = this.#page.model
    if (run === undefined) return
    const newest = `${run.id} ${details.steps('hardest').at(-1)}`
    if (newest === this.#askedAt) return
    this.#askedAt = newest
    this.#page.send({ kind: 'suspects', runId: run.id })
  }

  #card(triplet: HardTripletDetail, album: Album | undefined, suspicious: ReadonlyMap<number, number>): TemplateResult {
    const margin = triplet.an - triplet.ap
    return html`<li class="triplet">
      ${this.#picture(l10n.t('anchor'), 'anchor', triplet.anchor, album, suspicious)}
      <span class="link positive" title=${l10n.t('distance to the positive')}>${significant(triplet.ap)}</span>
      ${this.#picture(l10n.t('positive'), 'positive', triplet.positive, album, suspicious)}
      <span class="link negative" title=${l10n.t('distance to the negative')}>${significant(triplet.an)}</span>
      ${this.#picture(l10n.t('negative'), 'negative', triplet.negative, album, suspicious)}
      <span class="gap ${margin <= 0 ? 'hard' : 'semiHard'}">
        ${l10n.t('gap {0}', significant(margin))} · ${l10n.t('step {0}', count(triplet.step))}
      </span>
    </li>`
  }

  #picture(
    role: string,
    color: string,
    index: number,
    album: Album | undefined,
    suspicious: ReadonlyMap<number, number>,
  ): TemplateResult {
    const position = album?.positionOf(index)
    if (album === undefined || position === undefined)
      return html`<span class="picture border-${color}"><span class="blank"></span><small>${role}</small></span>`
    const name = album.nameAt(position)
    const times = suspicious.get(index)
    const title = times === undefined ? name : l10n.t('{0}: hard in {1} epochs. Is its label right?', name, times)
    const runId = this.#page.model.run?.id ?? 0
    return html`<button
      class="picture border-${color}"
      title=${title}
      aria-label=${`${role}: ${title}`}
      @click=${() => this.#page.send({ kind: 'openPicture', runId, name })}
    >
      <img src=${album.sourceAt(position)} alt="" />
      ${times === undefined ? nothing : html`<span class="suspect" aria-hidden="true">⚠ ${times}</span>`}
      <small><bdi>${album.classNameAt(position)}</bdi></small>
    </button>`
  }

  #album(detail: ConstructorParameters<typeof Album>[0]): Album {
    let album = this.#albums.get(detail)
    if (album === undefined) this.#albums.set(detail, (album = new Album(detail)))
    return album
  }

  #describe(step: number): string {
    const hardest = this.#page.model.details.shown('hardest')
    return hardest?.step === step ? l10n.t('epoch {0}', hardest.data.epoch) : l10n.t('step {0}', count(step))
  }
}
