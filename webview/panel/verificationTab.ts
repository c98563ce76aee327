/** Are two pictures of one class? Distances of all pairs of the sample, and what a threshold gets right and wrong. */
import * as l10n from '@vscode/l10n'
import { html, nothing, type TemplateResult } from 'lit'
import { ref } from 'lit/directives/ref.js'
import { live } from 'lit/directives/live.js'
import { tableCsv } from '../../protocol/csv.ts'
import { percent, significant } from '../../protocol/words.ts'
import { HistogramChart } from '../charts/histogramChart.ts'
import { RocChart } from '../charts/rocChart.ts'
import { allPairs, countUpTo, decide, histogramsOf, type Pairs, type Roc, roc } from '../embedding/pairs.ts'
import { histogramCsv } from '../export/histogramCsv.ts'
import { exportActions, exportMenu } from './exportMenu.ts'
import { button } from './header.ts'
import type { Page } from './page.ts'
import type { SampleReader } from './sample.ts'
import { type Sample } from './sample.ts'
import { Scrubber } from './scrubber.ts'

const mistakesShown = 6
const sliderSteps = 400

interface Verified {
  readonly sample: Sample
  readonly pairs: Pairs
  readonly curve: Roc
  readonly histograms: ReturnType<typeof histogramsOf>
}

export class VerificationTab {
  readonly #page: Page
  readonly #reader: SampleReader
  readonly #scrubber: Scrubber
  #verified: Verified | undefined
  #histogram: HistogramChart | undefined
  #roc: RocChart | undefined

  constructor(page: Page, reader: SampleReader) {
    this.#page = page
    this.#reader = reader
    this.#scrubber = new Scrubber(page, ['sample', 'samplePictures'], () => this.#epochWords())
  }

  template(): TemplateResult {
    const verified = this.#verify()
    if (verified === undefined)
      return html`<p class="empty">${l10n.t('This comes with the first evaluation on held-out pictures.')}</p>`
    const { pairs, curve } = verified
    const threshold = this.#page.settings.threshold ?? curve.equalErrorThreshold
    const { falseAccepts, falseRejects } = decide(pairs, threshold)
    const farthest = pairs.distances.at(-1) ?? 1
    return html`
      <div class="tools">
        <label>
          ${l10n.t('Same class up to a distance of')}
          <input
            type="range"
            min="0"
            max=${sliderSteps}
            .value=${live(String(Math.round((threshold / farthest) * sliderSteps)))}
            aria-valuetext=${significant(threshold)}
            @input=${(event: Event) => this.#move(event, farthest)}
          />
          <b>${significant(threshold)}</b>
        </label>
        ${
          this.#page.settings.threshold === null
            ? nothing
            : button('discard', l10n.t('Back to where both errors are equal'), () =>
                this.#page.change({ threshold: null }),
              )
        }
        <span>${l10n.t('false accepts {0}', percent(falseAccepts))}</span>
        <span>${l10n.t('false rejects {0}', percent(falseRejects))}</span>
        <span class="summary">EER ${percent(curve.equalErrorRate)} · AUC ${curve.area.toFixed(3)}</span>
      </div>
      <div class="charts">
        <figure class="chart">
          <figcaption>
            <span class="title">${l10n.t('Distances of pairs')}</span>
            <span class="legend">
              <span class="entry color-positive">${l10n.t('same class')}</span>
              <span class="entry color-negative">${l10n.t('different classes')}</span>
            </span>
            ${exportMenu(
              exportActions(this.#page, l10n.t('Distances of pairs'), {
                png: () => this.#histogram?.toPng() ?? '',
                svg: () => this.#histogram?.toSvg(l10n.t('Distances of pairs')) ?? '',
                csv: () => histogramCsv(verified.histograms),
              }),
            )}
          </figcaption>
          <div class="plot dragged">
            <canvas
              role="img"
              data-chart="pairs"
              aria-label=${this.#describe(verified, threshold)}
              ${ref(this.#adoptHistogram)}
            ></canvas>
          </div>
        </figure>
        <figure class="chart">
          <figcaption>
            <span class="title">ROC</span>
            ${exportMenu(
              exportActions(this.#page, 'ROC', {
                png: () => this.#roc?.toPng() ?? '',
                svg: () => this.#roc?.toSvg('ROC') ?? '',
                csv: () => rocCsv(curve),
              }),
            )}
          </figcaption>
          <div class="plot">
            <canvas
              role="img"
              data-chart="roc"
              aria-label=${l10n.t('ROC: area {0}, equal error rate {1}', curve.area.toFixed(3), percent(curve.equalErrorRate))}
              ${ref(this.#adoptRoc)}
            ></canvas>
          </div>
        </figure>
      </div>
      ${this.#scrubber.template()} ${this.#mistakes(verified, threshold)}
    `
  }

