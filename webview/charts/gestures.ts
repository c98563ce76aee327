/**
 * Hands and keys on a chart. Drag selects a stretch to zoom into, Shift+drag moves it, Ctrl+wheel zooms at the pointer,
 * a double click shows everything. With the keyboard: arrows move the crosshair, + and − zoom, Shift+arrows move, 0 resets.
 */
export interface GestureTarget {
  /** Edges of the plot in pixels of the canvas. */
  readonly plot: { readonly left: number; readonly right: number }
  readonly range: readonly [number, number]
  /** Both ends of everything there is. */
  readonly extent: readonly [number, number]
  valueAt(pixel: number): number
  pixelAt(x: number): number
  hover(pixel: number | null): void
  select(from: number, to: number): void
  endSelection(range: readonly [number, number] | null): void
  zoom(range: readonly [number, number] | null): void
}

/** A drag shorter than this is a click. */
const leastPixels = 5

export function listenForGestures(canvas: HTMLCanvasElement, target: GestureTarget): void {
  listenForPointer(canvas, target)
  listenForKeys(canvas, target)
}

function listenForPointer(canvas: HTMLCanvasElement, target: GestureTarget): void {
  let drag: { readonly start: number; readonly pan: boolean; at: number } | undefined
  const pixelOf = (event: MouseEvent) =>
    Math.min(target.plot.right, Math.max(target.plot.left, event.clientX - canvas.getBoundingClientRect().left))

  canvas.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    drag = { start: pixelOf(event), pan: event.shiftKey, at: pixelOf(event) }
  })
  canvas.addEventListener('pointermove', event => {
    const pixel = pixelOf(event)
    if (drag === undefined) {
      target.hover(pixel)
    } else if (drag.pan) {
      move(target, drag.at - pixel)
      drag.at = pixel
    } else if (Math.abs(pixel - drag.start) >= leastPixels) {
      target.select(drag.start, pixel)
    }
  })
  const end = (event: PointerEvent) => {
    if (drag === undefined) return
    const pixel = pixelOf(event)
    const selected = !drag.pan && Math.abs(pixel - drag.start) >= leastPixels
    target.endSelection(selected ? [target.valueAt(drag.start), target.valueAt(pixel)] : null)
    drag = undefined
  }
  canvas.addEventListener('pointerup', end)
  canvas.addEventListener('pointercancel', () => {
    drag = undefined
    target.endSelection(null)
  })
  canvas.addEventListener('pointerleave', () => {
    if (drag === undefined) target.hover(null)
  })
  canvas.addEventListener('dblclick', () => target.zoom(null))
  canvas.addEventListener(
    'wheel',
    event => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      scale(target, pixelOf(event), Math.exp(event.deltaY * 0.002))
    },
    { passive: false },
  )
}

function listenForKeys(canvas: HTMLCanvasElement, target: GestureTarget): void {
  const crosshair = new KeyCrosshair(target)
  canvas.addEventListener('blur', () => {
    crosshair.leave()
    target.hover(null)
  })
  canvas.addEventListener('keydown', event => {
    const { left, right } = target.plot
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (direction !== 0 && event.shiftKey) move(target, (direction * (right - left)) / 10)
    else if (direction !== 0) target.hover(crosshair.move(direction * 4))
    else if (event.key === '+' || event.key === '=') scale(target, crosshair.pixel, 0.7)
    else if (event.key === '-') scale(target, crosshair.pixel, 1 / 0.7)
    else if (event.key === '0' || event.key === 'Escape') target.zoom(null)
    else return
    event.preventDefault()
  })
}

/** The crosshair as the keys move it. It stays at its place on the axis, though a run that goes on moves that on screen. */
export class KeyCrosshair {
  readonly #target: Pick<GestureTarget, 'plot' | 'valueAt' | 'pixelAt'>
  #at: number | undefined

  constructor(target: Pick<GestureTarget, 'plot' | 'valueAt' | 'pixelAt'>) {
    this.#target = target
  }

  /** Where it is on screen, or would appear. */
  get pixel(): number {
    const { left, right } = this.#target.plot
    return this.#at === undefined ? (left + right) / 2 : within(this.#target.pixelAt(this.#at), left, right)
  }

  /** @returns where it is then */
  move(pixels: number): number {
    const { left, right } = this.#target.plot
    const pixel = within(this.pixel + pixels, left, right)
    this.#at = this.#target.valueAt(pixel)
    return pixel
  }

  leave(): void {
    this.#at = undefined
  }
}

/** Moves what is in view; at an end it stops, as wide as it was. */
export function move(
  target: Pick<GestureTarget, 'range' | 'extent' | 'valueAt' | 'pixelAt' | 'zoom'>,
  pixels: number,
): void {
  const [from, to] = target.range.map(x => target.pixelAt(x))
  const [low, high] = target.extent.map(x => target.pixelAt(x))
  const way = within(pixels, Math.min(0, low - from), Math.max(0, high - to))
  if (way !== 0) target.zoom([target.valueAt(from + way), target.valueAt(to + way)])
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function scale(target: GestureTarget, pixel: number, factor: number): void {
  const [min, max] = target.range
  const [from, to] = [target.pixelAt(min), target.pixelAt(max)]
  target.zoom([target.valueAt(pixel - (pixel - from) * factor), target.valueAt(pixel + (to - pixel) * factor)])
}
