/** One metric of many runs, each in its colour; repeats of one setting as their mean and the interval around it. */
import {
  Chart,
  type ChartDataset,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js'
import { axisNumber, axisPercent } from '../../protocol/words.ts'
import { linePoints, place, type Placed, placeMeans, type Point, smoothed, type Window } from '../charts/layers.ts'
import { type Theme, withAlpha } from '../charts/theme.ts'
import type { Curve } from '../data/curve.ts'
import { groupCurve } from './seedCurves.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler)

/** A run, or the repeats of one setting. */
export interface RunLine {
  readonly members: readonly { readonly curve: Curve; readonly axisOf: (step: number) => number }[]
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

type Dataset = ChartDataset<'line', Point[]>

/** Above this many points a curve is a line without dots, and is smoothed. */
const dense = 60

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
    const ends = lines.flatMap(line => line.members.map(({ curve, axisOf }) => axisOf(curve.lastStep)))
    const max = Math.max(1, ...ends)
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
    this.#chart.data.datasets = lines.flatMap(line => datasetsOf(line, smoothing, view, logY))
    this.#chart.update('none')
    const points = lines.flatMap(line => line.members.map(({ curve }) => curve.length))
    this.canvas.dataset['points'] = String(points.reduce((sum, count) => sum + count, 0))
    this.canvas.dataset['runs'] = String(points.length)
    this.canvas.dataset['lines'] = String(lines.length)
  }

  toPng(background: string): string {
    const canvas = document.createElement('canvas')
    canvas.width = this.canvas.width
    canvas.height = this.canvas.height
    const context = canvas.getContext('2d')
    if (context === null) return ''
    context.fillStyle = background
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(this.canvas, 0, 0)
    return canvas.toDataURL('image/png')
  }

  dispose(): void {
    this.#chart.destroy()
  }
}

function datasetsOf(
  { members, color, emphasised }: RunLine,
  smoothing: number,
  view: Window,
  logY: boolean,
): Dataset[] {
  const isDense = members.some(({ curve }) => curve.length > dense)
  const placed = members.map(({ curve, axisOf }) =>
    isDense && smoothing > 0 ? smoothed(placeMeans(curve, axisOf), smoothing) : place(curve, axisOf),
  )
  const look = {
    borderColor: color,
    pointBackgroundColor: color,
    borderWidth: emphasised ? 3.5 : 1.75,
    pointRadius: isDense ? 0 : 2.5,
    fill: false as const,
  }
  const [first] = placed
  if (placed.length === 1) return [{ ...look, data: linePoints(first, view, logY) }]
  const { xs, mean, low, high } = groupCurve(placed)
  const points = (values: Float64Array) => linePoints({ steps: xs, xs, values } satisfies Placed, view, logY)
  const edge = { borderWidth: 0, pointRadius: 0, borderColor: 'transparent' }
  return [
    { ...look, data: points(mean) },
    { ...edge, data: points(high), fill: '+1', backgroundColor: withAlpha(color, 0.2) },
    { ...edge, data: points(low), fill: false },
  ]
}
