/** How hard the triplets of each run were, side by side: shares of easy, semi-hard and hard over its steps. */
import * as l10n from '@vscode/l10n'
import { html, nothing, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { RunRow } from '../../protocol/runEvent.ts'
import { summaryOf } from '../../protocol/runEvent.ts'
import { metricName, percent } from '../../protocol/words.ts'
import { place, type Point, stackedShares } from '../charts/layers.ts'
import type { Theme } from '../charts/theme.ts'
import type { Curve } from '../data/curve.ts'

/** From the lowest band to the highest, as in the live panel. */
export const shares = ['hard', 'semiHard', 'easy'] as const
const [width, height] = [240, 110]

export interface DifficultyPlots {
  readonly runs: readonly RunRow[]
  /** What they are called, by their numbers. */
  readonly names: ReadonlyMap<number, string>
  readonly curve: (metric: string, runId: number) => Curve | undefined
  readonly theme: Theme
  readonly open: (runId: number) => void
}

export function difficultyPlots({ runs, names, curve, theme, open }: DifficultyPlots): TemplateResult {
  return html`<div class="difficulties">
    ${repeat(runs, idOf, run => {
      const curves = shares.flatMap(metric => curve(metric, run.id) ?? [])
      return html`<figure>
        <figcaption>
          <button class="link-like" @click=${() => open(run.id)}><bdi>${names.get(run.id) ?? run.name}</bdi></button>
        </figcaption>
        ${curves.length < shares.length || curves[0].length === 0 ? nothing : bands(curves, theme, lastShares(run))}
        <small>${lastShares(run)}</small>
      </figure>`
    })}
  </div>`
}

const idOf = (run: RunRow): number => run.id

function bands(curves: readonly Curve[], theme: Theme, described: string): TemplateResult {
  const max = Math.max(1, ...curves.map(curve => curve.lastStep))
  const view = { min: 0, max, pixels: width, log: false }
  const tops = stackedShares(
    curves.map(curve => place(curve, step => step)),
    view,
  )
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${described}>
    ${tops.map((band, i) => {
      const below = i === 0 ? band.map(({ x }) => ({ x, y: 0 })) : tops[i - 1]
      return svg`<polygon points=${outline(band, below, max)} fill=${theme.color(shares[i])} opacity="0.85" />`
    })}
  </svg>`
}

function outline(band: readonly Point[], below: readonly Point[], max: number): string {
  return [...band, ...below.toReversed()]
    .map(({ x, y }) => `${((x / max) * width).toFixed(1)},${(height - y * height).toFixed(1)}`)
    .join(' ')
}

/** At its last step, in words. */
function lastShares(run: RunRow): string {
  const texts = shares.toReversed().flatMap(metric => {
    const last = summaryOf(run, metric)?.last
    return last === undefined ? [] : [`${metricName(metric)} ${percent(last)}`]
  })
  return texts.length === 0 ? l10n.t('No triplets yet.') : texts.join(' · ')
}
