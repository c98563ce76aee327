/** One metric of many runs, each in its colour; repeats of one setting as their mean and the interval around it. */
import {
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  type ChartOptions,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js'
import { axisNumber, axisPercent } from '../../protocol/words.ts'
import { baseOptions } from '../charts/baseOptions.ts'
import { listenForGestures } from '../charts/gestures.ts'
import { linePoints, place, type Placed, placeMeans, type Point, smoothed, type Window } from '../charts/layers.ts'
import { noEpochs, type Overlay, overlayPlugin } from '../charts/overlay.ts'
import { type Theme, withAlpha } from '../charts/theme.ts'
import { type ChartCallbacks, type View, ZoomTarget } from '../charts/zoomTarget.ts'
import type { Curve } from '../data/curve.ts'
import { canvasPng } from '../export/png.ts'
import { chartSvg } from '../export/svg.ts'
import { groupCurve } from './seedCurves.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler)

/** A curve of a run. */
export interface Member {
  /** The stretch in view as exactly as it is known. */
  readonly curve: Curve
  /** The whole run, from which a smoothed line is made: it is the same however near one looks. */
  readonly whole: Curve
  readonly axisOf: (step: number) => number
}

/** A run, or the repeats of one setting. */
export interface RunLine {
  readonly members: readonly Member[]
  readonly color: string
  readonly emphasised: boolean
}

export interface OverlayInput extends View {
  readonly lines: readonly RunLine[]
  readonly smoothing: number
  readonly percent: boolean
  readonly logX: boolean
  readonly logY: boolean
  readonly theme: Theme
  /** For the ticks. */
  readonly formatX: (x: number) => string
}

type Dataset = ChartDataset<'line', Point[]>
type Scales = NonNullable<ChartOptions<'line'>['scales']>

/** Above this many points a curve is a line without dots, and is smoothed. */
const dense = 60

export class OverlayChart {
  readonly canvas: HTMLCanvasElement
  readonly #callbacks: ChartCallbacks
  #chart: Chart<'line', Point[]> | undefined
  #target: ZoomTarget | undefined
  #overlay: Overlay | undefined
  #input: OverlayInput | undefined

  constructor(canvas: HTMLCanvasElement, callbacks: ChartCallbacks) {
    this.canvas = canvas
    this.#callbacks = callbacks
  }

  /** @param crosshair where it stands on the axis; `null`: nowhere */
  update(input: OverlayInput, crosshair: number | null): void {
    const { lines, theme, range, extent, logX } = input
    const [min, max] = range ?? extent
    const view = { min, max, pixels: Math.max(50, this.canvas.clientWidth), log: logX }
    const datasets = lines.flatMap(line => datasetsOf(line, input.smoothing, view, input.logY))
    const scales = scalesOf(input, min, max)
    if (this.#chart === undefined || this.#overlay === undefined) {
      this.#overlay = { theme, marks: [], epochs: noEpochs, gaps: [], crosshair: null, label: '', selection: null }
      this.#chart = new Chart(this.canvas, configuration(datasets, scales, this.#overlay))
      this.#input = input
      this.#target = new ZoomTarget(this.#chart, this.#overlay, this.#callbacks, () => this.#input ?? input)
      listenForGestures(this.canvas, this.#target)
    } else {
      this.#input = input
      this.#overlay.theme = theme
      Object.assign(this.#chart.options, { scales })
      this.#chart.data.datasets = datasets
      this.#chart.update('none')
    }
    this.#target?.showCrosshair(crosshair)
    const points = lines.flatMap(line => line.members.map(({ curve }) => curve.length))
    this.canvas.dataset['points'] = String(points.reduce((sum, count) => sum + count, 0))
    this.canvas.dataset['runs'] = String(points.length)
    this.canvas.dataset['lines'] = String(lines.length)
    this.canvas.dataset['view'] = `${min} ${max}`
  }

  toPng(): string {
    return this.#overlay === undefined ? '' : canvasPng(this.canvas, this.#overlay.theme.background)
  }

  toSvg(title: string): string {
    if (this.#chart === undefined || this.#overlay === undefined) return ''
    return chartSvg(this.#chart, title, this.#overlay.theme)
  }

  dispose(): void {
    this.#chart?.destroy()
  }
}

function configuration(datasets: Dataset[], scales: Scales, overlay: Overlay): ChartConfiguration<'line', Point[]> {
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...baseOptions(),
      scales,
    },
    plugins: [overlayPlugin(overlay)],
  }
}

function scalesOf({ theme, percent, logX, logY, formatX }: OverlayInput, min: number, max: number): Scales {
  const look = { border: { color: theme.grid }, grid: { color: theme.grid, tickLength: 4 } }
  const ticks = { color: theme.muted, font: { family: theme.fontFamily, size: 11 } }
  return {
    x: {
      ...look,
      type: logX ? 'logarithmic' : 'linear',
      min,
      max,
      ticks: {
        ...ticks,
        maxRotation: 0,
        autoSkipPadding: 16,
        includeBounds: false,
        callback: value => formatX(Number(value)),
      },
    },
    y: {
      ...look,
      type: logY ? 'logarithmic' : 'linear',
      ticks: {
        ...ticks,
        maxTicksLimit: 8,
        callback: value => (percent ? axisPercent(Number(value)) : axisNumber(Number(value))),
      },
    },
  }
}

function datasetsOf(
  { members, color, emphasised }: RunLine,
  smoothing: number,
  view: Window,
  logY: boolean,
): Dataset[] {
  const isDense = members.some(({ whole }) => whole.length > dense)
  const placed = members.map(({ curve, whole, axisOf }) =>
    isDense && smoothing > 0 ? smoothed(placeMeans(whole, axisOf), smoothing) : place(curve, axisOf),
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
