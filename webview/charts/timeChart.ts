/** A chart over steps, epochs or time: Chart.js draws, and redraws only what is in view. */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type ChartConfiguration,
  type ChartOptions,
} from 'chart.js'
import { axisNumber, axisPercent } from '../../protocol/words.ts'
import { canvasPng } from '../export/png.ts'
import { chartSvg } from '../export/svg.ts'
import type { Curve } from '../data/curve.ts'
import { baseOptions } from './baseOptions.ts'
import { type Dataset, datasetsOf } from './datasets.ts'
import { type ChartDefinition, metricsOf } from './definition.ts'
import { listenForGestures } from './gestures.ts'
import type { Gap, Point } from './layers.ts'
import { type EpochLines, type Mark, type Overlay, overlayPlugin, withoutNames } from './overlay.ts'
import type { PlacedCurves, PlacingAxis } from './placedCurves.ts'
import type { Theme } from './theme.ts'
import { type ChartCallbacks, ZoomTarget } from './zoomTarget.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler)

export interface ChartInput {
  /** The stretch in view as exactly as it is known. */
  readonly curves: ReadonlyMap<string, Curve>
  /** The whole run, from which the smoothed lines are made. */
  readonly whole: ReadonlyMap<string, Curve>
  readonly placedCurves: PlacedCurves
  /** The axis of a metric's curve: the same for all, but where several runs are drawn over one another. */
  readonly axisOf: (metric: string) => PlacingAxis
  /** Stretch of the axis in view; `null`: everything. */
  readonly range: readonly [number, number] | null
  /** Both ends of everything there is. */
  readonly extent: readonly [number, number]
  readonly logX: boolean
  readonly logY: boolean
  readonly smoothing: number
  /** α as the run's settings have it. */
  readonly margin: number
  readonly hidden: ReadonlySet<string>
  readonly marks: readonly Mark[]
  /** Where epochs end, ascending, and how one is called. */
  readonly epochs: EpochLines
  /** Stretches of the axis in which nothing ran. */
  readonly gaps: readonly Gap[]
  readonly theme: Theme
  /** For the ticks. */
  readonly formatX: (x: number) => string
  /** For the crosshair, with its unit. */
  readonly describeX: (x: number) => string
}

/** Name of the event that asks a chart for what it draws; `detail` is a function that is given it. */
export const readChart = 'tripletlab:read'

export interface DrawnChart {
  readonly x: { readonly type: string; readonly min: number; readonly max: number }
  readonly y: { readonly type: string; readonly min: number; readonly max: number }
  /** Pairs of values, and the same as pixels of the canvas. */
  readonly lines: readonly {
    readonly label: string
    readonly points: readonly (readonly number[])[]
    readonly pixels: readonly (readonly number[])[]
  }[]
}

function isReader(value: unknown): value is (drawn: DrawnChart) => void {
  return typeof value === 'function'
}

export class TimeChart {
  definition: ChartDefinition
  readonly canvas: HTMLCanvasElement
  readonly #chart: Chart<'line', Point[]>
  readonly #target: ZoomTarget
  readonly #overlay: Overlay
  #input: ChartInput

