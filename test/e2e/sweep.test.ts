/** A sweep written, run and answered in the file: three margins, the lens, three results, "use". */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { test } from './lab.ts'
import { killProcesses } from './processes.ts'

/** Small enough that three of them take seconds. */
const file = `{
  "dataset": { "name": "emoji" },
  "image": { "size": 16 },
  "split": { "by": "class", "test": 0.1 },
  "model": { "architecture": "mlp", "embeddingSize": 16, "hidden": [32] },
  "loss": {
    "margin": 0.2
  },
  "batch": { "classes": 16, "samplesPerClass": 4 },
  "stepsPerEpoch": 10,
  "epochs": 3
}
`
const swept = file.replace('0.2', '{ "values": [0.1, 0.2, 0.5] }')

test('three margins, the lens, three results beside the three values, use', async ({ lab }) => {
  const { window } = lab
  const path = join(window.workspace, 'margins.triplet.json')
  await writeFile(path, file)
  await window.openFile('margins.triplet.json')
  await window.codeLens('Start Triplet Training').waitFor({ timeout: 60_000 })

  // The palette turns the value under the cursor into a sweep.
  await window.page.keyboard.press('ControlOrMeta+G')
  await window.page.locator('.quick-input-widget input').first().fill(':7:16')
  await window.page.keyboard.press('Enter')
  await window.command('Triplet Lab: Sweep This Value')
  await window.codeLens('Start sweep (3 runs)').waitFor({ timeout: 20_000 })
  await window.codeLens('sweep margin: 3 runs').waitFor()
  await window.screenshot('written')

  await window.codeLens('Start sweep (3 runs)').click()
  await window.codeLens('pause').waitFor({ timeout: 30_000 })
  await window.panelSays('h1', 'margin', 60_000)
  const results = window.page.locator('.view-line', { hasText: '"values"' })
  const scores = async () => (await results.innerText()).match(/\d\.\d{3}/g)?.length ?? 0
  await expect.poll(scores, { timeout: 120_000 }).toBe(3)
  await window.panelSays('.state', 'done', 60_000)
  await window.panelSays('.progress', '3/3')
  expect(await window.panel.locator('.sweep-runs tbody tr').count()).toBe(3)
  expect((await results.innerText()).match(/★/g)).toHaveLength(1)
  await window.screenshots('results')

  // They belong to the text: they go with a value, and come back with undo.
  await window.page.locator('.view-line', { hasText: '"values"' }).click()
  await window.page.keyboard.press('End')
  const best = await window.panel.locator('.sweep-runs tr.best td').first().innerText()
  await window.reload()
  await expect.poll(scores, { timeout: 60_000 }).toBe(3)

  const use = window.page.locator('.view-line a, .view-line span', { hasText: /^use$/ }).first()
  const margin = window.page.locator('.view-line', { hasText: '"margin"' })
  // A click falls through where the editor draws its hints anew at that moment: then one clicks again.
  await expect
    .poll(
      async () => {
        if (await use.isVisible())
          await use.click({ modifiers: ['ControlOrMeta'], timeout: 2_000 }).catch(() => undefined)
        return margin.innerText()
      },
      { timeout: 20_000, interval: 2_000 },
    )
    .not.toContain('values')
  await window.command('File: Save')
  await expect.poll(() => readFile(path, 'utf8')).toBe(file.replace('0.2', best))
  await window.page.keyboard.press('ControlOrMeta+Z')
  await expect.poll(scores, { timeout: 20_000 }).toBe(3)
  await window.screenshot('used')
  expect(window.complaints).toEqual([])
})

test('a sweep is paused and goes on with its window closed, its file renamed keeps its results', async ({ lab }) => {
  const { window } = lab
  await writeFile(join(window.workspace, 'margins.triplet.json'), swept.replace('"epochs": 3', '"epochs": 40'))
  await window.openFile('margins.triplet.json')
  await window.codeLens('Start sweep (3 runs)').click({ timeout: 60_000 })
  await window.codeLens('pause').click({ timeout: 30_000 })
  await window.codeLens('resume').waitFor({ timeout: 20_000 })
  await window.panelSays('.state', 'paused')
  await window.codeLens('resume').click()
  await window.panelSays('.state', 'running')
  await window.close()
  await killProcesses(lab.mark, 'trainingServer.cjs')

  const later = await lab.openWindow()
  await later.openFile('margins.triplet.json')
  const results = later.page.locator('.view-line', { hasText: '"values"' })
  const scores = async () => (await results.innerText()).match(/\d\.\d{3}/g)?.length ?? 0
  await expect.poll(scores, { timeout: 180_000 }).toBe(3)

  const rows = later.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'margins.triplet.json' })
  await rows.first().click()
  await later.page.keyboard.press('F2')
  const input = later.page.locator('.explorer-folders-view input')
  await input.fill('renamed.triplet.json')
  await later.page.keyboard.press('Enter')
  await later.page.locator('.tab.active', { hasText: 'renamed.triplet.json' }).waitFor({ timeout: 20_000 })
  await expect.poll(scores, { timeout: 60_000 }).toBe(3)
  await later.treeSays(/renamed\.triplet\.json/)
})
