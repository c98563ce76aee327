/** package.json, its translations and the code say the same. */
import { globSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { panelTypes } from '../../extension/ids.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const Texts = v.record(v.string(), v.string())
const english = v.parse(Texts, JSON.parse(read('package.nls.json')))
const chinese = v.parse(Texts, JSON.parse(read('package.nls.zh-cn.json')))
const manifestText = read('package.json')
const Manifest = v.object({
  main: v.string(),
  icon: v.string(),
  contributes: v.object({
    commands: v.array(v.object({ command: v.string() })),
    languages: v.array(v.object({ configuration: v.string() })),
    grammars: v.array(v.object({ path: v.string() })),
    menus: v.record(v.string(), v.array(v.object({ command: v.string() }))),
  }),
})
const manifest = v.parse(Manifest, JSON.parse(manifestText))
const sources = globSync('extension/**/*.ts', { cwd: root })
  .map(path => read(path))
  .join('\n')

describe('package.json', () => {
  test('every %key% has its text in English and in Chinese, and no text is left over', () => {
    const used = new Set([...manifestText.matchAll(/"%([\w.]+)%"/g)].map(match => match[1]))
    expect(Object.keys(english).sort()).toEqual([...used].sort())
    expect(Object.keys(chinese).sort()).toEqual([...used].sort())
  })

  test('every contributed command is registered, and the other way round', () => {
    const contributed = manifest.contributes.commands.map(one => one.command).sort()
    const registered = [...sources.matchAll(/\bcommand\(\s*'(\w+)'/g)].map(match => `tripletLab.${match[1]}`).sort()
    expect(registered).toEqual(contributed)
  })

  test('every kind of panel wakes the extension when a window comes back', () => {
    const kinds = Object.values(panelTypes)
    expect(kinds.length).toBeGreaterThan(2)
    for (const kind of kinds) expect(manifestText).toContain(`"onWebviewPanel:${kind}"`)
  })

  test('menus name commands that exist', () => {
    const contributed = new Set(manifest.contributes.commands.map(one => one.command))
    for (const entries of Object.values(manifest.contributes.menus))
      for (const { command } of entries) expect(contributed).toContain(command)
  })

  test('every setting is read by the code', () => {
    const settings = [...manifestText.matchAll(/"tripletLab\.(\w+)": \{/g)].map(match => match[1])
    expect(settings.length).toBeGreaterThan(0)
    for (const setting of settings) expect(sources).toContain(`'${setting}'`)
  })

  test('the files that it names are there', () => {
    const { icon, contributes } = manifest
    for (const path of [
      icon,
      ...contributes.languages.map(one => one.configuration),
      ...contributes.grammars.map(one => one.path),
    ])
      expect(() => read(path)).not.toThrow()
  })
})