  /** Draws at once: a chart that is first made empty is drawn twice. */
  constructor(canvas: HTMLCanvasElement, definition: ChartDefinition, callbacks: ChartCallbacks, input: ChartInput) {
    this.canvas = canvas
    this.definition = definition
    this.#input = input
    this.#overlay = { ...this.#under(), crosshair: null, label: '', selection: null }
    this.#chart = new Chart(canvas, {
      ...configuration(this.#scales()),
      data: { datasets: this.#datasets() },
      plugins: [overlayPlugin(this.#overlay)],
    })
    this.#describe(input)
    this.#target = new ZoomTarget(this.#chart, this.#overlay, callbacks, () => this.#input)
    listenForGestures(canvas, this.#target)
    canvas.addEventListener(readChart, event => {
      if (event instanceof CustomEvent && isReader(event.detail)) event.detail(this.#drawn())
    })
  }

  /** What is drawn, for whoever reads the page by program: `canvas.dispatchEvent(new CustomEvent(readChart, { detail }))`. */
  #drawn(): DrawnChart {
    const { datasets } = this.#chart.data
    const { x, y } = this.#chart.scales
    return {
      x: { type: x.type, min: x.min, max: x.max },
      y: { type: y.type, min: y.min, max: y.max },
      lines: datasets.map(({ data, label = '' }) => ({
        label,
        points: data.map(point => [point.x, point.y]),
        pixels: data.map(point => [x.getPixelForValue(point.x), y.getPixelForValue(point.y)]),
      })),
    }
  }

  /** Draws the curves as they are now. */
  update(input: ChartInput): void {
    this.#input = input
    Object.assign(this.#overlay, this.#under())
    Object.assign(this.#chart.options, { scales: this.#scales() })
    this.#chart.data.datasets = this.#datasets()
    this.#chart.update('none')
    this.#describe(input)
  }

  /** What lies under and over the curves and goes with them. */
  #under(): Pick<Overlay, 'theme' | 'marks' | 'epochs' | 'gaps'> {
    const { theme, marks, epochs, gaps } = this.#input
    const { small, layers } = this.definition
    // Where areas cover everything, or the chart is small, names would only be in the way.
    const isCovered = small === true || layers.some(layer => layer.kind === 'shares')
    return {
      theme,
      marks: small === true ? marks.map(mark => ({ ...mark, label: '' })) : marks,
      epochs: isCovered ? withoutNames(epochs) : epochs,
      gaps,
    }
  }

  #scales(): { x: Scale; y: Scale } {
    const [min, max] = this.#range
    return { x: xScale(this.#input, min, max), y: yScale(this.definition, this.#input.theme, this.#isLogY) }
  }

  #datasets(): Dataset[] {
    const { curves, whole, placedCurves, axisOf, gaps, logX, smoothing, margin, hidden, theme } = this.#input
    const [min, max] = this.#range
    return datasetsOf(this.definition, {
      curves,
      whole,
      placedCurves,
      axisOf,
      gaps,
      view: { min, max, pixels: Math.max(50, this.canvas.clientWidth), log: logX },
      logY: this.#isLogY,
      smoothing,
      margin,
      hidden,
      theme,
    })
  }

  get #range(): readonly [number, number] {
    return this.#input.range ?? this.#input.extent
  }

  get #isLogY(): boolean {
    return this.#input.logY && this.definition.logarithmic === true
  }

  /** Moves the crosshair that all charts of a panel share. */
  showCrosshair(x: number | null): void {
    this.#target.showCrosshair(x)
  }

  /** The picture as it stands, on the theme's background. */
  toPng(): string {
    return canvasPng(this.canvas, this.#overlay.theme.background)
  }

  toSvg(title: string): string {
    const { theme, marks } = this.#overlay
    const named = marks.map(mark => ({ ...mark, color: mark.strong ? theme.color('hard') : theme.muted }))
    return chartSvg(this.#chart, title, theme, named)
  }

  dispose(): void {
    this.#chart.destroy()
  }

  /** For screen readers the `aria-label`; for whoever reads the page by program how much is held and up to where. */
  #describe(input: ChartInput): void {
    const curves = metricsOf(this.definition).flatMap(metric => input.curves.get(metric) ?? [])
    const points = Math.max(0, ...curves.map(curve => curve.length))
    this.canvas.dataset['points'] = String(points)
    this.canvas.dataset['lines'] = String(curves.length)
    this.canvas.dataset['lastStep'] = String(Math.max(-1, ...curves.map(curve => curve.lastStep)))
  }
}

function configuration(scales: { x: Scale; y: Scale }): Omit<ChartConfiguration<'line', Point[]>, 'data'> {
  return {
    type: 'line',
    options: {
      ...baseOptions(),
      spanGaps: false,
      elements: { line: { tension: 0, borderJoinStyle: 'round' } },
      scales,
    },
  }
}

function ends(definition: ChartDefinition): { min?: number; max?: number } {
  return {
    ...(definition.bottom === undefined ? {} : { min: definition.bottom }),
    ...(definition.top === undefined ? {} : { max: definition.top }),
  }
}

type Scale = NonNullable<NonNullable<ChartOptions<'line'>['scales']>[string]>

function look(theme: Theme) {
  return {
    border: { color: theme.grid },
    grid: { color: theme.grid, tickLength: 4 },
    title: { display: false },
  }
}

function xScale(input: ChartInput, min: number, max: number): Scale {
  const { theme, logX, formatX } = input
  return {
    ...look(theme),
    type: logX ? 'logarithmic' : 'linear',
    min: logX ? Math.max(min, 1e-9) : min,
    max,
    ticks: {
      color: theme.muted,
      font: { family: theme.fontFamily, size: 11 },
      maxRotation: 0,
      autoSkipPadding: 16,
      includeBounds: false,
      callback: (value: string | number) => formatX(Number(value)),
    },
  }
}

function yScale(definition: ChartDefinition, theme: Theme, logY: boolean): Scale {
  return {
    ...look(theme),
    type: logY ? 'logarithmic' : 'linear',
    ...(logY ? {} : ends(definition)),
    ticks: {
      color: theme.muted,
      font: { family: theme.fontFamily, size: 11 },
      maxTicksLimit: 6,
      callback: (value: string | number) =>
        definition.percent === true ? axisPercent(Number(value)) : axisNumber(Number(value)),
    },
  }
}