  draw(): void {
    this.#scrubber.follow()
    const verified = this.#verify()
    if (verified === undefined) return
    const { theme } = this.#page
    const { pairs, curve, histograms } = verified
    const threshold = this.#page.settings.threshold ?? curve.equalErrorThreshold
    this.#histogram?.update(
      [
        { histogram: histograms.different, colorOf: () => theme.color('negative') },
        { histogram: histograms.same, colorOf: () => theme.color('positive') },
      ],
      [{ x: threshold, label: significant(threshold), color: theme.foreground }],
      theme,
    )
    this.#roc?.update(curve, decide(pairs, threshold), theme)
  }

  /** The worst mistakes as pictures: what was taken for the same and is not, and the other way round. */
  #mistakes({ sample, pairs }: Verified, threshold: number): TemplateResult {
    const limit = countUpTo(pairs.distances, threshold)
    const accepts: number[] = []
    for (let i = 0; i < limit && accepts.length < mistakesShown; i++) if (pairs.same[i] === 0) accepts.push(i)
    const rejects: number[] = []
    for (let i = pairs.distances.length - 1; i >= limit && rejects.length < mistakesShown; i--)
      if (pairs.same[i] === 1) rejects.push(i)
    const list = (title: string, found: readonly number[], none: string) =>
      html`<div>
        <h2>${title}</h2>
        ${found.length === 0 ? html`<p class="hint">${none}</p>` : html``}
        <ol class="pairs">
          ${found.map(i => this.#pair(sample, pairs, i))}
        </ol>
      </div>`
    return html`<div class="columns">
      ${list(l10n.t('Taken for the same class'), accepts, l10n.t('None at this threshold.'))}
      ${list(l10n.t('Not recognised as the same class'), rejects, l10n.t('None at this threshold.'))}
    </div>`
  }

  #pair({ album }: Sample, pairs: Pairs, i: number): TemplateResult {
    const [a, b] = [pairs.first[i], pairs.second[i]]
    const picture = (at: number) => {
      const name = album.nameAt(at)
      const open = () => this.#page.send({ kind: 'openPicture', runId: this.#page.model.run?.id ?? 0, name })
      return html`<button class="plain" title=${name} @click=${open}>
        <img src=${album.sourceAt(at)} alt=${name} />
      </button>`
    }
    return html`<li>
      ${picture(a)} ${picture(b)}
      <span><bdi>${album.classNameAt(a)}</bdi>, <bdi>${album.classNameAt(b)}</bdi></span>
      <small>${significant(pairs.distances[i])}</small>
    </li>`
  }

  #verify(): Verified | undefined {
    const { details, run } = this.#page.model
    const sample = this.#reader.read(details)
    if (sample === undefined || run === undefined || sample.codes.count < 2) return undefined
    if (this.#verified?.sample !== sample) {
      const pairs = allPairs(sample.codes, sample.album.classes, run.spec.loss.distance)
      this.#verified = { sample, pairs, curve: roc(pairs), histograms: histogramsOf(pairs, 60) }
    }
    return this.#verified
  }

  #move(event: Event, farthest: number): void {
    if (!(event.target instanceof HTMLInputElement)) return
    this.#page.change({ threshold: (Number(event.target.value) / sliderSteps) * farthest })
  }

  readonly #adoptHistogram = (element: Element | undefined): void => {
    if (element === this.#histogram?.canvas) return
    this.#histogram?.dispose()
    this.#histogram = element instanceof HTMLCanvasElement ? new HistogramChart(element) : undefined
    this.#histogram?.onDrag(threshold => this.#page.change({ threshold }))
  }

  readonly #adoptRoc = (element: Element | undefined): void => {
    if (element === this.#roc?.canvas) return
    this.#roc?.dispose()
    this.#roc = element instanceof HTMLCanvasElement ? new RocChart(element) : undefined
  }

  #epochWords(): string {
    const shown = this.#page.model.details.shown('sample')
    if (shown === undefined) return ''
    return shown.data.epoch === 0 ? l10n.t('before training') : l10n.t('epoch {0}', shown.data.epoch)
  }

  #describe({ pairs, curve }: Verified, threshold: number): string {
    const { falseAccepts, falseRejects } = decide(pairs, threshold)
    return l10n.t(
      'Distances of {0} pairs. Up to {1} they count as the same class: false accepts {2}, false rejects {3}, equal error rate {4}',
      pairs.distances.length,
      significant(threshold),
      percent(falseAccepts),
      percent(falseRejects),
      percent(curve.equalErrorRate),
    )
  }
}

function rocCsv({ falseAccepts, trueAccepts }: Roc): string {
  return tableCsv(
    ['false accepts', 'true accepts'],
    Array.from(falseAccepts, (share, i) => [share, trueAccepts[i]]),
  )
}
