/** Whatever the program says, it can say in Chinese too, with the same values in it. */
import { globSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const bundle = v.parse(v.record(v.string(), v.string()), JSON.parse(read('l10n/bundle.l10n.zh-cn.json')))

/** The text of each `l10n.t('…')`. Texts that are data (the catalog's) are held by their own tests. */
function textsOf(source: string): string[] {
  const quoted = source.matchAll(/\bl10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)
  return [...quoted].map(([, single, double]) => (single || double).replace(/\\(.)/g, '$1'))
}

const files = ['extension', 'webview', 'protocol', 'server'].flatMap(folder =>
  globSync(`${folder}/**/*.ts`, { cwd: root }),
)
const texts = files.flatMap(file => textsOf(read(file)).map(text => ({ file, text })))
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort()

describe('the Chinese bundle', () => {
  test('has every text', () => {
    expect(files.length).toBeGreaterThan(20)
    const missing = texts.filter(({ text }) => !Object.hasOwn(bundle, text))
    expect(missing).toEqual([])
  })

  test('uses the same placeholders', () => {
    for (const [english, chinese] of Object.entries(bundle))
      expect(placeholders(chinese), english).toEqual(placeholders(english))
  })

  test('has no empty text', () => {
    for (const [english, chinese] of Object.entries(bundle)) expect(chinese.trim(), english).not.toBe('')
  })
})
