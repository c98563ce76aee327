/** The sidebar in the hand: keys, pointing, dragging, the dialogs of a run, the status bar, the notice, the tasks. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeFile } from 'node:fs/promises'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { trainerLockFile } from '../../server/store/layout.ts'
import { takeLock } from '../../server/store/lock.ts'
import { openStore } from '../../server/store/store.ts'
import type { EditorWindow } from './editorWindow.ts'
import { test as plain } from './lab.ts'
import { storeRun } from './storedRun.ts'

const test = plain.override('options', { settings: { 'tripletLab.notifyWhenRunEnds': 'always' } })

const curves = { loss: [0.4, 0.3, 0.2, 0.1], 'test/recallAt1': [0.2, 0.4, 0.6, 0.8] }

/** Three runs of one file, the newest on top: third, second, first. */
async function threeRuns(window: EditorWindow): Promise<number[]> {
  const ids: number[] = []
  for (const name of ['first', 'second', 'third'])
    ids.push(await storeRun(window.workspace, { experiment: 'alpha', name, notes: `The ${name} one.`, curves }))
  return ids
}

const runLines = async (window: EditorWindow) =>
  (await window.tree()).filter({ has: window.page.getByRole('checkbox') })

async function names(window: EditorWindow): Promise<string[]> {
  const texts = await (await runLines(window)).allInnerTexts()
  return texts.map(text => /first|second|third/.exec(text)?.[0] ?? text)
}

/** Points at a line as a hand does, which moves once more when nothing shows. @returns the hover that says `text` */
async function pointAt({ page }: EditorWindow, line: Locator, text: string): Promise<Locator> {
  const hover = page.locator('.monaco-hover', { hasText: text })
  for (const deadline = Date.now() + 10_000; ;) {
    await line.hover()
    try {
      await hover.waitFor({ timeout: 2500 })
      return hover
    } catch (error) {
      if (Date.now() > deadline) throw error
      await page.mouse.move(700, 500)
    }
  }
}

/** Drags a line onto another as a hand does, which takes its time: VS Code asks the extension while it is held there. */
async function drag(window: EditorWindow, name: string, onto: string): Promise<void> {
  const { mouse } = window.page
  const lines = await runLines(window)
  await lines.filter({ hasText: name }).hover()
  await mouse.down()
  for (let moves = 0; moves < 3; moves++) {
    await lines.filter({ hasText: onto }).hover({ position: { x: 60 + 5 * moves, y: 8 + moves }, force: true })
    await sleep(150)
  }
  await mouse.up()
}

test('runs go and come back by keys, again and again, and the tree follows each time', async ({ lab }) => {
  const { window } = lab
  const { page } = window
  await threeRuns(window)
  await expect.poll(() => names(window), { timeout: 30_000 }).toEqual(['third', 'second', 'first'])
  const lines = await runLines(window)
  for (let round = 0; round < 8; round++) {
    // All of them: the tree is empty in between, and shows its welcome.
    await lines.first().click()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.press('Delete')
    await expect.poll(() => lines.count(), { timeout: 5000 }).toBe(0)
    const toast = page.locator('.notification-toast', { hasText: 'Deleted' }).first()
    await toast.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => names(window), { timeout: 5000 }).toEqual(['third', 'second', 'first'])
    await toast.waitFor({ state: 'detached' })
  }
  // The name by F2, a filter by its keys.
  await lines.first().click()
  await page.keyboard.press('F2')
  await page.locator('.quick-input-widget input').first().fill('third, renamed')
  await page.keyboard.press('Enter')
  await lines.filter({ hasText: 'third, renamed' }).waitFor({ timeout: 5000 })
  await lines.first().click()
  await page.keyboard.press('Control+Alt+F')
  await page.locator('.quick-input-widget input').first().fill('renamed')
  await expect.poll(() => lines.count(), { timeout: 5000 }).toBe(1)
  await page.keyboard.press('Escape')
  await expect.poll(() => lines.count(), { timeout: 5000 }).toBe(3)
  expect(window.complaints).toEqual([])
})

