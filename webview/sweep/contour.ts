/** Results over two axes: bands of equal result, with the runs on them. */
import { html, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { metricValue } from '../../protocol/words.ts'
import { withAlpha, type Theme } from '../charts/theme.ts'
import { surface, type AxisScale } from './analysis.ts'
import { type Mark, numberOf } from './plot.ts'
import type { Combination } from './model.ts'

export interface Contour {
  readonly label: string
  readonly across: AxisScale
  readonly up: AxisScale
  readonly marks: readonly (Mark & { readonly y: number })[]
  readonly goal: 'minimize' | 'maximize'
  readonly metric: string
  readonly theme: Theme
  readonly name: (combination: Combination) => string
  readonly open: (combination: Combination) => void
  /** Pixels across. */
  readonly width: number
}

const size = 36
const bands = 7
const height = 300
const left = 84
const bottom = 36
const top = 26
const right = 74

export function contour({ label, across, up, marks, goal, metric, theme, name, open, width }: Contour): TemplateResult {
  const results = marks.map(({ x, y, score }) => ({ x, y, score }))
  const values = surface(results, size)
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const bandOf = (value: number) =>
    high === low ? bands - 1 : Math.min(bands - 1, Math.floor(((value - low) / (high - low)) * bands))
  // The better, the stronger.
  const strength = (band: number) => ((goal === 'maximize' ? band : bands - 1 - band) + 0.4) / bands
  const color = (band: number) => withAlpha(theme.color('loss'), 0.75 * strength(band))
  const cell = { width: (width - left - right) / size, height: (height - top - bottom) / size }
  const xOf = (x: number) => left + x * (width - left - right)
  const yOf = (y: number) => top + (1 - y) * (height - top - bottom)
  const best = marks.reduce<Mark | undefined>((a, b) => (b.isBest ? b : a), undefined)
  return html`<svg class="contour" width=${width} height=${height} role="group" aria-label=${label}>
    ${stretches(values, bandOf).map(
      ({ row, from, to, band }) => svg`<rect
        x=${left + from * cell.width}
        y=${top + (size - 1 - row) * cell.height}
        width=${(to - from) * cell.width + 0.4}
        height=${cell.height + 0.4}
        fill=${color(band)}
      />`,
    )}
    ${across.ticks.map(
      tick =>
        svg`<text x=${xOf(tick.at)} y=${height - 20} text-anchor="middle" fill=${theme.muted}>${tick.label}</text>`,
    )}
    ${up.ticks.map(
      tick => svg`<text x=${left - 6} y=${yOf(tick.at) + 4} text-anchor="end" fill=${theme.muted}>${tick.label}</text>`,
    )}
    <text x=${xOf(0.5)} y=${height - 5} text-anchor="middle" fill=${theme.foreground}>${last(across.path)}</text>
    <text x=${left - 6} y="12" text-anchor="end" fill=${theme.foreground}>${last(up.path)}</text>
    ${repeat(marks, numberOf, mark => {
      const title = `${name(mark.combination)}: ${metricValue(metric, mark.score)}`
      return svg`<circle
        cx=${xOf(mark.x)}
        cy=${yOf(mark.y)}
        r=${mark === best ? 6 : 4}
        fill=${mark === best ? theme.color('hard') : theme.background}
        stroke=${theme.foreground}
        stroke-width="1.2"
        tabindex="0"
        role="button"
        aria-label=${title}
        @click=${() => open(mark.combination)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') open(mark.combination)
        }}
      ><title>${title}</title></circle>`
    })}
    ${
      marks.length === 0
        ? []
        : Array.from({ length: bands }, (_, i) => bands - 1 - i).map(
            (
              band,
              i,
            ) => svg`<rect x=${width - right + 12} y=${top + i * 18} width="14" height="18" fill=${color(band)} />
              ${
                i === 0 || i === bands - 1
                  ? svg`<text x=${width - right + 30} y=${top + i * 18 + 13} fill=${theme.muted}>${metricValue(metric, i === 0 ? high : low)}</text>`
                  : ''
              }`,
          )
    }
  </svg>`
}

/** Neighbours of the same band in a row, as one. */
function stretches(values: Float64Array, bandOf: (value: number) => number) {
  const found: { row: number; from: number; to: number; band: number }[] = []
  for (let row = 0; row * size < values.length; row++)
    for (let from = 0; from < size;) {
      const band = bandOf(values[row * size + from])
      let to = from + 1
      while (to < size && bandOf(values[row * size + to]) === band) to++
      found.push({ row, from, to, band })
      from = to
    }
  return found
}

const last = (path: string) => path.slice(path.lastIndexOf('.') + 1)
