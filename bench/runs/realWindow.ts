/** The sidebar in the real VS Code: from a click on its icon to its lines, and from a key in the filter to the last line that changes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { resolve } from 'node:path'
import { mustRun } from '../../scripts/process.ts'
import { Studio } from '../../scripts/screenshots/studio.ts'
import type { EditorWindow } from '../../test/e2e/editorWindow.ts'
import { filterTime, showView, watchFilter } from './inWindow.ts'
import { generatedStore } from './generate.ts'

const project = resolve(import.meta.dirname, '../..')
/** The sidebar reads no points; so many would only take long to be made. */
const shape = { runs: 10_000, steps: 100 }
const queries = ['miner:semi-hard margin>0.1 R@1>0.8', 'tag:paper -seed:3', 'experiments/3', 'AUC>0.5 lr<0.001']

export interface WindowTimes {
  readonly runs: number
  readonly open: number[]
  /** The first filters of the window, when VS Code itself runs much of its code for the first time. */
  readonly firstFilters: number[]
  readonly filter: number[]
}

export async function measureWindow(rounds: number): Promise<WindowTimes> {
  // As it ships.
  await mustRun(process.execPath, ['esbuild.mjs', '--production'], { cwd: project })
  const workspace = generatedStore(shape)
  await using studio = await Studio.open({ workspace, width: 1400, height: 900 })
  const { window } = studio
  // The first time the extension, its server and the list of runs come up; that is measured without a window.
  await (await window.tree()).first().waitFor({ timeout: 60_000 })
  const open: number[] = []
  const filters: number[][] = []
  for (let round = 0; round <= rounds; round++) {
    await window.command('View: Show Explorer')
    await window.page.locator('.explorer-folders-view').waitFor()
    open.push(await window.page.evaluate(showView))
    // Some lines below an experiment are open, as with a person at work.
    if (round === 0) await (await window.tree()).first().click()
    await sleep(1000)
    filters.push(await filtered(window))
  }
  return { runs: shape.runs, open, firstFilters: filters[0], filter: filters.slice(1).flat() }
}

/** Milliseconds of each query, typed over the one before. */
async function filtered(window: EditorWindow): Promise<number[]> {
  const { page } = window
  const times: number[] = []
  await window.command('Triplet Lab: Filter Runs')
  const input = page.locator('.quick-input-widget input').first()
  await page.evaluate(watchFilter)
  // A person has to type: meanwhile the scores come.
  await sleep(700)
  for (const query of queries) {
    await input.fill(query)
    await sleep(1500)
    times.push(await page.evaluate(filterTime))
  }
  await input.fill('')
  await sleep(1000)
  await page.keyboard.press('Enter')
  return times
}
