/** What lies over the curves: events as vertical lines, the crosshair, a the stretch being selected. */
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
  /** What stands beside the crosshair. */
  label: string
  /** Stretch that is being selected, in pixels. */
  selection: readonly [number, number] | null
}

export function overlayPlugin(overlay: Overlay): Plugin<'line'> {
  return {
    id: 'tripletOverlay',
    afterDatasetsDraw: (chart: Chart<'line'>) => {
      const { ctx, chartArea } = chart
      const { x } = chart.scales
      ctx.save()
      ctx.beginPath()
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height)
      ctx.clip()
      ctx.font = `11px ${overlay.theme.fontFamily}`
      ctx.textBaseline = 'top'
      drawMarks(ctx, overlay, chartArea, value => x.getPixelForValue(value))
      if (overlay.selection !== null) {
        const [from, to] = overlay.selection
        ctx.fillStyle = withAlpha(overlay.theme.foreground, 0.15)
        ctx.fillRect(Math.min(from, to), chartArea.top, Math.abs(to - from), chartArea.height)
      }
      if (overlay.crosshair !== null) {
        const at = x.getPixelForValue(overlay.crosshair)
        line(ctx, at, chartArea.top, at, chartArea.bottom, overlay.theme.muted, [])
        const width = ctx.measureText(overlay.label).width
        const left = at + 6 + width > chartArea.right ? at - 6 - width : at + 6
        haloText(ctx, overlay.label, left, chartArea.bottom - 14, overlay.theme.foreground, overlay.theme)
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
  let free = -Infinity
  for (const mark of overlay.marks) {
    const at = Math.round(pixelOf(mark.x)) + 0.5
    if (at < area.left || at > area.right) continue
    const color = mark.strong ? overlay.theme.color('hard') : overlay.theme.muted
    line(ctx, at, area.top, at, area.bottom, withAlpha(color, mark.strong ? 1 : 0.5), mark.strong ? [] : [3, 3])
    if (mark.label === '' || at < free) continue
    const width = ctx.measureText(mark.label).width
    const left = Math.min(at + 3, area.right - width)
    haloText(ctx, mark.label, left, area.top + 2, overlay.theme.foreground, overlay.theme)
    free = left + width + 6
  }
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

/** Text that can be read on any area. */
function haloText(ctx: Context, text: string, x: number, y: number, color: string, theme: Theme): void {
  ctx.strokeStyle = withAlpha(theme.background, 0.85)
  ctx.lineWidth = 3
  ctx.lineJoin = 'round'
  ctx.strokeText(text, x, y)
  ctx.fillStyle = color
  ctx.fillText(text, x, y)
}
