/**
 * Draws every class and every vendor's picture of it, for looking: `node scripts/emoji/contactSheets.ts FOLDER [VENDOR…]`.
 * With vendors, only theirs, beside the first vendor's for comparison, and only classes that they have drawn.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type OverlayOptions } from 'sharp'
import { openEmoji, readEmojiHeader } from '../../server/training/datasets/emoji.ts'
import { size } from './draw.ts'

const [folder = '', ...chosen] = process.argv.slice(2)
if (folder === '') throw new Error('Name a folder for the sheets')
mkdirSync(folder, { recursive: true })

const header = await readEmojiHeader()
const dataset = await openEmoji({ size: null, channels: null })
if (dataset.pixels.kind !== 'memory') throw new Error('The emoji pictures are not in memory')
const { bytes } = dataset.pixels
const area = size * size * 3

const shown = header.vendors.flatMap((vendor, index) =>
  chosen.length === 0 || index === 0 || chosen.includes(vendor.id) ? [index] : [],
)
const labelWidth = 110
const cell = size + 1
const columnWidth = labelWidth + shown.length * cell
const columns = Math.max(1, Math.floor(1500 / columnWidth))
const rows = 36

interface Row {
  readonly name: string
  readonly pictures: ReadonlyMap<number, number>
}
let at = 0
const all: Row[] = header.classes.map(([name, , , drawn]) => ({
  name,
  pictures: new Map(drawn.map(vendor => [vendor, at++])),
}))
const wanted = all.filter(
  row => chosen.length === 0 || header.vendors.some(({ id }, index) => chosen.includes(id) && row.pictures.has(index)),
)

for (let sheet = 0; sheet * columns * rows < wanted.length; sheet++) {
  const tiles: OverlayOptions[] = []
  let text = ''
  for (const [index, row] of wanted.slice(sheet * columns * rows, (sheet + 1) * columns * rows).entries()) {
    const left = Math.floor(index / rows) * columnWidth
    const top = (index % rows) * cell
    for (const [line, part] of [row.name.slice(0, 18), row.name.slice(18)].entries())
      text += `<text x="${left + 2}" y="${top + 13 + line * 13}" font-size="10" font-family="sans-serif">${part}</text>`
    for (const [column, vendor] of shown.entries()) {
      const picture = row.pictures.get(vendor)
      if (picture === undefined) continue
      const input = Buffer.from(bytes.slice(picture * area, (picture + 1) * area))
      tiles.push({
        input,
        raw: { width: size, height: size, channels: 3 },
        left: left + labelWidth + column * cell,
        top,
      })
    }
  }
  const width = columns * columnWidth
  const height = rows * cell
  const labels = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${text}</svg>`
  await sharp({ create: { width, height, channels: 3, background: '#ddd' } })
    .composite([{ input: Buffer.from(labels), left: 0, top: 0 }, ...tiles])
    .png()
    .toFile(join(folder, `emoji-${sheet}.png`))
}
