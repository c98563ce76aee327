/** A chart as hands and keys see it: the stretch of the axis in view, the crosshair, a stretch being selected. */
import type { Chart } from 'chart.js'
import type { GestureTarget } from './gestures.ts'
import type { Overlay } from './overlay.ts'

export interface ChartCallbacks {
  onRange(range: readonly [number, number] | null): void
  onCrosshair(x: number | null): void
}

export interface View {
  /** Stretch of the axis in view; `null`: everything. */
  readonly range: readonly [number, number] | null
  /** Both ends of everything there is. */
  readonly extent: readonly [number, number]
  /** A position of the crosshair in words. */
  readonly describeX: (x: number) => string
}

export class ZoomTarget implements GestureTarget {
  readonly #chart: Pick<Chart, 'chartArea' | 'scales' | 'draw'>
  readonly #overlay: Overlay
  readonly #callbacks: ChartCallbacks
  readonly #view: () => View

  constructor(
    chart: Pick<Chart, 'chartArea' | 'scales' | 'draw'>,
    overlay: Overlay,
    callbacks: ChartCallbacks,
    view: () => View,
  ) {
    this.#chart = chart
    this.#overlay = overlay
    this.#callbacks = callbacks
    this.#view = view
  }

  get plot(): { readonly left: number; readonly right: number } {
    return this.#chart.chartArea
  }

  get range(): readonly [number, number] {
    const { range, extent } = this.#view()
    return range ?? extent
  }

  get extent(): readonly [number, number] {
    return this.#view().extent
  }

  valueAt(pixel: number): number {
    return this.#chart.scales['x'].getValueForPixel(pixel) ?? 0
  }

  pixelAt(x: number): number {
    return this.#chart.scales['x'].getPixelForValue(x)
  }

  hover(pixel: number | null): void {
    this.#callbacks.onCrosshair(pixel === null ? null : this.valueAt(pixel))
  }

  select(from: number, to: number): void {
    this.#overlay.selection = [from, to]
    this.#chart.draw()
  }

  endSelection(range: readonly [number, number] | null): void {
    this.#overlay.selection = null
    if (range === null) this.#chart.draw()
    else this.zoom(range)
  }

  /** @param range new stretch in view, or `null` for everything */
  zoom(range: readonly [number, number] | null): void {
    if (range === null) {
      this.#callbacks.onRange(null)
      return
    }
    const [low, high] = this.#view().extent
    const min = Math.max(low, Math.min(range[0], range[1]))
    const max = Math.min(high, Math.max(range[0], range[1]))
    if (max > min) this.#callbacks.onRange(min <= low && max >= high ? null : [min, max])
  }

  /** Moves the crosshair; charts beside one another share it. */
  showCrosshair(x: number | null): void {
    if (this.#overlay.crosshair === x) return
    this.#overlay.crosshair = x
    this.#overlay.label = x === null ? '' : this.#view().describeX(x)
    this.#chart.draw()
  }
}
