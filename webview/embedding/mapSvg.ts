/** The map as SVG: each picture is embedded in the file. */
import type { Theme } from '../charts/theme.ts'
import { escapeXml } from '../export/svg.ts'
import type { Album } from '../pictures/album.ts'
import { classColor } from './classColor.ts'

interface Sheet {
  readonly width: number
  readonly height: number
  readonly title: string
  /** Of a picture, in pixels. */
  readonly side: number
}

/** @param placed [n, 3]: x and y in pixels, and the depth */
export function mapSvg(
  { width, height, title, side }: Sheet,
  placed: Float32Array,
  { album, theme }: { readonly album: Album; readonly theme: Theme },
): string {
  const order = Array.from({ length: placed.length / 3 }, (_, i) => i)
  order.sort((a, b) => placed[a * 3 + 2] - placed[b * 3 + 2])
  const pictures = order.map(i => {
    const [x, y] = [placed[i * 3] - side / 2, placed[i * 3 + 1] - side / 2].map(value => value.toFixed(2))
    const box = `x="${x}" y="${y}" width="${side}" height="${side}"`
    return `<g><title>${escapeXml(album.nameAt(i))}</title><image ${box} href="${album.sourceAt(i)}"/><rect ${box} fill="none" stroke="${escapeXml(classColor(album.classes[i], theme))}"/></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escapeXml(title)}</title>
<rect width="${width}" height="${height}" fill="${escapeXml(theme.background)}"/>
${pictures.join('\n')}
</svg>
`
}
