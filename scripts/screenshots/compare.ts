/** The sidebar and the comparison: runs of a small sweep over margins and seeds, in three themes, narrow, and in Chinese. */
import { writeFile } from 'node:fs/promises'
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

export async function compareScreenshots(workspace: string): Promise<void> {
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
