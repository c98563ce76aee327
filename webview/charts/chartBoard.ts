/** The charts of a page: made when their canvas comes into sight, gone with it, and drawn only while it is in sight. */
import type { ChartDefinition } from './definition.ts'
import { type ChartCallbacks, type ChartInput, TimeChart } from './timeChart.ts'

export class ChartBoard {
  readonly #callbacks: ChartCallbacks
  readonly #canvases = new Map<string, HTMLCanvasElement>()
  readonly #charts = new Map<string, TimeChart>()
  readonly #adopters = new Map<string, (element: Element | undefined) => void>()
  readonly #definitions = new Map<string, ChartDefinition>()
  readonly #visible = new Set<Element>()
  readonly #observer: IntersectionObserver

  constructor(redraw: () => void, callbacks: ChartCallbacks) {
    this.#callbacks = callbacks
    this.#observer = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) this.#visible.add(target)
        else this.#visible.delete(target)
      redraw()
    })
  }

  /** `undefined` as long as the chart was not in sight. */
  get(id: string): TimeChart | undefined {
    return this.#charts.get(id)
  }

  /** For the canvas of a chart: the same function each time, or each drawing would make a new chart. */
  adopter(definition: ChartDefinition): (element: Element | undefined) => void {
    const { id } = definition
    this.#definitions.set(id, definition)
    let adopter = this.#adopters.get(id)
    if (adopter === undefined) {
      adopter = element => this.#adopt(id, element)
      this.#adopters.set(id, adopter)
    }
    return adopter
  }

  /** @param crosshair where it stands on the axis; `null`: nowhere */
  draw(input: ChartInput, crosshair: number | null): void {
    for (const [id, canvas] of this.#canvases) {
      const definition = this.#definitions.get(id)
      if (definition === undefined || !this.#visible.has(canvas)) continue
      let chart = this.#charts.get(id)
      if (chart === undefined) {
        this.#charts.set(id, (chart = new TimeChart(canvas, definition, this.#callbacks, input)))
      } else {
        chart.definition = definition
        chart.update(input)
      }
      chart.showCrosshair(crosshair)
    }
  }

  #adopt(id: string, element: Element | undefined): void {
    const known = this.#canvases.get(id)
    if (element === known) return
    if (known !== undefined) {
      this.#observer.unobserve(known)
      this.#visible.delete(known)
      this.#canvases.delete(id)
      this.#charts.get(id)?.dispose()
      this.#charts.delete(id)
    }
    if (!(element instanceof HTMLCanvasElement)) return
    this.#canvases.set(id, element)
    // The observer will say so too, but some frames later.
    if (element.getBoundingClientRect().top < window.innerHeight) this.#visible.add(element)
    this.#observer.observe(element)
  }
}
