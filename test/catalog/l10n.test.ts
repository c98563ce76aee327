/** The catalog's texts are data, so no search for `l10n.t('…')` finds them: here each is looked up. */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import type { Documentation, Setting } from '../../server/catalog/entry.ts'
import { engines } from '../../server/catalog/engines.ts'
import { experimentFile } from '../../server/catalog/experimentFile.ts'
import { distributions } from '../../server/catalog/sweeps.ts'

const bundle = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync('l10n/bundle.l10n.zh-cn.json', 'utf8')),
)

function* textsOf(setting: Setting): Generator<string> {
  yield setting.summary
  if (setting.kind === 'number') {
    if (setting.unit !== undefined) yield setting.unit
    if (setting.whenNull !== undefined) yield setting.whenNull
    if (setting.outside !== undefined) yield setting.outside.why
  }
  if (setting.kind === 'list') yield* textsOf(setting.item)
  if (setting.kind === 'choice') yield* summariesOf(setting.choices)
  if (setting.kind === 'object' || setting.kind === 'oneOf')
    for (const one of Object.values(setting.properties)) yield* textsOf(one)
  if (setting.kind === 'variant') {
    yield* summariesOf(setting.options)
    for (const { properties } of Object.values(setting.options))
      for (const one of Object.values(properties)) yield* textsOf(one)
  }
}

function* summariesOf(entries: Readonly<Record<string, Documentation>>): Generator<string> {
  for (const { summary } of Object.values(entries)) yield summary
}

test('every text of the catalog is in the Chinese bundle', () => {
  const texts = new Set([...textsOf(experimentFile), ...summariesOf(distributions), ...summariesOf(engines)])
  expect(texts.size).toBeGreaterThan(150)
  expect([...texts].filter(text => !Object.hasOwn(bundle, text))).toEqual([])
})