test('pointing tells all, dragging orders, a fork asks from where and with what', async ({ lab }) => {
  const { window } = lab
  const { page } = window
  await threeRuns(window)
  await expect.poll(() => names(window), { timeout: 30_000 }).toEqual(['third', 'second', 'first'])
  const lines = await runLines(window)
  // A line that changes is redrawn, and its hover is gone: the results come a moment after the names.
  await expect.poll(() => lines.filter({ hasText: 'R@1 0.80' }).count(), { timeout: 5000 }).toBe(3)
  const hover = await pointAt(window, lines.filter({ hasText: 'second' }), 'The second one.')
  const said = await hover.innerText()
  expect(said).toMatch(/[▁▂▃▄▅▆▇█]{3}/)
  expect(said).toMatch(/semi-hard/)
  expect(said).toMatch(/R@1\s+0\.80/)
  await window.screenshot('hover')
  await page.mouse.move(700, 500)
  await hover.waitFor({ state: 'detached' })

  await drag(window, 'third', 'first')
  await expect.poll(() => names(window), { timeout: 5000 }).toEqual(['second', 'first', 'third'])
  // VS Code redraws the lines once more, up to half a second later; nobody's hand is back that soon.
  await sleep(1000)
  await drag(window, 'third', 'second')
  await expect.poll(() => names(window), { timeout: 5000 }).toEqual(['third', 'second', 'first'])

  // There is no checkpoint beside a run that was put into the store: that is what is said.
  await lines.filter({ hasText: 'first' }).click()
  await window.command('Triplet Lab: Fork')
  await page.locator('.notification-toast', { hasText: 'no checkpoint yet' }).waitFor({ timeout: 10_000 })
  expect(window.complaints).toEqual([])
})

test('the status bar counts what runs, and the end of a run is said once', async ({ lab }) => {
  const { window } = lab
  const { page } = window
  const [first, second] = await threeRuns(window)
  await expect.poll(() => names(window), { timeout: 30_000 }).toHaveLength(3)
  const opened = openStore(join(window.workspace, '.triplet-lab'))
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  const { store } = opened
  // As far as anybody can tell these are their trainers.
  const locks = [first, second].map(id => takeLock(trainerLockFile(store.dir, id)))
  const status = page.locator('.statusbar-item', { hasText: /runs ·|epoch/ })
  try {
    for (const id of [first, second]) {
      store.setStatus(id, 'running')
      store.setProgress(id, { step: 2, steps: 4, epoch: 2 })
    }
    await expect
      .poll(() => status.allInnerTexts(), { timeout: 10_000 })
      .toEqual([expect.stringMatching(/2 runs · 50 %/)])
    await page.locator('.activitybar .badge', { hasText: '2' }).waitFor({ timeout: 5000 })
    await window.screenshot('counting')
    // Who points at a run that reports all the time can read what is said of it.
    const line = (await runLines(window)).filter({ hasText: 'first' })
    await line.filter({ hasText: '50 %' }).waitFor({ timeout: 5000 })
    const hover = await pointAt(window, line, 'The first one.')
    for (let percent = 51; percent <= 74; percent++) {
      store.setProgress(first, { step: percent, steps: 100 })
      await sleep(150)
      expect(await hover.count()).toBe(1)
    }
    await page.mouse.move(700, 500)
    await line.filter({ hasText: '74 %' }).waitFor({ timeout: 15_000 })
    store.setStatus(first, 'done')
    const notice = page.locator('.notification-toast', { hasText: 'first has ended' })
    await notice.waitFor({ timeout: 10_000 })
    expect(await notice.count()).toBe(1)
    await expect.poll(() => status.allInnerTexts(), { timeout: 10_000 }).toEqual([expect.stringMatching(/epoch 2\/4/)])
    store.setStatus(second, 'stopped')
    await expect.poll(() => status.count(), { timeout: 10_000 }).toBe(0)
    // Who stopped a run knows that it has ended.
    expect(await page.locator('.notification-toast', { hasText: 'second has ended' }).count()).toBe(0)
  } finally {
    for (const lock of locks) lock?.release()
    store.close()
  }
})

test('a task checks all files, and what it finds is clickable', async ({ lab }) => {
  const { window } = lab
  const { page } = window
  await writeFile(join(window.workspace, 'broken.triplet.json'), '{\n  "dataset": "emoji",\n  "epochs": -3\n}\n')
  await window.openFile('emoji.triplet.json')
  const row = (text: string) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first()
  // A list that was asked for before the window had settled closes again: then it is asked for once more.
  for (const deadline = Date.now() + 60_000; ;) {
    await window.command('Tasks: Run Task')
    try {
      await row('triplet-lab').click({ timeout: 10_000 })
      await row('check broken.triplet.json').click({ timeout: 10_000 })
      break
    } catch (error) {
      if (Date.now() > deadline) throw error
      await page.keyboard.press('Escape')
    }
  }
  // No file of it is open: what is listed comes from the task's output.
  const problems = page.locator('.part.panel .action-item', { hasText: 'Problems' })
  await problems.locator('.badge', { hasText: '1' }).waitFor({ timeout: 60_000 })
  await problems.click()
  const problem = page.locator('.markers-panel .monaco-list-row', { hasText: 'epochs' }).first()
  await problem.waitFor({ timeout: 30_000 })
  await window.screenshot('problems')
  await problem.click()
  await page.locator('.tab.active', { hasText: 'broken.triplet.json' }).waitFor({ timeout: 10_000 })
})
