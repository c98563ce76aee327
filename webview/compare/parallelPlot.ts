/**
 * Parallel coordinates as SVG: each run a line that can be pointed at, focused and opened. Dragging along an axis marks a
 * stretch: only the runs that cross it there stay in colour.
 */
import * as l10n from '@vscode/l10n'
import { html, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { runColor } from '../../protocol/runColor.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Theme } from '../charts/theme.ts'
import { type Brush, type Brushes, brushOn, marked } from './brush.ts'
import type { ParallelAxis } from './parallel.ts'

export interface ParallelPlot {
  readonly axes: readonly ParallelAxis[]
  readonly runs: readonly RunRow[]
  readonly theme: Theme
  readonly emphasised: number | null
  readonly emphasise: (runId: number | null) => void
  readonly open: (runId: number) => void
  readonly brushes: Brushes
  readonly picked: readonly boolean[]
  /** Marks a stretch of an axis; `null`: none. */
  readonly brush: (path: string, brush: Brush | null) => void
  /** Pixels across, where they are known: then nothing is scaled, and words keep their size. */
  readonly width?: number
}

const height = 246
const top = 38
const bottom = 222
/** Room for the numbers of the last axis. */
const right = 60
/** Of the height of an axis. */
const leastApart = 0.07

export function parallelPlot(plot: ParallelPlot): TemplateResult {
  const { axes, runs, theme, emphasised, emphasise, open, picked, width = 1000 } = plot
  const left = Math.min(right, width / 8)
  const gap = axes.length > 1 ? (width - left - right) / (axes.length - 1) : 0
  const xOf = (i: number) => left + i * gap
  // Where axes are close together, their names take turns on two lines.
  const nameLine = (i: number) => (gap < 110 && i % 2 === 1 ? 24 : 10)
  const yOf = (position: number) => bottom - position * (bottom - top)
  const path = (run: number) =>
    axes
      .map((axis, i) => ({ x: xOf(i), position: axis.positions[run] }))
      .flatMap(({ x, position }) => (position === null ? [] : [`${x.toFixed(1)},${yOf(position).toFixed(1)}`]))
      .join(' ')
  /** Where on an axis a pointer is, 0 to 1, in the units of the drawing however large it is shown. */
  const positionOf = (event: PointerEvent) => {
    const { currentTarget } = event
    if (!(currentTarget instanceof SVGElement)) return 0
    const box = currentTarget.getBoundingClientRect()
    return 1 - (event.clientY - box.top) / box.height
  }
  // Kept on the element: the page may be drawn anew while one drags.
  const brushing = (axis: ParallelAxis) => ({
    down: (event: PointerEvent) => {
      if (!(event.currentTarget instanceof SVGElement)) return
      event.currentTarget.dataset['start'] = String(positionOf(event))
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    up: (event: PointerEvent) => {
      if (!(event.currentTarget instanceof SVGElement)) return
      const start = event.currentTarget.dataset['start']
      delete event.currentTarget.dataset['start']
      if (start !== undefined) plot.brush(axis.path, brushOn(axis, Number(start), positionOf(event)))
    },
  })
  return html`<svg
    class="parallel"
    viewBox="0 0 ${width} ${height}"
    role="group"
    aria-label=${l10n.t('Settings and results of {0} runs', runs.length)}
  >
    ${axes.map(
      (axis, i) => svg`
        <line x1=${xOf(i)} x2=${xOf(i)} y1=${top} y2=${bottom} stroke=${theme.muted} />
        <text x=${xOf(i)} y=${nameLine(i)} text-anchor="middle" fill=${theme.foreground} font-weight="600">${shortPath(axis.path)}</text>`,
    )}
    ${repeat(
      runs,
      run => run.id,
      (run, i) => svg`<polyline
        points=${path(i)}
        fill="none"
        stroke=${theme.color(runColor(run.id))}
        stroke-width=${emphasised === run.id ? 5 : 2.5}
        stroke-linejoin="round"
        opacity=${!picked[i] ? 0.1 : emphasised === null || emphasised === run.id ? 0.9 : 0.25}
        tabindex="0"
        role="button"
        aria-label=${run.name}
        @mouseenter=${() => emphasise(run.id)}
        @mouseleave=${() => emphasise(null)}
        @focus=${() => emphasise(run.id)}
        @blur=${() => emphasise(null)}
        @click=${() => open(run.id)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter') open(run.id)
        }}
      ><title>${run.name}</title></polyline>`,
    )}
    ${axes.map((axis, i) =>
      apart(axis.ticks).map(
        tick => svg`<text class="tick" x=${xOf(i) + 5} y=${yOf(tick.at) + 4} fill=${theme.muted}>${tick.label}</text>`,
      ),
    )}
    ${repeat(axes, pathOf, (axis, i) => {
      const brush = plot.brushes.get(axis.path)
      const handlers = brushing(axis)
      return svg`
        ${(brush === undefined ? [] : marked(axis, brush)).map(
          ([from, to]) => svg`<rect
            x=${xOf(i) - 7}
            width="14"
            y=${yOf(to)}
            height=${yOf(from) - yOf(to)}
            fill=${theme.foreground}
            opacity="0.25"
          />`,
        )}
        <rect
          class="brush"
          x=${xOf(i) - 12}
          width="24"
          y=${top}
          height=${bottom - top}
          fill="transparent"
          data-axis=${axis.path}
          @pointerdown=${handlers.down}
          @pointerup=${handlers.up}
        ><title>${l10n.t('Drag to pick out the runs that cross here')}</title></rect>`
    })}
  </svg>`
}

/** Those of ascending ticks that can be read beside one another. */
function apart(ticks: ParallelAxis['ticks']): ParallelAxis['ticks'] {
  let before = -Infinity
  return ticks.filter(({ at }) => {
    if (at - before < leastApart) return false
    before = at
    return true
  })
}

const pathOf = (axis: ParallelAxis): string => axis.path

function shortPath(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
