import sharp from 'sharp'
import type { IconSet } from './icons.ts'

/** Side of every picture, in pixels. */
export const size = 32

/** Drawn this many times larger and then reduced: thin lines stay even. */
const oversampling = 4

/**
 * Draws an icon as RGB bytes [size, size, 3] on white, centred, proportions kept. Vendors leave different margins inside
 * their boxes; they stay, since they are part of how the drawings differ.
 */
export async function draw(set: IconSet, icon: string): Promise<Uint8Array> {
  const { body, width = set.width, height = set.height } = set.icons[icon]
  const side = Math.max(width, height)
  const box = `${(width - side) / 2} ${(height - side) / 2} ${side} ${side}`
  const large = size * oversampling
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" color="#000"` +
    ` width="${large}" height="${large}" viewBox="${box}">${body}</svg>`
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(size, size)
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3 || data.length !== size * size * 3)
    throw new Error(`${icon} became ${info.width} × ${info.height} × ${info.channels}`)
  return new Uint8Array(data)
}
