/** One metric of many runs, each in its colour, over steps or epochs. */
import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'
import { axisNumber, axisPercent } from '../../protocol/words.ts'
import type { Curve } from '../data/curve.ts'
import { linePoints, place, placeMeans, type Point, smoothed } from '../charts/layers.ts'
import type { Theme } from '../charts/theme.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale)

export interface RunLine {
  readonly runId: number
  readonly curve: Curve
  readonly color: string
  readonly emphasised: boolean
}

export interface OverlayInput {
  readonly lines: readonly RunLine[]
  readonly smoothing: number
  readonly percent: boolean
  readonly logY: boolean
  readonly theme: Theme
}

export class OverlayChart {
  readonly canvas: HTMLCanvasElement
  readonly #chart: Chart<'line', Point[]>

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    this.#chart = new Chart<'line', Point[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        layout: { padding: { top: 4, right: 8 } },
        scales: { x: { type: 'linear' }, y: { type: 'linear' } },
      },
    })
  }

  update({ lines, smoothing, percent, logY, theme }: OverlayInput): void {
    const { scales } = this.#chart.options
    if (scales === undefined) return
    const look = { border: { color: theme.grid }, grid: { color: theme.grid, tickLength: 4 } }
    const ticks = { color: theme.muted, font: { family: theme.fontFamily, size: 11 } }
    const max = Math.max(1, ...lines.map(line => line.curve.lastStep))
    scales['x'] = { ...look, type: 'linear', min: 0, max, ticks: { ...ticks, maxRotation: 0, includeBounds: false } }
    scales['y'] = {
      ...look,
      type: logY ? 'logarithmic' : 'linear',
      ticks: {
        ...ticks,
        maxTicksLimit: 8,
        callback: value => (percent ? axisPercent(Number(value)) : axisNumber(Number(value))),
      },
    }
    const view = { min: 0, max, pixels: Math.max(50, this.canvas.clientWidth), log: false }
    this.#chart.data.datasets = lines.map(({ curve, color, emphasised }) => {
      const isDense = curve.length > 60
      const ofStep = (step: number) => step
      const isSmooth = isDense && smoothing > 0
      return {
        data: linePoints(isSmooth ? smoothed(placeMeans(curve, ofStep), smoothing) : place(curve, ofStep), view, logY),
        borderColor: color,
        pointBackgroundColor: color,
        borderWidth: emphasised ? 3.5 : 1.75,
        pointRadius: isDense ? 0 : 2.5,
        fill: false,
      }
    })
    this.#chart.update('none')
    this.canvas.dataset['points'] = String(lines.reduce((sum, line) => sum + line.curve.length, 0))
    this.canvas.dataset['runs'] = String(lines.length)
  }

  dispose(): void {
    this.#chart.destroy()
  }
}
