/** The canvas of the map: pictures as points, drawn from far to near, moved and turned by hand or keys. */
import type { Theme } from '../charts/theme.ts'
import { canvasPng } from '../export/png.ts'
import type { Album } from '../pictures/album.ts'
import { classColor } from './classColor.ts'
import { mapSvg } from './mapSvg.ts'
import { placeOnScreen, pointAt, startView, type View } from './mapView.ts'

export interface MapInput {
  readonly points: Float32Array
  readonly dimensions: 2 | 3
  readonly album: Album
  readonly selected: number
  readonly neighbours: readonly number[]
  /** Those found by a search; the others fade. `null`: no search. */
  readonly matches: ReadonlySet<number> | null
  readonly theme: Theme
}

export interface MapCallbacks {
  readonly select: (index: number) => void
  readonly redraw: () => void
}

const pictureSide = 18

export class EmbeddingMap {
  readonly canvas: HTMLCanvasElement
  readonly #callbacks: MapCallbacks
  readonly #images = new Map<string, HTMLImageElement>()
  #view: View = startView
  #input: MapInput | undefined
  #placed: Float32Array = new Float32Array(0)

  constructor(canvas: HTMLCanvasElement, callbacks: MapCallbacks) {
    this.canvas = canvas
    this.#callbacks = callbacks
    this.#listenToPointer()
    canvas.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.#callbacks.select(this.#nearestToMiddle())
      const change = this.#keyChange(event.key)
      if (change === undefined) return
      event.preventDefault()
      this.#change(change)
    })
  }

  draw(input: MapInput): void {
    this.#input = input
    const { clientWidth: width, clientHeight: height } = this.canvas
    const ratio = window.devicePixelRatio
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio)
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio)
    const ctx = this.canvas.getContext('2d')
    if (ctx === null || width === 0) return
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0)
    ctx.clearRect(0, 0, width, height)
    ctx.imageSmoothingEnabled = false
    const view = input.dimensions === 3 ? this.#view : { ...this.#view, yaw: 0, pitch: 0 }
    this.#placed = placeOnScreen(input.points, view, width, height)
    const side = this.#side()
    const order = Array.from({ length: input.points.length / 3 }, (_, i) => i)
    const depth = (i: number) => (i === input.selected ? Infinity : this.#placed[i * 3 + 2])
    order.sort((a, b) => depth(a) - depth(b))
    this.#drawLinks(ctx, input)
    for (const i of order) this.#drawPoint(ctx, input, i, side)
    ctx.globalAlpha = 1
  }

  /** The picture as it stands, on the theme's background. */
  toPng(): string {
    return canvasPng(this.canvas, this.#input?.theme.background ?? '')
  }

  toSvg(title: string): string {
    const input = this.#input
    if (input === undefined) return ''
    const { clientWidth: width, clientHeight: height } = this.canvas
    const side = this.#side()
    return mapSvg({ width, height, title, side }, this.#placed, input)
  }

  #side(): number {
    return pictureSide * Math.min(2.5, Math.max(0.7, Math.sqrt(this.#view.zoom)))
  }

  #nearestToMiddle(): number {
    const { clientWidth, clientHeight } = this.canvas
    return pointAt(this.#placed, clientWidth / 2, clientHeight / 2, Infinity)
  }

  #drawLinks(ctx: CanvasRenderingContext2D, { selected, neighbours, album, theme }: MapInput): void {
    if (selected < 0) return
    ctx.lineWidth = 1.5
    for (const neighbour of neighbours) {
      ctx.strokeStyle = theme.color(album.classes[neighbour] === album.classes[selected] ? 'positive' : 'negative')
      ctx.beginPath()
      ctx.moveTo(this.#placed[selected * 3], this.#placed[selected * 3 + 1])
      ctx.lineTo(this.#placed[neighbour * 3], this.#placed[neighbour * 3 + 1])
      ctx.stroke()
    }
  }

  #drawPoint(ctx: CanvasRenderingContext2D, input: MapInput, i: number, side: number): void {
    const [x, y] = [this.#placed[i * 3], this.#placed[i * 3 + 1]]
    const { album, selected, neighbours, matches, theme } = input
    ctx.globalAlpha = matches === null || matches.has(i) ? 1 : 0.15
    const image = this.#image(album.sourceAt(i))
    if (image.complete) ctx.drawImage(image, x - side / 2, y - side / 2, side, side)
    const isNear = neighbours.includes(i)
    ctx.lineWidth = i === selected || isNear ? 2.5 : 1.5
    ctx.strokeStyle =
      i === selected
        ? theme.color('anchor')
        : isNear
          ? theme.color(album.classes[i] === album.classes[selected] ? 'positive' : 'negative')
          : classColor(album.classes[i], theme)
    ctx.strokeRect(x - side / 2, y - side / 2, side, side)
  }

  #image(source: string): HTMLImageElement {
    let image = this.#images.get(source)
    if (image === undefined) {
      image = new Image()
      image.onload = this.#callbacks.redraw
      image.src = source
      this.#images.set(source, image)
    }
    return image
  }

  #listenToPointer(): void {
    const { canvas } = this
    let drag: { x: number; y: number; moved: boolean } | undefined
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId)
      drag = { x: event.clientX, y: event.clientY, moved: false }
    })
    canvas.addEventListener('pointermove', event => {
      if (drag === undefined) return
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y]
      if (!drag.moved && Math.hypot(dx, dy) < 4) return
      drag = { x: event.clientX, y: event.clientY, moved: true }
      const { yaw, pitch, panX, panY } = this.#view
      if (this.#input?.dimensions === 3 && !event.shiftKey)
        this.#change({ yaw: yaw + dx / 150, pitch: pitch + dy / 150 })
      else this.#change({ panX: panX + dx, panY: panY + dy })
    })
    canvas.addEventListener('pointerup', event => {
      const box = canvas.getBoundingClientRect()
      if (drag?.moved === false)
        this.#callbacks.select(pointAt(this.#placed, event.clientX - box.left, event.clientY - box.top, 16))
      drag = undefined
    })
    canvas.addEventListener('pointercancel', () => (drag = undefined))
    canvas.addEventListener('dblclick', () => this.#change(startView))
    canvas.addEventListener(
      'wheel',
      event => {
        if (!event.ctrlKey && !event.metaKey) return
        event.preventDefault()
        this.#change({ zoom: Math.min(50, Math.max(0.3, this.#view.zoom * Math.exp(-event.deltaY * 0.002))) })
      },
      { passive: false },
    )
  }

  #keyChange(key: string): Partial<View> | undefined {
    const { yaw, pitch, zoom, panX, panY } = this.#view
    const turns = this.#input?.dimensions === 3
    switch (key) {
      case 'ArrowLeft':
        return turns ? { yaw: yaw - 0.1 } : { panX: panX + 20 }
      case 'ArrowRight':
        return turns ? { yaw: yaw + 0.1 } : { panX: panX - 20 }
      case 'ArrowUp':
        return turns ? { pitch: pitch - 0.1 } : { panY: panY + 20 }
      case 'ArrowDown':
        return turns ? { pitch: pitch + 0.1 } : { panY: panY - 20 }
      case '+':
      case '=':
        return { zoom: zoom * 1.3 }
      case '-':
        return { zoom: zoom / 1.3 }
      case '0':
        return startView
      default:
        return undefined
    }
  }

  #change(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change }
    this.#callbacks.redraw()
  }
}
