/** kill -9 of each process in mid-run: nothing that was stored is lost, and the panel says what happened. */
import { expect } from 'vitest'
import type { EditorWindow } from './editorWindow.ts'
import { expectWhole, writeExperiment } from './experiments.ts'
import { test, type Lab } from './lab.ts'
import { canFindProcesses, findProcesses, killProcesses } from './processes.ts'

const onlyLinux = 'Needs /proc, to find the processes that the editor has started.'

async function startDigits({ window }: Lab): Promise<EditorWindow> {
  await writeExperiment(window, 'digits')
  await window.openFile('digits.triplet.json')
  await window.command('Triplet Lab: Start Triplet Training')
  await window.chartWith(10)
  return window
}

test('the language server dies: a new one takes over and the curve has no gap', async ({ lab, skip }) => {
  skip(!canFindProcesses, onlyLinux)
  const window = await startDigits(lab)
  const [{ pid }] = await findProcesses(lab.mark, 'languageServer.cjs')
  const before = await window.chart()
  expect(await killProcesses(lab.mark, 'languageServer.cjs')).toBe(1)
  await window.chartWith(before.points + 20)
  await expectWhole(window)
  await window.panelSays('.state', 'running')
  const servers = await findProcesses(lab.mark, 'languageServer.cjs')
  expect(servers.map(server => server.pid)).not.toContain(pid)
})

test('the trainer dies: the run goes on from its checkpoint, and the panel says so', async ({ lab, skip }) => {
  skip(!canFindProcesses, onlyLinux)
  const window = await startDigits(lab)
  const before = await window.chart()
  expect(await killProcesses(lab.mark, 'trainer.cjs')).toBe(1)
  await window.chartWith(before.points + 20, 90_000)
  await expectWhole(window)
  await window.panelSays('.state', 'running')
  expect(await findProcesses(lab.mark, 'trainer.cjs')).toHaveLength(1)
  await window.logSays('The trainer died near step')
  await window.screenshot('after')
})

test('the training server dies: the run goes on, and can still be stopped', async ({ lab, skip }) => {
  skip(!canFindProcesses, onlyLinux)
  const window = await startDigits(lab)
  const before = await window.chart()
  expect(await killProcesses(lab.mark, 'trainingServer.cjs')).toBe(1)
  await window.chartWith(before.points + 20, 90_000)
  await expectWhole(window)
  await window.panel.getByRole('button', { name: 'Stop' }).click()
  await window.panelSays('.state', 'stopped')
  await window.screenshot('after')
})

test('all three die at once: a new window shows the run and it can be taken up', async ({ lab, skip }) => {
  skip(!canFindProcesses, onlyLinux)
  const window = await startDigits(lab)
  const before = await window.chart()
  await killProcesses(lab.mark, '.cjs')
  await window.close()
  const later = await lab.openWindow()
  await (await later.tree()).filter({ hasText: 'semi-hard' }).first().dblclick()
  await later.chartWith(before.points + 20, 90_000)
  await expectWhole(later)
  await later.logSays('The trainer died near step')
})
