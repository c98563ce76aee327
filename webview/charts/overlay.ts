/** What lies under and over the curves: epochs and pauses, events as vertical lines, the crosshair, the stretch being selected. */
import type { Chart, Plugin, Scale } from 'chart.js'
import type { Gap } from './layers.ts'
import type { Theme } from './theme.ts'
import { withAlpha } from './theme.ts'

export interface Mark {
  readonly x: number
  readonly label: string
  readonly strong: boolean
}

/** Ends of epochs on the axis: `at` gives the position of the end of an epoch, from 1 to `count`. */
export interface EpochLines {
  readonly count: number
  readonly at: (epoch: number) => number
  /** Empty where lines stand without names. */
  readonly label: (epoch: number) => string
}

const noLabel = () => ''
export const noEpochs: EpochLines = { count: 0, at: () => 0, label: noLabel }

export function withoutNames(epochs: EpochLines): EpochLines {
  return { ...epochs, label: noLabel }
}

export interface Overlay {
  theme: Theme
  marks: readonly Mark[]
  epochs: EpochLines
  gaps: readonly Gap[]
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
    beforeDatasetsDraw: ({ ctx, chartArea, scales }) => {
      ctx.save()
      ctx.font = `10px ${overlay.theme.fontFamily}`
      drawEpochs(ctx, overlay, chartArea, scales['x'])
      drawGaps(ctx, overlay, chartArea, scales['x'])
      ctx.restore()
    },
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
type PixelScale = Pick<Scale, 'getPixelForValue'>
interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Pixels between two lines, and between two that are named, at the least. */
const leastEpochPixels = 14
const leastNamePixels = 70

/** Every epoch, or every second, fifth, tenth … of them where they stand close. */
function drawEpochs(ctx: Context, { epochs, theme }: Overlay, area: Area, x: PixelScale): void {
  if (epochs.count < 2) return
  const width =
    Math.abs(x.getPixelForValue(epochs.at(epochs.count)) - x.getPixelForValue(epochs.at(1))) / (epochs.count - 1)
  if (!(width > 0)) return
  const every = (pixels: number) => niceSteps.find(step => step * width >= pixels) ?? Infinity
  const [lines, names] = [every(leastEpochPixels), every(leastNamePixels)]
  ctx.fillStyle = theme.muted
  ctx.textBaseline = 'bottom'
  ctx.beginPath()
  for (let epoch = lines; epoch <= epochs.count; epoch += lines) {
    const at = Math.round(x.getPixelForValue(epochs.at(epoch))) + 0.5
    if (at < area.left || at > area.right) continue
    ctx.moveTo(at, area.top)
    ctx.lineTo(at, area.bottom)
    const label = epoch % names === 0 && at - area.left > 40 ? epochs.label(epoch) : ''
    if (label !== '') ctx.fillText(label, at - ctx.measureText(label).width - 3, area.bottom - 1)
  }
  // All in one stroke: dozens of dotted lines, each on its own, take longer than the curves.
  ctx.strokeStyle = withAlpha(theme.foreground, theme.highContrast ? 0.5 : 0.16)
  ctx.lineWidth = 1
  ctx.setLineDash([1, 3])
  ctx.stroke()
  ctx.setLineDash([])
}

const niceSteps = Array.from({ length: 7 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat()

/** Where nothing ran the background is hatched. */
function drawGaps(ctx: Context, { gaps, theme }: Overlay, area: Area, x: PixelScale): void {
  for (const gap of gaps) {
    const from = Math.max(area.left, x.getPixelForValue(gap.from))
    const to = Math.min(area.right, x.getPixelForValue(gap.to))
    if (to - from < 1) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(from, area.top, to - from, area.bottom - area.top)
    ctx.clip()
    const height = area.bottom - area.top
    for (let at = from - height; at < to; at += 8)
      line(ctx, at, area.bottom, at + height, area.top, withAlpha(theme.foreground, 0.2), [])
    ctx.restore()
  }
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
