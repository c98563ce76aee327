/** The main way through, as a person goes it: from an experiment file to a curve that survives reloads and windows. */
import { expect } from 'vitest'
import { expectWhole, writeExperiment } from './experiments.ts'
import { test } from './lab.ts'
import { findProcesses } from './processes.ts'

test('the lens starts training, and the panel follows it through a reload to the stop', async ({ lab }) => {
  const { window } = lab
  await window.openFile('emoji.triplet.json')
  await window.codeLens('Start Triplet Training').click({ timeout: 60_000 })

  // The panel opens beside the file, which keeps the focus, and its curve grows.
  const first = await window.chartWith(3)
  const later = await window.chartWith(first.points + 10)
  expect(later.lastStep).toBeGreaterThan(first.lastStep)
  await window.panelSays('.state', 'running')
  expect(await window.page.locator('.editor-group-container.active .tab.active').innerText()).toContain('emoji.triplet')
  await window.treeSays(/emoji\.triplet\.json[^]*epoch/)
  await window.screenshots('training')

  // Who writes on a run that reports all the time loses no letter, and need not leave the field for it to be kept.
  const { page, panel } = window
  await panel.getByRole('button', { name: 'Name, tags and notes' }).click()
  const notes = panel.getByLabel('Notes', { exact: true })
  await notes.click()
  await page.keyboard.type('Semi-hard, after the lecture.', { delay: 60 })
  expect(await notes.inputValue()).toBe('Semi-hard, after the lecture.')
  await panel.getByRole('tab', { name: 'Curves' }).click()
  await window.chartWith(first.points)

  const before = await window.chart()
  await window.reload()
  const after = await window.chartWith(before.points)
  expect(after.lastStep).toBeGreaterThanOrEqual(before.lastStep)
  await window.chartWith(after.points + 5)
  await expectWhole(window)

  await panel.getByRole('button', { name: 'Name, tags and notes' }).click()
  expect(await notes.inputValue()).toBe('Semi-hard, after the lecture.')
  await panel.getByRole('tab', { name: 'Curves' }).click()
  await panel.getByRole('button', { name: 'Stop' }).click()
  await window.panelSays('.state', 'stopped')
  await window.treeSays(/stopped/)
  await expect.poll(() => findProcesses(lab.mark, 'trainer.cjs'), { timeout: 15_000 }).toEqual([])
  await expectWhole(window)
  expect(window.complaints).toEqual([])
})

test('the palette starts training, which goes on with every window closed', async ({ lab }) => {
  const { window } = lab
  await writeExperiment(window, 'digits')
  await window.openFile('digits.triplet.json')
  await window.command('Triplet Lab: Start Triplet Training')
  const before = await window.chartWith(5)
  await window.close()
  expect(await findProcesses(lab.mark, 'trainer.cjs')).toHaveLength(1)

  const later = await lab.openWindow()
  await (await later.tree()).filter({ hasText: 'semi-hard' }).first().dblclick()
  const after = await later.chartWith(before.points + 10)
  expect(after.lastStep).toBeGreaterThan(before.lastStep)
  await expectWhole(later)
  await later.panelSays('.state', 'running')
})

test('a file with mistakes is underlined, and starting it says what is wrong', async ({ lab }) => {
  const { window } = lab
  await writeExperiment(window, 'broken', { loss: { margin: -1 } })
  await window.openFile('broken.triplet.json')
  await window.page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 })
  await window.command('Triplet Lab: Start Triplet Training')
  const toast = window.page.locator('.notification-toast', { hasText: 'margin' })
  await toast.waitFor({ timeout: 20_000 })
  await window.screenshot('refused')
  expect(await findProcesses(lab.mark, 'trainer.cjs')).toEqual([])
})
