/**
 * Takes the pictures of docs/ in the real VS Code: `npm run screenshots` for all, `npm run screenshots -- panel` for one
 * section. Runs are trained the first time and kept in node_modules/.cache; `--workspace DIR` names another place.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mustRun } from '../process.ts'
import { compareScreenshots } from './compare.ts'
import { panelScreenshots } from './panel.ts'
import { project } from './studio.ts'
import { trainedWorkspace } from './workspace.ts'

/** Each is given the workspace with trained runs in it. */
const sections: Readonly<Record<string, (workspace: string) => Promise<void>>> = {
  panel: panelScreenshots,
  compare: compareScreenshots,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
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
await mustRun(process.execPath, ['esbuild.mjs'], { cwd: project })
const workspace = await trainedWorkspace(values.workspace)
for (const [name, take] of Object.entries(sections))
  if (positionals.length === 0 || positionals.includes(name)) await take(workspace)
