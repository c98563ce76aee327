/** The icon sets that the emoji dataset is drawn from, and which emoji each of their icons is. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

/** One vendor's drawings. The order is the order of `vendors` in the dataset. */
export const vendors = [
  'noto',
  'noto-v1',
  'twemoji',
  'emojione',
  'fluent-emoji',
  'fluent-emoji-flat',
  'fluent-emoji-high-contrast',
  'fxemoji',
  'streamline-emojis',
] as const
export type Vendor = (typeof vendors)[number]

/** Nothing else gets into the dataset. */
const permitted = ['Apache-2.0', 'MIT', 'CC-BY-4.0']

const IconSet = v.object({
  icons: v.record(
    v.string(),
    v.object({ body: v.string(), width: v.optional(v.number()), height: v.optional(v.number()) }),
  ),
  aliases: v.optional(v.record(v.string(), v.object({ parent: v.string() })), {}),
  width: v.optional(v.number(), 16),
  height: v.optional(v.number(), 16),
})
export type IconSet = v.InferOutput<typeof IconSet>

const SetInfo = v.object({
  name: v.string(),
  author: v.object({ name: v.string(), url: v.optional(v.string()) }),
  license: v.object({ title: v.string(), spdx: v.picklist(permitted), url: v.string() }),
})
export type SetInfo = v.InferOutput<typeof SetInfo>

const here = import.meta.dirname
const cache = join(here, '../../node_modules/.cache/triplet-lab/emoji')

/** Installs the pinned packages where they do not become dependencies of the project. */
export function installIcons(): void {
  mkdirSync(cache, { recursive: true })
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(here, file), join(cache, file))
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: cache, stdio: ['ignore', 'inherit', 'inherit'] })
}

function packageFile(vendor: Vendor, file: string): string {
  return join(cache, 'node_modules/@iconify-json', vendor, file)
}

export function readIcons(vendor: Vendor): IconSet {
  return v.parse(IconSet, JSON.parse(readFileSync(packageFile(vendor, 'icons.json'), 'utf8')))
}

/** @throws ValiError when the licence is not one that may be shipped */
export function readInfo(vendor: Vendor): SetInfo {
  return v.parse(SetInfo, JSON.parse(readFileSync(packageFile(vendor, 'info.json'), 'utf8')))
}

/** Code points without the variation selector, which says how to draw an emoji and not which it is. */
function normalized(unicode: string): string {
  return unicode
    .split('-')
    .filter(point => point !== 'fe0f')
    .join('-')
}

/**
 * For every vendor, which emoji (code points, hexadecimal, joined by `-`) each icon shows. Sets that list code points say
 * so themselves; the others use the same names, or older ones that some set knows as an alias.
 */
export function emojiOfIcons(sets: ReadonlyMap<Vendor, IconSet>): ReadonlyMap<Vendor, ReadonlyMap<string, string>> {
  const unicodeOf = new Map<string, string>()
  for (const vendor of vendors) {
    const path = packageFile(vendor, 'chars.json')
    if (!existsSync(path)) continue
    const chars = v.parse(v.record(v.string(), v.string()), JSON.parse(readFileSync(path, 'utf8')))
    for (const [unicode, name] of Object.entries(chars)) unicodeOf.set(name, normalized(unicode))
  }
  for (let known = 0; known !== unicodeOf.size;) {
    known = unicodeOf.size
    for (const set of sets.values())
      for (const [alias, { parent }] of Object.entries(set.aliases)) {
        const unicode = unicodeOf.get(parent) ?? unicodeOf.get(alias)
        if (unicode === undefined) continue
        if (!unicodeOf.has(alias)) unicodeOf.set(alias, unicode)
        if (!unicodeOf.has(parent)) unicodeOf.set(parent, unicode)
      }
  }
  // fxemoji writes names in one word, and a good part of them in words of its own.
  const inOneWord = new Map([...unicodeOf].map(([name, unicode]) => [name.replaceAll('-', ''), unicode]))
  const ownWords = new Map(
    Object.entries(
      v.parse(v.record(v.string(), v.string()), JSON.parse(readFileSync(join(here, 'fxemoji.json'), 'utf8'))),
    ),
  )
  const result = new Map<Vendor, ReadonlyMap<string, string>>()
  for (const [vendor, set] of sets) {
    const emoji = new Map<string, string>()
    for (const icon of Object.keys(set.icons)) {
      // streamline-emojis has several drawings of some emoji, numbered: the first is taken.
      const name = vendor === 'streamline-emojis' ? icon.replace(/-1$/, '') : icon
      const unicode = vendor === 'fxemoji' ? (ownWords.get(icon) ?? inOneWord.get(icon)) : unicodeOf.get(name)
      if (unicode !== undefined) emoji.set(icon, unicode)
    }
    result.set(vendor, emoji)
  }
  return result
}

/** The name that most vendors use: fluent-emoji-flat's, else noto's, else twemoji's. */
export function emojiNames(icons: ReadonlyMap<Vendor, ReadonlyMap<string, string>>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const vendor of ['fluent-emoji-flat', 'noto', 'twemoji', 'emojione'] as const)
    for (const [name, unicode] of icons.get(vendor) ?? []) if (!names.has(unicode)) names.set(unicode, name)
  return names
}
