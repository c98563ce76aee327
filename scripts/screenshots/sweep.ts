/** A sweep from its three values to the one that is used, and the panel of a larger one: wide, narrow and in Chinese. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodeEditor } from '../../test/e2e/codeEditor.ts'
import { mustRun } from '../process.ts'
import { exists, project, Studio, themes } from './studio.ts'

/** So small that three of them are trained while one looks. */
const plain = `// Emoji: which margin?
{
  "dataset": { "name": "emoji" },
  "image": { "size": 16 },
  "split": { "by": "class", "test": 0.1 },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "loss": {
    "margin": 0.2
  },
  "batch": { "classes": 16, "samplesPerClass": 4 },
  "stepsPerEpoch": 20,
  "epochs": 3
}
`

const searchFile = 'search.triplet.json'
const searchRuns = 24
const search = `// Emoji: a search over three settings, which stops what falls behind.
{
  "dataset": { "name": "emoji" },
  "image": { "size": 16 },
  "split": { "by": "class", "test": 0.1 },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "loss": { "margin": { "min": 0.05, "max": 1 } },
  "mining": { "values": ["semi-hard", "batch-hard", "batch-all"] },
  "optimizer": {
    "name": "adam",
    "learningRate": { "min": 1e-4, "max": 0.03, "distribution": "log_uniform_values" }
  },
  "batch": { "classes": 16, "samplesPerClass": 4 },
  "stepsPerEpoch": 10,
  "epochs": 6,
  "sweep": {
    "method": "bayes",
    "metric": { "name": "mapAtR" },
    "runCap": ${searchRuns},
    "earlyTerminate": { "type": "asha", "minEpochs": 2 }
  }
}
`

export async function sweepScreenshots(workspace: string, wants: (part: string) => boolean): Promise<void> {
  if (wants('file')) await inTheFile(workspace)
  const panels = { panel, narrow: narrowPanel, chinese: chinesePanel }
  for (const [part, take] of Object.entries(panels)) {
    if (!wants(part)) continue
    await searched(workspace)
    await take(workspace)
  }
}

/** Three margins are written, the lens is pressed, three results come, and the best is used. */
async function inTheFile(workspace: string): Promise<void> {
  const name = 'which-margin.triplet.json'
  await writeFile(join(workspace, name), plain)
  await using studio = await Studio.open({ workspace, width: 1440, height: 620 })
  const { window } = studio
  const { page } = window
  await window.command('View: Toggle Primary Side Bar Visibility')
  const editor = await CodeEditor.open(window, name, plain)
  await window.codeLens('Start Triplet Training').waitFor({ timeout: 60_000 })
  await editor.cursorIn('"margin": 0.2', 12)
  await window.command('Triplet Lab: Sweep This Value')
  await window.codeLens('sweep margin: 3 runs').waitFor({ timeout: 30_000 })
  await page.keyboard.press('Control+S')
  const shot = async (part: string) => {
    await page.mouse.move(2, 2)
    await page.waitForTimeout(900)
    await studio.shot(`sweep-${part}`)
  }
  await studio.theme(themes[0])
  await shot('written')
  await window.codeLens('Start sweep (3 runs)').click()
  await window.panelSays('.state', 'done', 180_000)
  await editor.lines.getByText('★', { exact: false }).first().waitFor({ timeout: 30_000 })
  await shot('results')
  await editor.lines
    .locator('a, span', { hasText: /^use$/ })
    .first()
    .click({ modifiers: ['Control'] })
  await page.keyboard.press('Control+S')
  await editor.lines.getByText('"values"').waitFor({ state: 'hidden', timeout: 20_000 })
  await shot('used')
}

/** The panel alone, of the search. */
async function openPanel({ window }: Studio): Promise<void> {
  const { page } = window
  if (await page.locator('.part.sidebar').isVisible()) await window.command('View: Toggle Primary Side Bar Visibility')
  await window.openFile(searchFile)
  // The lens that leads to it has the number of its runs in any language.
  await window.codeLens(String(searchRuns)).click({ timeout: 60_000 })
  await window.panel.locator('.parallel').waitFor({ timeout: 60_000 })
  await window.openFile(searchFile)
  await window.command('View: Close Editor')
}

async function shotOfPanel(studio: Studio, name: string, part?: string): Promise<void> {
  const { page, panel } = studio.window
  if (part !== undefined)
    await panel
      .locator(part)
      .first()
      .evaluate(element => element.scrollIntoView({ block: 'start' }))
  await page.mouse.move(2, 2)
  await page.waitForTimeout(700)
  await studio.shot(`sweep-panel-${name}`, page.locator('.editor-group-container').last())
}

async function panel(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, width: 1180, height: 900 })
  await openPanel(studio)
  for (const theme of themes) {
    await studio.theme(theme)
    await shotOfPanel(studio, theme.name)
  }
  await studio.theme(themes[1])
  await shotOfPanel(studio, 'contour', 'section:has(.contour)')
  await shotOfPanel(studio, 'runs', 'section:has(.sweep-runs)')
}

/** With the activity bar beside it the panel is 320 pixels wide. */
async function narrowPanel(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, width: 370, height: 820 })
  await openPanel(studio)
  await studio.theme(themes[0])
  await shotOfPanel(studio, 'narrow')
  await shotOfPanel(studio, 'narrow-contour', 'section:has(.contour)')
}

async function chinesePanel(workspace: string): Promise<void> {
  await using studio = await Studio.open({ workspace, width: 900, height: 900, language: 'zh-cn' })
  await openPanel(studio)
  await studio.theme(themes[0])
  await shotOfPanel(studio, 'chinese')
}

/** Runs the search the first time. */
async function searched(workspace: string): Promise<void> {
  const done = join(workspace, '.searched')
  if (await exists(done)) return
  await writeFile(join(workspace, searchFile), search)
  await mustRun(process.execPath, [join(project, 'dist', 'cli.cjs'), 'sweep', searchFile], {
    cwd: workspace,
  })
  await writeFile(done, '')
}
