/** Small charts of a sweep as SVG: results over an axis or over time, each a mark that can be pointed at and opened. */
import * as l10n from '@vscode/l10n'
import { nothing, svg, html, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { metricValue } from '../../protocol/words.ts'
import type { Theme } from '../charts/theme.ts'
import type { AxisScale } from './analysis.ts'
import type { Combination } from './model.ts'

export interface Mark {
  readonly combination: Combination
  /** 0 to 1. */
  readonly x: number
  readonly score: number
  readonly isBest: boolean
}

export interface Plot {
  readonly label: string
  readonly marks: readonly Mark[]
  readonly ticks: AxisScale['ticks']
  /** A line of steps, in the plot's own units. */
  readonly steps?: readonly { readonly x: number; readonly score: number }[]
  readonly metric: string
  readonly theme: Theme
  readonly name: (combination: Combination) => string
  readonly open: (combination: Combination) => void
  /** Pixels across: nothing is scaled, so that words keep their size. */
  readonly width: number
}

const height = 170
const left = 46
const right = 12
const top = 10
const bottom = 26

/** Names a mark among others, wherever it stands. */
export const numberOf = (mark: Mark): number => mark.combination.number

/** The ends of the results, with a little air. */
export function scoreRange(scores: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  const air = (high - low || Math.abs(high) || 1) * 0.06
  return [low - air, high + air]
}

export function plot({ label, marks, ticks, steps, metric, theme, name, open, width }: Plot): TemplateResult {
  const scores = [...marks.map(mark => mark.score), ...(steps ?? []).map(step => step.score)]
  const [low, high] = scores.length === 0 ? [0, 1] : scoreRange(scores)
  const xOf = (x: number) => left + 6 + x * (width - left - right - 12)
  const yOf = (score: number) => top + (1 - (score - low) / (high - low)) * (height - top - bottom)
  const line = (steps ?? []).flatMap(({ x, score }, i, all) => {
    const next = all.at(i + 1)
    const here = `${xOf(x).toFixed(1)},${yOf(score).toFixed(1)}`
    return next === undefined ? [here] : [here, `${xOf(next.x).toFixed(1)},${yOf(score).toFixed(1)}`]
  })
  const levels = [0, 0.5, 1].map(share => low + share * (high - low))
  return html`<svg class="sweep-plot" width=${width} height=${height} role="group" aria-label=${label}>
    ${levels.map(
      level => svg`
        <line x1=${left} x2=${width - right} y1=${yOf(level)} y2=${yOf(level)} stroke=${theme.grid} />
        <text x=${left - 5} y=${yOf(level) + 4} text-anchor="end" fill=${theme.muted}>${metricValue(metric, level)}</text>`,
    )}
    ${ticks.map(
      (tick, i) => svg`<text
        x=${xOf(tick.at)}
        y=${height - 8}
        text-anchor=${ticks.length > 1 && i === ticks.length - 1 && tick.at > 0.9 ? 'end' : 'middle'}
        fill=${theme.muted}
      >${tick.label}</text>`,
    )}
    ${line.length > 0 ? svg`<polyline points=${line.join(' ')} fill="none" stroke=${theme.color('loss')} stroke-width="2" />` : nothing}
    ${repeat(marks, numberOf, mark => {
      const title = `${name(mark.combination)}: ${metricValue(metric, mark.score)}`
      return svg`<circle
        cx=${xOf(mark.x)}
        cy=${yOf(mark.score)}
        r=${mark.isBest ? 5.5 : 4}
        fill=${mark.combination.stoppedEarly === null ? theme.color(mark.isBest ? 'hard' : 'loss') : theme.background}
        stroke=${theme.color(mark.isBest ? 'hard' : 'loss')}
        stroke-width="1.5"
        tabindex="0"
        role="button"
        aria-label=${mark.combination.stoppedEarly === null ? title : `${title}, ${l10n.t('stopped early')}`}
        @click=${() => open(mark.combination)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') open(mark.combination)
        }}
      ><title>${title}</title></circle>`
    })}
  </svg>`
}
