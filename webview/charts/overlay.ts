/** What lies over the curves: events as vertical lines, the crosshair, a marked value such as α, the stretch being selected. */
import type { Chart, Plugin } from 'chart.js'
import type { Theme } from './theme.ts'
import { withAlpha } from './theme.ts'

export interface Mark {
  readonly x: number
  readonly label: string
  readonly strong: boolean
}

export interface Overlay {
  theme: Theme
  marks: readonly Mark[]
  /** Position of the crosshair on the axis; `null`: none. */
  crosshair: number | null
  /** Points that the crosshair touches. */
  touched: readonly { readonly y: number; readonly color: string }[]
  /** A horizontal line across the chart. */
  level: { readonly y: number; readonly label: string; readonly color: string } | null
  /** Stretch that is being selected, in pixels. */
  selection: readonly [number, number] | null
}

export function overlayPlugin(overlay: Overlay): Plugin<'line'> {
  return {
    id: 'tripletOverlay',
    afterDatasetsDraw: (chart: Chart<'line'>) => {
      const { ctx, chartArea } = chart
      const { x, y } = chart.scales
      ctx.save()
      ctx.beginPath()
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height)
      ctx.clip()
      drawMarks(ctx, overlay, chartArea, value => x.getPixelForValue(value))
      if (overlay.level !== null) drawLevel(ctx, overlay, chartArea, y.getPixelForValue(overlay.level.y))
      if (overlay.selection !== null) {
        const [from, to] = overlay.selection
        ctx.fillStyle = withAlpha(overlay.theme.foreground, 0.15)
        ctx.fillRect(Math.min(from, to), chartArea.top, Math.abs(to - from), chartArea.height)
      }
      if (overlay.crosshair !== null) {
        const at = x.getPixelForValue(overlay.crosshair)
        line(ctx, at, chartArea.top, at, chartArea.bottom, overlay.theme.muted, [])
        for (const { y: value, color } of overlay.touched) dot(ctx, at, y.getPixelForValue(value), color, overlay.theme)
      }
      ctx.restore()
    },
  }
}

type Context = CanvasRenderingContext2D
interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function drawMarks(ctx: Context, overlay: Overlay, area: Area, pixelOf: (x: number) => number): void {
  ctx.font = `10px ${overlay.theme.fontFamily}`
  ctx.textBaseline = 'top'
  let free = -Infinity
  for (const mark of overlay.marks) {
    const at = Math.round(pixelOf(mark.x)) + 0.5
    if (at < area.left || at > area.right) continue
    const color = mark.strong ? overlay.theme.color('hard') : overlay.theme.muted
    line(ctx, at, area.top, at, area.bottom, withAlpha(color, mark.strong ? 1 : 0.5), mark.strong ? [] : [3, 3])
    if (mark.label === '' || at < free) continue
    const width = ctx.measureText(mark.label).width
    const left = Math.min(at + 3, area.right - width)
    ctx.fillStyle = color
    ctx.fillText(mark.label, left, area.top + 2)
    free = left + width + 6
  }
}

function drawLevel(ctx: Context, overlay: Overlay, area: Area, at: number): void {
  if (overlay.level === null) return
  line(ctx, area.left, at, area.right, at, overlay.level.color, [6, 4])
  ctx.font = `10px ${overlay.theme.fontFamily}`
  ctx.textBaseline = 'bottom'
  ctx.fillStyle = overlay.theme.foreground
  ctx.fillText(overlay.level.label, area.left + 4, at - 2)
}

function line(ctx: Context, x0: number, y0: number, x1: number, y1: number, color: string, dash: number[]): void {
  ctx.strokeStyle = color
  ctx.lineWidth = 1
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.moveTo(x0, y0)
  ctx.lineTo(x1, y1)
  ctx.stroke()
  ctx.setLineDash([])
}

function dot(ctx: Context, x: number, y: number, color: string, theme: Theme): void {
  if (!Number.isFinite(y)) return
  ctx.beginPath()
  ctx.arc(x, y, 3.5, 0, 2 * Math.PI)
  ctx.fillStyle = color
  ctx.fill()
  ctx.strokeStyle = theme.background
  ctx.stroke()
}
