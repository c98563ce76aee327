/** Bars over a value axis, with lines where something divides them. */
import {
  BarController,
  BarElement,
  Chart,
  LinearScale,
  type ChartConfiguration,
  type ChartDataset,
  type ChartOptions,
  type Plugin,
} from 'chart.js'
import type { HistogramDetail } from '../../protocol/details.ts'
import { axisNumber, axisPercent } from '../../protocol/words.ts'
import { canvasPng } from '../export/png.ts'
import { chartSvg } from '../export/svg.ts'
import { baseOptions } from './baseOptions.ts'
import { type Theme, withAlpha } from './theme.ts'

Chart.register(BarController, BarElement, LinearScale)

export interface Bars {
  readonly histogram: HistogramDetail
  /** Colour of the bar whose middle is at `x`. */
  readonly colorOf: (x: number) => string
}

export interface Divider {
  readonly x: number
  readonly label: string
  readonly color: string
}

interface Bar {
  readonly x: number
  readonly y: number
}

export class HistogramChart {
  readonly canvas: HTMLCanvasElement
  /** Made when there is something to draw: one that is first made empty is drawn twice. */
  #chart: Chart<'bar', Bar[]> | undefined
  #theme: Theme | undefined
  #dividers: readonly Divider[] = []

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
  }

  /** Draws histograms over one another, each as shares of its own total. */
  update(series: readonly Bars[], dividers: readonly Divider[], theme: Theme): void {
    if (series.length === 0) return
    this.#theme = theme
    this.#dividers = dividers
    const scales = scalesOf(series, theme)
    const datasets = series.map(({ histogram, colorOf }) => {
      const bars = toBars(histogram)
      return {
        data: bars,
        backgroundColor: bars.map(bar => withAlpha(colorOf(bar.x), series.length > 1 ? 0.6 : 0.85)),
        barPercentage: 1,
        categoryPercentage: 1,
        grouped: false,
        borderWidth: 0,
      }
    })
    if (this.#chart === undefined) {
      this.#chart = new Chart(this.canvas, configuration(this.#plugin(theme), scales, datasets))
      return
    }
    Object.assign(this.#chart.options, { scales })
    this.#chart.data.datasets = datasets
    this.#chart.update('none')
  }

  toPng(): string {
    return this.#theme === undefined ? '' : canvasPng(this.canvas, this.#theme.background)
  }

  toSvg(title: string): string {
    if (this.#chart === undefined || this.#theme === undefined) return ''
    return chartSvg(this.#chart, title, this.#theme, this.#dividers)
  }

  /** Lets a divider be dragged: `move` hears where to, on the value axis. */
  onDrag(move: (x: number) => void): void {
    const { canvas } = this
    const follow = (event: PointerEvent) => {
      if (this.#chart === undefined) return
      const { left, right } = this.#chart.chartArea
      const pixel = Math.min(right, Math.max(left, event.clientX - canvas.getBoundingClientRect().left))
      move(this.#chart.scales['x'].getValueForPixel(pixel) ?? 0)
    }
    canvas.addEventListener('pointerdown', event => {
      if (event.button !== 0) return
      canvas.setPointerCapture(event.pointerId)
      follow(event)
    })
    canvas.addEventListener('pointermove', event => {
      if (canvas.hasPointerCapture(event.pointerId)) follow(event)
    })
  }

  dispose(): void {
    this.#chart?.destroy()
  }

  #plugin(first: Theme): Plugin<'bar'> {
    return {
      id: 'tripletDividers',
      afterDatasetsDraw: chart => {
        const { ctx, chartArea, scales } = chart
        const theme = this.#theme ?? first
        ctx.save()
        ctx.font = `11px ${theme.fontFamily}`
        ctx.textBaseline = 'top'
        for (const { x, label, color } of this.#dividers) {
          const at = Math.round(scales['x'].getPixelForValue(x)) + 0.5
          if (at < chartArea.left || at > chartArea.right) continue
          ctx.strokeStyle = color
          ctx.setLineDash([5, 4])
          ctx.beginPath()
          ctx.moveTo(at, chartArea.top)
          ctx.lineTo(at, chartArea.bottom)
          ctx.stroke()
          ctx.setLineDash([])
          ctx.strokeStyle = withAlpha(theme.background, 0.85)
          ctx.lineWidth = 3
          ctx.strokeText(label, at + 4, chartArea.top + 2)
          ctx.lineWidth = 1
          ctx.fillStyle = theme.foreground
          ctx.fillText(label, at + 4, chartArea.top + 2)
        }
        ctx.restore()
      },
    }
  }
}

/** Each bin as a share of all that was counted, at its middle. */
export function toBars({ low, high, counts }: HistogramDetail): Bar[] {
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  )
  const width = (high - low) / counts.length
  return counts.map((count, i) => ({ x: low + (i + 0.5) * width, y: count / total }))
}

type Scales = NonNullable<ChartOptions<'bar'>['scales']>

function scalesOf(series: readonly Bars[], theme: Theme): Scales {
  const look = {
    border: { color: theme.grid },
    grid: { color: theme.grid, tickLength: 4 },
  }
  const font = { family: theme.fontFamily, size: 11 }
  return {
    x: {
      ...look,
      type: 'linear',
      min: Math.min(...series.map(one => one.histogram.low)),
      max: Math.max(...series.map(one => one.histogram.high)),
      offset: false,
      ticks: {
        color: theme.muted,
        font,
        maxRotation: 0,
        includeBounds: false,
        callback: value => axisNumber(Number(value)),
      },
    },
    y: {
      ...look,
      type: 'linear',
      beginAtZero: true,
      ticks: { color: theme.muted, font, maxTicksLimit: 4, callback: value => axisPercent(Number(value)) },
    },
  }
}

function configuration(
  plugin: Plugin<'bar'>,
  scales: Scales,
  datasets: ChartDataset<'bar', Bar[]>[],
): ChartConfiguration<'bar', Bar[]> {
  return {
    type: 'bar',
    data: { datasets },
    options: {
      ...baseOptions(),
      scales,
    },
    plugins: [plugin],
  }
}
