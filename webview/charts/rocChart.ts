/** The receiver operating characteristic, with the chosen threshold as a point on it. */
import { Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js'
import { axisPercent } from '../../protocol/words.ts'
import { minMaxBuckets } from '../data/decimate.ts'
import type { Decision, Roc } from '../embedding/pairs.ts'
import type { Point } from './layers.ts'
import { canvasPng } from '../export/png.ts'
import { chartSvg } from '../export/svg.ts'
import { readTheme, type Theme } from './theme.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale)

export class RocChart {
  readonly canvas: HTMLCanvasElement
  readonly #chart: Chart<'line', Point[]>
  #theme: Theme = readTheme()

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        parsing: false,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { padding: { top: 6, right: 10 } },
        scales: { x: { type: 'linear', min: 0, max: 1 }, y: { type: 'linear', min: 0, max: 1 } },
      },
    })
  }

  update(roc: Roc, { falseAccepts, falseRejects }: Decision, theme: Theme): void {
    this.#theme = theme
    const { scales } = this.#chart.options
    if (scales === undefined) return
    const scale = {
      type: 'linear' as const,
      min: 0,
      max: 1,
      border: { color: theme.grid },
      grid: { color: theme.grid, tickLength: 4 },
      ticks: {
        color: theme.muted,
        maxTicksLimit: 6,
        font: { family: theme.fontFamily, size: 11 },
        callback: (value: string | number) => axisPercent(Number(value)),
      },
    }
    scales['x'] = scale
    scales['y'] = scale
    const kept = minMaxBuckets(roc.falseAccepts, roc.trueAccepts, 0, roc.falseAccepts.length, 400)
    const curve = Array.from(kept, i => ({ x: roc.falseAccepts[i], y: roc.trueAccepts[i] }))
    const look = { pointRadius: 0, fill: false }
    this.#chart.data.datasets = [
      { ...look, data: curve, borderColor: theme.color('anchor'), borderWidth: 2 },
      { ...look, data: diagonal, borderColor: theme.muted, borderWidth: 1, borderDash: [4, 4] },
      {
        data: [{ x: falseAccepts, y: 1 - falseRejects }],
        pointRadius: 5,
        borderColor: theme.foreground,
        pointBackgroundColor: theme.color('margin'),
      },
    ]
    this.#chart.update('none')
  }

  toPng(): string {
    return canvasPng(this.canvas, this.#theme.background)
  }

  toSvg(title: string): string {
    return chartSvg(this.#chart, title, this.#theme)
  }

  dispose(): void {
    this.#chart.destroy()
  }
}

const diagonal: Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
]
