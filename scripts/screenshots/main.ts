/**
 * Takes the pictures of docs/ in the real VS Code: `npm run screenshots` for all, `npm run screenshots -- panel` for one
 * section, with `--only PART` for a part of it. Runs are trained the first time and kept in node_modules/.cache;
 * `--workspace DIR` names another place.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mustRun } from '../process.ts'
import { compareScreenshots } from './compare.ts'
import { languageScreenshots } from './language.ts'
import { panelScreenshots } from './panel.ts'
import { project } from './studio.ts'
import { sweepScreenshots } from './sweep.ts'

/** Each is given the place of the workspace, in which it trains what it shows, and which of its parts are wanted. */
type Take = (workspace: string, wants: (part: string) => boolean) => Promise<void>
const sections: Readonly<Record<string, Take>> = {
  panel: panelScreenshots,
  compare: compareScreenshots,
  language: languageScreenshots,
  sweep: sweepScreenshots,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    workspace: {
      type: 'string',
      default: join(project, 'node_modules', '.cache', 'triplet-lab', 'screenshots', 'workspace'),
    },
  },
})
const unknown = positionals.filter(name => !(name in sections))
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(', ')}: ${Object.keys(sections).join(', ')}`)
  process.exit(2)
}
await mkdir(values.workspace, { recursive: true })
await mustRun(process.execPath, ['esbuild.mjs'], { cwd: project })
for (const [name, take] of Object.entries(sections))
  if (positionals.length === 0 || positionals.includes(name))
    await take(values.workspace, part => values.only.length === 0 || values.only.includes(part))
