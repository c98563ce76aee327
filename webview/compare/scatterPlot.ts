/** Any setting against the chosen metric: each run a dot that can be pointed at, focused and opened. */
import * as l10n from '@vscode/l10n'
import { html, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Theme } from '../charts/theme.ts'
import type { ParallelAxis } from './parallel.ts'

export interface ScatterPlot {
  readonly x: ParallelAxis
  readonly y: ParallelAxis
  readonly runs: readonly RunRow[]
  /** Whether each run is picked out on the axes of the other plot. */
  readonly picked: readonly boolean[]
  readonly theme: Theme
  readonly emphasised: number | null
  readonly emphasise: (runId: number | null) => void
  readonly open: (runId: number) => void
}

const [width, height] = [560, 280]
const [left, right, top, bottom] = [70, 20, 16, 36]

export function scatterPlot(plot: ScatterPlot): TemplateResult {
  const { x, y, runs, theme } = plot
  const across = (at: number) => left + at * (width - left - right)
  const up = (at: number) => height - bottom - at * (height - top - bottom)
  return html`<svg
    class="scatter"
    viewBox="0 0 ${width} ${height}"
    role="group"
    aria-label=${l10n.t('{0} against {1}, {2} runs', x.path, y.path, runs.length)}
  >
    <line x1=${left} x2=${width - right} y1=${height - bottom} y2=${height - bottom} stroke=${theme.muted} />
    <line x1=${left} x2=${left} y1=${top} y2=${height - bottom} stroke=${theme.muted} />
    ${x.ticks.map(
      tick =>
        svg`<text x=${across(tick.at)} y=${height - bottom + 16} text-anchor="middle" fill=${theme.muted}>${short(tick.label)}</text>`,
    )}
    ${y.ticks.map(
      tick => svg`<text x=${left - 6} y=${up(tick.at) + 4} text-anchor="end" fill=${theme.muted}>${tick.label}</text>`,
    )}
    ${repeat(runs, idOf, (run, i) => {
      const [atX, atY] = [x.positions[i], y.positions[i]]
      if (atX === null || atY === null) return svg``
      const isEmphasised = plot.emphasised === run.id
      return svg`<circle
        cx=${across(atX)}
        cy=${up(atY)}
        r=${isEmphasised ? 8 : 5.5}
        fill=${theme.color(runColor(run.id))}
        stroke=${theme.background}
        opacity=${plot.picked[i] ? 0.95 : 0.2}
        tabindex="0"
        role="button"
        aria-label=${run.name}
        @mouseenter=${() => plot.emphasise(run.id)}
        @mouseleave=${() => plot.emphasise(null)}
        @focus=${() => plot.emphasise(run.id)}
        @blur=${() => plot.emphasise(null)}
        @click=${() => plot.open(run.id)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') plot.open(run.id)
        }}
      ><title>${run.name}</title></circle>`
    })}
  </svg>`
}

const idOf = (run: RunRow): number => run.id

const short = (text: string) => (text.length > 14 ? `${text.slice(0, 13)}…` : text)
