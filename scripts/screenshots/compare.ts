/** The comparison: of two runs, from training them to taking over the better one's settings, and of a small sweep. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../process.ts'
import { exists, project, Studio, themes } from './studio.ts'

const margins = `// Which margin suits handwritten digits? Two seeds each.
{
  "dataset": "mnist",
  "split": { "by": "given" },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "loss": { "margin": { "values": [0.05, 0.8] } },
  "seed": { "values": [1, 2] },
  "batch": { "classes": 10, "samplesPerClass": 6 },
  "stepsPerEpoch": 120,
  "epochs": 2,
}
`

/** Some seconds of training, which the learning rate decides. */
const two = (learningRate: string) => `// Which learning rate?
{
  "dataset": "mnist",
  "split": { "by": "given" },
  "model": { "architecture": "mlp", "embeddingSize": 16 },
  "optimizer": { "learningRate": ${learningRate} },
  "batch": { "classes": 10, "samplesPerClass": 6 },
  "stepsPerEpoch": 120,
  "epochs": 2,
}
`

export async function compareScreenshots(workspace: string, wants: (part: string) => boolean): Promise<void> {
  if (wants('way')) await wholeWay(workspace)
  if (wants('sweep')) await comparedSweep(workspace)
}

/** Two runs are trained, checked and compared; the file takes the settings of the better one. */
async function wholeWay(folder: string): Promise<void> {
  // A sidebar with these two alone, each time anew.
  const workspace = join(folder, '..', 'two')
  await rm(workspace, { recursive: true, force: true })
  await mkdir(workspace, { recursive: true })
  await writeFile(join(workspace, 'rate.triplet.json'), two('0.001'))
  await using studio = await Studio.open({ workspace, width: 1360, height: 800 })
  const { window } = studio
  const { page, panel } = window
  const lines = (await window.tree()).filter({ has: page.getByRole('checkbox') })
  for (const [i, rate] of ['0.001', '0.00001'].entries()) {
    await writeFile(join(workspace, 'rate.triplet.json'), two(rate))
    await window.openFile('rate.triplet.json')
    await page.locator('.view-lines', { hasText: rate }).first().waitFor()
    await window.command('Triplet Lab: Start Triplet Training')
    const done = lines.filter({ hasText: /R@1 0\.\d\d/ }).filter({ hasNot: page.locator('.codicon-sync') })
    await done.nth(i).waitFor({ timeout: 180_000 })
    await window.panelSays('.state', 'done', 120_000)
  }
  await window.tree()
  for (let i = 0; i < 2; i++) await lines.nth(i).getByRole('checkbox').click()
  // The pointer would leave a tooltip.
  await page.mouse.move(2, 2)
  await page.waitForTimeout(900)
  await studio.shot('compare-checked')
  await window.command('View: Close All Editors')
  await window.command('Triplet Lab: Compare Runs')
  await window.panelSays('h1', '2 runs')
  await page.waitForTimeout(1500)
  await studio.shot('compare-two')
  await panel.locator('header').getByRole('button', { name: 'Show differences in settings' }).click()
  await page.locator('.diff-editor, .monaco-diff-editor').first().waitFor({ timeout: 20_000 })
  await page.waitForTimeout(1500)
  await studio.shot('compare-diff')
  await window.command('View: Close Editor')
  const recall = panel.locator('.compare .results tr', { hasText: 'R@1' }).first()
  const better = (await recall.locator('td').first().innerText()).includes('★') ? 0 : 1
  await panel
    .locator('.compare thead th')
    .nth(better)
    .getByRole('button', { name: 'Use these settings in my file' })
    .click()
  await page.locator('.tab.active', { hasText: 'rate.triplet.json' }).waitFor()
  await page.waitForTimeout(1500)
  await studio.shot('compare-applied')
}

async function comparedSweep(folder: string): Promise<void> {
  const workspace = join(folder, '..', 'margins')
  await mkdir(workspace, { recursive: true })
  await trainSweep(workspace)
  await using studio = await Studio.open({ workspace, width: 1360, height: 900 })
  const { window } = studio
  const { page } = window
  const lines = (await window.tree()).filter({ has: page.getByRole('checkbox') }).filter({ hasText: /α 0\.(05|8)/ })
  await lines.first().waitFor({ timeout: 30_000 })
  for (let i = 0; i < (await lines.count()); i++) await lines.nth(i).getByRole('checkbox').click()
  await window.command('Triplet Lab: Compare Runs')
  await window.panelSays('h1', '4 runs')
  const editor = page.locator('.editor-group-container').last()
  for (const theme of themes) {
    await studio.theme(theme)
    await studio.shot(`compare-${theme.name}`)
  }
  await studio.theme(themes[0])
  await window.panel.getByRole('button', { name: 'Group seeds' }).click()
  await window.panel.getByRole('button', { name: 'Compare with this one' }).first().click()
  await page.waitForTimeout(900)
  await studio.shot('compare-seeds', editor)
  await window.panel.locator('details.difficulty summary').click()
  await page.waitForTimeout(1500)
  await window.panel.locator('details.difficulty').scrollIntoViewIfNeeded()
  await studio.shot('compare-difficulty', editor)
  await window.panel.locator('.scatter').scrollIntoViewIfNeeded()
  await page.waitForTimeout(600)
  await studio.shot('compare-settings', editor)
}

/** Four short runs, trained the first time. */
async function trainSweep(workspace: string): Promise<void> {
  const file = join(workspace, 'margins.triplet.json')
  if (await exists(file)) return
  await writeFile(file, margins)
  const cli = join(project, 'dist', 'cli.cjs')
  await mustRun(process.execPath, [cli, 'sweep', 'margins.triplet.json'], { cwd: workspace })
}
