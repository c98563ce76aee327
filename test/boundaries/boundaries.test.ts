import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check, project, rules, seeded, violations } from './check.ts'

test('the project keeps its import rules', async () => {
  const checked = await check(project)
  expect(checked.violations).toEqual([])
  expect(checked.modules).toBeGreaterThan(50)
})

describe('each rule bites', () => {
  test('every rule has a seeded violation and every seeded violation a rule', () => {
    expect(seeded.toSorted()).toEqual(rules.toSorted())
  })
  test.each(rules)('%s', async rule => {
    const checked = await check(join(violations, rule))
    expect(checked.modules).toBeGreaterThan(0)
    expect(new Set(checked.violations.map(violation => violation.rule))).toEqual(new Set([rule]))
  })
  test('language-is-pure names each thing that a language feature may not touch', async () => {
    const { violations: found } = await check(join(violations, 'language-is-pure'))
    const targets = found.map(violation => violation.to).join(' ')
    for (const target of ['fs', 'vscode-languageserver', 'server/store/rows.ts']) expect(targets).toContain(target)
  })
})
