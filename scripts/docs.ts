/** Writes the reference pages: `node scripts/docs.ts`. */
import { writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { diagnosticsPage, experimentPage } from './docs/pages.ts'

for (const [file, page] of [
  ['docs/diagnostics.md', diagnosticsPage()],
  ['docs/experiment-file.md', experimentPage()],
] as const)
  writeFileSync(file, await format(page, { ...(await resolveConfig(file)), parser: 'markdown' }))
