/** A chart as SVG: what Chart.js draws, as shapes, for papers and slides. */
import type { Chart, ChartDataset } from 'chart.js'
import type { Point } from '../charts/layers.ts'
import type { Theme } from '../charts/theme.ts'

/** A vertical line with a name, at a position of the horizontal axis. */
export interface SvgMark {
  readonly x: number
  readonly label: string
  readonly color: string
}

type Drawn = Chart<'line', Point[]> | Chart<'bar', Point[]>
type Place = (point: Point) => readonly [number, number]

const titleHeight = 24

/** @param title stands above the plot */
export function chartSvg(chart: Drawn, title: string, theme: Theme, marks: readonly SvgMark[] = []): string {
  const { width, height, chartArea: area, scales } = chart
  const { x, y } = scales
  const place: Place = point => [x.getPixelForValue(point.x), y.getPixelForValue(point.y)]
  const shapes = chart.data.datasets.flatMap((dataset, i) => {
    if (dataset.type === 'bar' || !('fill' in dataset)) return bars(dataset.data, dataset.backgroundColor, place)
    const below = dataset.fill === '-1' ? chart.data.datasets[i - 1].data : []
    return line(dataset, below, place, area.bottom)
  })
  const visible = marks.map(mark => ({ ...mark, at: x.getPixelForValue(mark.x) }))
  const inside = visible.filter(({ at }) => at >= area.left && at <= area.right)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + titleHeight}" viewBox="0 ${-titleHeight} ${width} ${height + titleHeight}" font-family="${escapeXml(theme.fontFamily)}" font-size="11">
<clipPath id="plot"><rect x="${area.left}" y="${area.top}" width="${area.width}" height="${area.height}"/></clipPath>
<rect x="0" y="${-titleHeight}" width="${width}" height="${height + titleHeight}" fill="${escapeXml(theme.background)}"/>
<text x="${area.left}" y="-8" font-size="13" font-weight="600" fill="${escapeXml(theme.foreground)}">${escapeXml(title)}</text>
${grid(chart, theme).join('\n')}
<g clip-path="url(#plot)">
${shapes.join('\n')}
${inside.map(mark => markLine(mark, area, theme)).join('\n')}
</g>
</svg>
`
}

function grid({ chartArea: area, scales: { x, y } }: Drawn, theme: Theme): string[] {
  const stroke = `stroke="${escapeXml(theme.grid)}"`
  const text = (at: number, line: number, content: string, anchor: string) =>
    `<text x="${round(at)}" y="${round(line)}" text-anchor="${anchor}" fill="${escapeXml(theme.foreground)}">${escapeXml(content)}</text>`
  return [
    ...x.ticks.flatMap((tick, i) => {
      const at = x.getPixelForTick(i)
      return [
        `<line x1="${round(at)}" y1="${area.top}" x2="${round(at)}" y2="${area.bottom}" ${stroke}/>`,
        text(at, area.bottom + 16, label(tick.label), 'middle'),
      ]
    }),
    ...y.ticks.flatMap((tick, i) => {
      const at = y.getPixelForTick(i)
      return [
        `<line x1="${area.left}" y1="${round(at)}" x2="${area.right}" y2="${round(at)}" ${stroke}/>`,
        text(area.left - 6, at + 4, label(tick.label), 'end'),
      ]
    }),
  ]
}

function line(dataset: ChartDataset<'line', Point[]>, below: readonly Point[], place: Place, bottom: number): string[] {
  const pixels = dataset.data.map(place)
  const edge = below.map(place).reverse()
  if (dataset.fill === 'origin') edge.push([pixels.at(-1)?.[0] ?? 0, bottom], [pixels.at(0)?.[0] ?? 0, bottom])
  const area =
    edge.length === 0
      ? []
      : [`<path d="${path([...pixels, ...edge])}Z" fill="${escapeXml(color(dataset.backgroundColor))}" stroke="none"/>`]
  const stroke = escapeXml(color(dataset.borderColor))
  const dash = Array.isArray(dataset.borderDash) ? ` stroke-dasharray="${dataset.borderDash.join(' ')}"` : ''
  const curve = `<path d="${path(pixels)}" fill="none" stroke="${stroke}" stroke-width="${Number(dataset.borderWidth)}"${dash}/>`
  const radius = Number(dataset.pointRadius)
  const dots =
    radius > 0
      ? pixels.map(
          ([x, y]) =>
            `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${escapeXml(color(dataset.pointBackgroundColor ?? dataset.borderColor))}"/>`,
        )
      : []
  return [...area, curve, ...dots]
}

/** Bars of equal width, each around its point. */
function bars(points: readonly Point[], colors: unknown, place: Place): string[] {
  const width = points.length > 1 ? place(points[1])[0] - place(points[0])[0] : 0
  const zero = place({ x: 0, y: 0 })[1]
  return points.flatMap((point, i) => {
    if (point.y === 0) return []
    const [x, y] = place(point)
    const fill = Array.isArray(colors) ? color(colors[i]) : color(colors)
    return `<rect x="${round(x - width / 2)}" y="${round(y)}" width="${round(width)}" height="${round(zero - y)}" fill="${escapeXml(fill)}"/>`
  })
}

function markLine(
  mark: SvgMark & { readonly at: number },
  area: { readonly top: number; readonly bottom: number },
  theme: Theme,
): string {
  const at = round(mark.at)
  return `<line x1="${at}" y1="${area.top}" x2="${at}" y2="${area.bottom}" stroke="${escapeXml(mark.color)}" stroke-dasharray="4 3"/><text x="${at + 4}" y="${area.top + 11}" fill="${escapeXml(theme.foreground)}">${escapeXml(mark.label)}</text>`
}

/** A gap in the values is a gap in the line. */
function path(points: readonly (readonly [number, number])[]): string {
  let isOpen = false
  let d = ''
  for (const [x, y] of points) {
    const isThere = Number.isFinite(x) && Number.isFinite(y)
    if (isThere) d += `${isOpen ? 'L' : 'M'}${round(x)} ${round(y)}`
    isOpen = isThere
  }
  return d
}

const round = (value: number) => Math.round(value * 100) / 100
const color = (value: unknown) => (typeof value === 'string' ? value : 'currentColor')
const label = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(' ') : (value ?? ''))

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
