/** What the editor does with an experiment file: mistakes, repairs, explanations, completions, lenses and hints. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodeEditor } from '../../test/e2e/codeEditor.ts'
import { mustRun } from '../process.ts'
import { exists, project, Studio, themes } from './studio.ts'
import { trainedWorkspace } from './workspace.ts'

/** Digits learned with three margins: small enough to be trained for a picture, in about a minute. */
const sweep = `// Handwritten digits: which margin?
{
  "dataset": { "name": "mnist" },
  "split": { "by": "given" },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "loss": {
    "margin": { "values": [0.05, 0.2, 1] }
  },
  "mining": "semi-hard",
  "batch": { "classes": 10, "samplesPerClass": 8 },
  "stepsPerEpoch": 40,
  "epochs": 3
}
`

const broken = `// What is wrong here?
{
  "dataset": { "name": "emoji" },
  "loss": { "margin": 5, "reducer": "mean" },
  "mining": "semihard",
  "batch": { "classes": 32, "samplesPerClass": 12 },
  "epochs": 20
}
`

/** A file as someone writes it who has run the sweep before. */
const fresh = `// Digits again, with what was learned.
{
  "dataset": { "name": "mnist" },
  "split": { "by": "given" },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "loss": { "margin": 0.2 },
  "mining": "semi-hard",
  "batch": { "classes": 10, "samplesPerClass": 8 },
  "epochs": 3
}
`

export async function languageScreenshots(folder: string): Promise<void> {
  const workspace = await trainedWorkspace(folder)
  await trainSweep(workspace)
  // Before the window opens: its list of files is made once.
  const files = { 'margins.triplet.json': sweep, 'mistakes.triplet.json': broken, 'again.triplet.json': fresh }
  for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text)
  await using studio = await Studio.open({ workspace, width: 1000, height: 560 })
  const { window } = studio
  const { page } = window
  await window.command('View: Toggle Primary Side Bar Visibility')
  const shot = async (name: string) => {
    await page.mouse.move(2, 2)
    await page.waitForTimeout(900)
    await studio.shot(`language-${name}`, page.locator('.editor-group-container').first())
  }

  const swept = await CodeEditor.open(window, 'margins.triplet.json', sweep)
  await swept.lines.getByText('★', { exact: false }).first().waitFor({ timeout: 60_000 })
  await window.codeLens('best so far').waitFor({ timeout: 30_000 })
  for (const theme of themes) {
    await studio.theme(theme)
    await shot(`lens-and-hints-${theme.name}`)
  }

  await studio.theme(themes[0])
  const mistakes = await CodeEditor.open(window, 'mistakes.triplet.json', broken)
  await mistakes.squiggle('error').waitFor({ timeout: 30_000 })
  await mistakes.cursorIn('"semihard"', 3)
  await mistakes.hover()
  await shot('squiggle')
  await page.keyboard.press('Escape')
  await mistakes.takeAction('Change to "semi-hard"')
  await mistakes.squiggle('warning').waitFor({ timeout: 30_000 })
  await mistakes.cursorIn('"margin": 5', 10)
  await mistakes.lightBulb()
  await shot('quick-fix')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+S')

  await studio.theme(themes[1])
  const again = await CodeEditor.open(window, 'again.triplet.json', fresh)
  await window.codeLens('Start Triplet Training').waitFor({ timeout: 30_000 })
  await again.cursorIn('"margin"', 3)
  await again.hover()
  await shot('hover')
  await page.keyboard.press('Escape')
  await again.cursorIn('"semi-hard"', 1)
  for (let i = 0; i < 'semi-hard'.length; i++) await page.keyboard.press('Delete')
  await again.suggestions()
  // Once more: what the chosen one does, beside it.
  await page.keyboard.press('Control+Space')
  await shot('completion')
}

/** Trains the sweep the first time. */
async function trainSweep(workspace: string): Promise<void> {
  const done = join(workspace, '.swept')
  if (await exists(done)) return
  await writeFile(join(workspace, 'margins.triplet.json'), sweep)
  const args = [join(project, 'dist', 'cli.cjs'), 'sweep', 'margins.triplet.json']
  await mustRun(process.execPath, args, { cwd: workspace })
  await writeFile(done, '')
}
