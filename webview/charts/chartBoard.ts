/** The charts of a page: made when their canvas comes into sight, gone with it, and drawn only while it is in sight. */
import type { ChartDefinition } from './definition.ts'
import { type ChartInput, TimeChart } from './timeChart.ts'
import type { ChartCallbacks } from './zoomTarget.ts'

export class ChartBoard {
  readonly #callbacks: ChartCallbacks
  readonly #canvases = new Map<string, HTMLCanvasElement>()
  readonly #charts = new Map<string, TimeChart>()
  readonly #adopters = new Map<string, (element: Element | undefined) => void>()
  readonly #definitions = new Map<string, ChartDefinition>()
  readonly #visible = new Set<Element>()
  readonly #observer: IntersectionObserver
  #latest: { readonly input: ChartInput; readonly crosshair: number | null } | undefined
  /** In which the next chart is made. */
  #frame: number | undefined
  #isMaking = false

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

  /**
   * The charts that are there are drawn at once. Making one takes longer, so the first of those that came into sight is
   * made now, and each of the others once the frame with the one before has been shown.
   * @param crosshair where it stands on the axis; `null`: nowhere
   */
  draw(input: ChartInput, crosshair: number | null): void {
    this.#latest = { input, crosshair }
    for (const [id, chart] of this.#charts) {
      if (!this.#visible.has(chart.canvas)) continue
      chart.definition = this.#definitions.get(id) ?? chart.definition
      chart.update(input)
      chart.showCrosshair(crosshair)
    }
    this.#makeNext()
  }

  /** Makes the first chart that is in sight and not there yet, and sees to the others. */
  #makeNext(): void {
    if (this.#latest === undefined || this.#frame !== undefined) return
    const next = [...this.#canvases].find(([id, canvas]) => this.#visible.has(canvas) && !this.#charts.has(id))
    const definition = next && this.#definitions.get(next[0])
    if (next === undefined || definition === undefined) {
      // For whoever measures how long it takes until all that is in sight is drawn.
      if (this.#isMaking) performance.mark('tripletlab:complete')
      this.#isMaking = false
      return
    }
    this.#isMaking = true
    const [id, canvas] = next
    const { input, crosshair } = this.#latest
    const chart = new TimeChart(canvas, definition, this.#callbacks, input)
    chart.showCrosshair(crosshair)
    this.#charts.set(id, chart)
    this.#frame = requestAnimationFrame(() =>
      // What is done in a frame comes before it is shown.
      setTimeout(() => {
        this.#frame = undefined
        this.#makeNext()
      }),
    )
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
