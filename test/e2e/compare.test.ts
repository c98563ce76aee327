/** Comparing, as a person does it: train two runs, check both, see the difference, take the settings of the better one. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { EditorWindow } from './editorWindow.ts'
import { writeExperiment } from './experiments.ts'
import { test as plain } from './lab.ts'

const test = plain.override('options', { settings: { 'tripletLab.openPanelOnStart': false } })

/** Some seconds of training, which the learning rate decides. */
const short = (learningRate: number) => ({ epochs: 1, stepsPerEpoch: 60, optimizer: { learningRate } })

/** Lines of runs in the sidebar. */
const runLines = async (window: EditorWindow) =>
  (await window.tree()).filter({ has: window.page.getByRole('checkbox') })

async function train(window: EditorWindow, learningRate: number, done: number): Promise<void> {
  await writeExperiment(window, 'digits', short(learningRate))
  await window.openFile('digits.triplet.json')
  await window.page
    .locator('.view-lines', { hasText: String(learningRate) })
    .first()
    .waitFor()
  await window.command('Triplet Lab: Start Triplet Training')
  // The line of the experiment names its best result, too; only those of runs have a checkbox.
  const runs = await runLines(window)
  await expect.poll(() => runs.filter({ hasText: /R@1 0\.\d\d/ }).count(), { timeout: 120_000 }).toBeGreaterThan(done)
}

async function check(window: EditorWindow): Promise<void> {
  const lines = await runLines(window)
  for (let i = 0; i < (await lines.count()); i++) {
    const box = lines.nth(i).getByRole('checkbox')
    // While the lines of runs that have just ended are drawn anew, VS Code may lose a click.
    await expect
      .poll(
        async () => {
          if ((await box.getAttribute('aria-checked')) !== 'true') await box.click()
          await window.page.waitForTimeout(300)
          return box.getAttribute('aria-checked')
        },
        { timeout: 20_000 },
      )
      .toBe('true')
  }
}

test('two runs are trained and compared, and the file takes the settings of the better one', async ({ lab }) => {
  const { window } = lab
  await train(window, 0.001, 0)
  await train(window, 1e-7, 1)
  await window.screenshot('trained')
  await check(window)
  await window.command('Triplet Lab: Compare Runs')
  await window.panelSays('h1', '2 runs')

  // Only what differs is listed, and the better result is marked.
  const { panel } = window
  const settings = panel.locator('.compare tbody').first()
  await expect.poll(() => settings.innerText()).toMatch(/optimizer\.learningRate/)
  expect(await settings.getByRole('row').count()).toBe(1)
  const recall = panel.locator('.compare .results tr', { hasText: 'R@1' }).first()
  await expect.poll(() => recall.innerText()).toMatch(/0\.\d{3}[^]*★/)
  await expect.poll(() => panel.locator('canvas[data-chart=compare]').getAttribute('data-runs')).toBe('2')
  await window.screenshots('compared')

  // The controls of the live panel: axes, and what is near.
  const canvas = panel.locator('canvas[data-chart=compare]')
  const view = async () => ((await canvas.getAttribute('data-view')) ?? '').split(' ').map(Number)
  const [low, high] = await view()
  expect(high).toBeGreaterThanOrEqual(59)
  await panel.getByLabel('Metric').selectOption('loss')
  await canvas.focus()
  await canvas.press('+')
  await expect.poll(async () => (await view())[1] - (await view())[0]).toBeLessThan(high - low)
  await canvas.press('ArrowRight')
  await expect.poll(() => panel.locator('.tools .summary').first().innerText()).toMatch(/step \d+ · .+ 0\.\d+ · /)
  await panel.getByRole('button', { name: 'Show the whole run' }).click()
  await expect.poll(view).toEqual([low, high])
  await panel.getByRole('button', { name: 'log x' }).click()
  await expect.poll(async () => (await view())[0]).toBeGreaterThan(0)
  await panel.getByRole('button', { name: 'log x' }).click()
  await panel.getByLabel('Axis').selectOption('time')
  // Milliseconds: sixty steps take longer than that.
  await expect.poll(async () => (await view())[1], { timeout: 10_000 }).toBeGreaterThan(200)
  await window.screenshot('by-time')
  await panel.getByLabel('Axis').selectOption('step')
  await panel.getByLabel('Metric').selectOption('test/recallAt1')

  // A baseline says how far the others are from it.
  await panel.getByRole('button', { name: 'Compare with this one' }).first().click()
  await expect.poll(() => recall.innerText()).toMatch(/[+−]0\.\d{3}/)
  await panel.locator('details.difficulty summary').click()
  await expect.poll(() => panel.locator('.difficulties polygon').count()).toBe(6)

  const columns = panel.locator('.compare thead th')
  const better = (await recall.locator('td').first().innerText()).includes('★') ? 0 : 1
  await columns.nth(better).getByRole('button', { name: 'Use these settings in my file' }).click()
  const file = join(window.workspace, 'digits.triplet.json')
  await window.page.locator('.tab.active', { hasText: 'digits.triplet.json' }).waitFor()
  await window.page.keyboard.press('ControlOrMeta+S')
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/"learningRate": 0\.001/)
  await window.screenshot('applied')
  expect(window.complaints).toEqual([])
})

test('two windows show the same runs: filtered in one, deleted in the other, and taken back', async ({ lab }) => {
  const { window } = lab
  await train(window, 0.001, 0)
  const other = await lab.openWindow()
  await other.treeSays(/digits\.triplet\.json[^]*R@1/)
  const [lines, others] = [await runLines(window), await runLines(other)]
  await lines.first().click()
  await window.page.keyboard.press('Delete')
  await expect.poll(() => others.count(), { timeout: 3000 }).toBe(0)
  const toast = window.page.locator('.notification-toast', { hasText: 'Deleted' })
  await toast.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => others.count(), { timeout: 3000 }).toBe(1)
  await expect.poll(() => lines.count(), { timeout: 3000 }).toBe(1)

  await window.command('Triplet Lab: Filter Runs')
  const input = window.page.locator('.quick-input-widget input').first()
  await input.fill('R@1>2')
  await expect.poll(() => lines.count(), { timeout: 3000 }).toBe(0)
  await input.fill('miner:semi R@1>0.5')
  await expect.poll(() => lines.count(), { timeout: 3000 }).toBe(1)
  await window.screenshot('filtered')
  await window.page.keyboard.press('Enter')
  expect(await others.count()).toBe(1)
  expect([...window.complaints, ...other.complaints]).toEqual([])
})
