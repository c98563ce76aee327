import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { diagnosticsPage, experimentPage } from '../../scripts/docs/pages.ts'

test.each([
  ['docs/diagnostics.md', diagnosticsPage()],
  ['docs/experiment-file.md', experimentPage()],
])('%s says what the program does: node scripts/docs.ts writes it', async (file, page) => {
  expect(readFileSync(file, 'utf8')).toBe(await format(page, { ...(await resolveConfig(file)), parser: 'markdown' }))
})
