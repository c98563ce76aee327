/**
 * Builds data/emoji from the pinned icon packages: `node scripts/emoji/build.ts`.
 * An emoji is a class, and each vendor's drawing of it one picture. The same packages give the same bytes.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { isClass, wrongDrawings } from './audit.ts'
import { draw, size } from './draw.ts'
import { groupClasses } from './groups.ts'
import { emojiNames, emojiOfIcons, installIcons, readIcons, readInfo, vendors } from './icons.ts'
import { notice } from './notice.ts'

/** Classes that fewer vendors have drawn are left out. */
const leastVendors = 6

interface Picture {
  readonly vendor: number
  readonly bytes: Uint8Array
}

interface EmojiClass {
  readonly name: string
  readonly unicode: string
  readonly pictures: readonly Picture[]
}

const folder = join(import.meta.dirname, '../../data/emoji')

installIcons()
const sets = new Map(vendors.map(vendor => [vendor, readIcons(vendor)]))
const icons = emojiOfIcons(sets)
const names = emojiNames(icons)

/** For each emoji, the icon that each vendor has for it: the first, where a vendor has two. */
const drawings = new Map<string, Map<number, string>>()
for (const [index, vendor] of vendors.entries()) {
  const wrong = new Set(wrongDrawings.filter(one => one.vendor === vendor).map(one => one.icon))
  for (const [icon, unicode] of icons.get(vendor) ?? []) {
    if (wrong.has(icon) || !isClass(unicode)) continue
    const byVendor = drawings.get(unicode) ?? new Map<number, string>()
    if (!byVendor.has(index)) byVendor.set(index, icon)
    drawings.set(unicode, byVendor)
  }
}

/** Shorter sequences first, so that of two identical drawings the plainer emoji keeps its own. */
const order = [...drawings.keys()].sort((a, b) => a.split('-').length - b.split('-').length || compare(a, b))

const seen = new Set<string>()
const classes: EmojiClass[] = []
for (const unicode of order) {
  const byVendor = drawings.get(unicode) ?? new Map<number, string>()
  if (byVendor.size < leastVendors) continue
  const pictures: Picture[] = []
  for (const [vendor, icon] of byVendor) {
    const set = sets.get(vendors[vendor])
    if (!set) continue
    const bytes = await draw(set, icon)
    const digest = createHash('sha256').update(bytes).digest('hex')
    // The same drawing for two emoji, or a drawing that came out blank, teaches nothing.
    if (seen.has(digest) || bytes.every(value => value === bytes[0])) continue
    seen.add(digest)
    pictures.push({ vendor, bytes })
  }
  if (pictures.length >= leastVendors) classes.push({ name: names.get(unicode) ?? unicode, unicode, pictures })
}
classes.sort((a, b) => compare(a.name, b.name))

const { groups, groupOfClass } = groupClasses(classes)
const pixels = Buffer.concat(classes.flatMap(one => one.pictures.map(picture => picture.bytes)))
const labels = Int32Array.from(classes.flatMap((one, label) => one.pictures.map(() => label)))
const packed = brotliCompressSync(pixels, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: pixels.length,
  },
})

mkdirSync(folder, { recursive: true })
const infos = vendors.map(vendor => ({ id: vendor, ...readInfo(vendor) }))
const header = {
  version: 1,
  shape: { height: size, width: size, channels: 3 },
  fingerprint: createHash('sha256').update(pixels).update(new Uint8Array(labels.buffer)).digest('hex'),
  vendors: infos.map(({ id, name, license }) => ({ id, name, license: license.spdx })),
  groups,
  /** Name, code points, group, vendor of each picture. */
  classes: classes.map((one, label) => [
    one.name,
    one.unicode,
    groupOfClass[label],
    one.pictures.map(picture => picture.vendor),
  ]),
}
const { classes: rows, ...rest } = header
writeFileSync(
  join(folder, 'emoji.json'),
  `${JSON.stringify(rest).slice(0, -1)},"classes":[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]}\n`,
)
writeFileSync(join(folder, 'emoji.bin'), packed)
writeFileSync(join(folder, 'NOTICE'), notice(infos))
console.log(
  `${classes.length} classes in ${groups.length} groups, ${labels.length} pictures, ${(packed.length / 1e6).toFixed(1)} MB`,
)

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
