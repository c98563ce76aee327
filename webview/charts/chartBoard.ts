/** The charts of a page: made when their canvas appears, gone with it, and drawn only while they are in sight. */
import type { ChartDefinition } from './definition.ts'
import { type ChartCallbacks, type ChartInput, TimeChart } from './timeChart.ts'

export class ChartBoard {
  readonly #callbacks: ChartCallbacks
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
    for (const [id, chart] of this.#charts) {
      if (!this.#visible.has(chart.canvas)) continue
      chart.definition = this.#definitions.get(id) ?? chart.definition
      chart.update(input)
      chart.showCrosshair(crosshair)
    }
  }

  #adopt(id: string, element: Element | undefined): void {
    const known = this.#charts.get(id)
    if (element === known?.canvas) return
    if (known !== undefined) {
      this.#observer.unobserve(known.canvas)
      this.#visible.delete(known.canvas)
      known.dispose()
      this.#charts.delete(id)
    }
    const definition = this.#definitions.get(id)
    if (!(element instanceof HTMLCanvasElement) || definition === undefined) return
    this.#charts.set(id, new TimeChart(element, definition, this.#callbacks))
    // The observer will say so too, but some frames later.
    if (element.getBoundingClientRect().top < window.innerHeight) this.#visible.add(element)
    this.#observer.observe(element)
  }
}
