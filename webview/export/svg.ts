/** A chart as SVG: what Chart.js draws, as shapes, for papers and slides. */
import type { Chart } from 'chart.js'
import type { Point } from '../charts/layers.ts'
import type { Theme } from '../charts/theme.ts'

/** @param title stands above the plot */
export function chartSvg(chart: Chart<'line', Point[]>, title: string, theme: Theme): string {
  const { width, height, chartArea: area, scales } = chart
  const { x, y } = scales
  const top = 24
  const parts: string[] = []
  const text = (at: number, line: number, content: string, anchor: string) =>
    parts.push(
      `<text x="${round(at)}" y="${round(line)}" text-anchor="${anchor}" fill="${escape(theme.foreground)}">${escape(content)}</text>`,
    )
  const line = (x0: number, y0: number, x1: number, y1: number) =>
    parts.push(
      `<line x1="${round(x0)}" y1="${round(y0)}" x2="${round(x1)}" y2="${round(y1)}" stroke="${escape(theme.grid)}"/>`,
    )
  for (const [i, tick] of x.ticks.entries()) {
    const at = x.getPixelForTick(i)
    line(at, area.top, at, area.bottom)
    text(at, area.bottom + 16, label(tick.label), 'middle')
  }
  for (const [i, tick] of y.ticks.entries()) {
    const at = y.getPixelForTick(i)
    line(area.left, at, area.right, at)
    text(area.left - 6, at + 4, label(tick.label), 'end')
  }
  parts.push(`<g clip-path="url(#plot)">`)
  for (const [i, dataset] of chart.data.datasets.entries()) {
    const pixels = dataset.data.map(point => [x.getPixelForValue(point.x), y.getPixelForValue(point.y)] as const)
    const below = dataset.fill === '-1' ? chart.data.datasets[i - 1].data : []
    const edge = below.map(point => [x.getPixelForValue(point.x), y.getPixelForValue(point.y)] as const).reverse()
    if (dataset.fill === 'origin')
      edge.push([pixels.at(-1)?.[0] ?? 0, area.bottom], [pixels.at(0)?.[0] ?? 0, area.bottom])
    if (edge.length > 0)
      parts.push(
        `<path d="${path([...pixels, ...edge])}Z" fill="${escape(color(dataset.backgroundColor))}" stroke="none"/>`,
      )
    const dash = Array.isArray(dataset.borderDash) ? ` stroke-dasharray="${dataset.borderDash.join(' ')}"` : ''
    parts.push(
      `<path d="${path(pixels)}" fill="none" stroke="${escape(color(dataset.borderColor))}" stroke-width="${Number(dataset.borderWidth)}"${dash}/>`,
    )
  }
  parts.push('</g>')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + top}" viewBox="0 ${-top} ${width} ${height + top}" font-family="${escape(theme.fontFamily)}" font-size="11">
<clipPath id="plot"><rect x="${area.left}" y="${area.top}" width="${area.width}" height="${area.height}"/></clipPath>
<rect x="0" y="${-top}" width="${width}" height="${height + top}" fill="${escape(theme.background)}"/>
<text x="${area.left}" y="-8" font-size="13" font-weight="600" fill="${escape(theme.foreground)}">${escape(title)}</text>
${parts.join('\n')}
</svg>
`
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

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
