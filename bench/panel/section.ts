/**
 * The live panel in the real VS Code: how fast a run of a million steps opens, how smoothly it zooms and pans, whether
 * its memory stays flat over a day of streaming, and whether the editor lags beside a run of 1,000 steps a second.
 */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mustRun } from '../../scripts/process.ts'
import { Studio } from '../../scripts/screenshots/studio.ts'
import type { EditorWindow } from '../../test/e2e/editorWindow.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'
import { day, type Frames, gesture, keyTimes, opened, type Opening, watchKeys } from './inPage.ts'
import { metrics, millionSteps, steps } from './million.ts'

const project = resolve(import.meta.dirname, '../..')
const frames = 180
const stepsPerSecond = 1000
const typed = 60

export async function benchPanel({ rounds, only }: BenchOptions): Promise<void> {
  // As it ships.
  await mustRun(process.execPath, ['esbuild.mjs', '--production'], { cwd: project })
  const workspace = millionSteps(join(project, 'node_modules', '.cache', 'triplet-lab', 'bench', 'million'))
  // Chromium shows the heap's true size only when it is asked to.
  const chromium = ['--js-flags=--expose-gc', '--enable-precise-memory-info']
  await using studio = await Studio.open({ workspace, width: 1400, height: 900, arguments: chromium })
  const { window } = studio
  await window.openFile('long.triplet.json')
  const wants = (part: string) => only.length === 0 || only.some(text => part.includes(text))
  await openings(window, wants('opening') ? rounds : 0)
  if (wants('frames')) await gestures(window)
  if (wants('memory')) await memory(window)
  if (wants('typing')) await beside(window, workspace)
}

const body = (window: EditorWindow) => window.panel.locator('body')

/** Opens the panel again and again; the first time, with caches cold, is not counted. */
async function openings(window: EditorWindow, rounds: number): Promise<void> {
  const times: Opening[] = []
  for (let round = 0; round <= rounds; round++) {
    await window.command('Triplet Lab: Open Live Panel')
    await window.panel.locator('canvas[data-chart=loss]').waitFor()
    times.push(await body(window).evaluate(opened))
    if (round === rounds) break
    // All, so that the panel comes beside the file each time, and is as wide each time.
    await window.command('View: Close All Editors')
    await window.openFile('long.triplet.json')
  }
  if (rounds === 0) return
  console.log(
    `A run of ${steps.toLocaleString('en')} steps with ${metrics.length} metrics, until its curves are drawn; milliseconds:`,
  )
  const row = (name: string, all: readonly number[], limit: string) => [
    name,
    median(all).toFixed(0),
    Math.max(...all).toFixed(0),
    limit,
  ]
  const counted = times.slice(1)
  const part = (name: string, of: (one: Opening) => number, limit = '') => row(name, counted.map(of), limit)
  printTable(
    ['', 'median', 'worst', 'asked'],
    [
      part('from its script being up to the frame with the first chart', one => one.first, 'below 300'),
      part('from there until all charts in sight are drawn', one => one.all - one.first),
      part('from the start of the page to its script being up', one => one.loading),
    ],
  )
}

async function gestures(window: EditorWindow): Promise<void> {
  const rows: string[][] = []
  // What the page does after it has opened is over.
  await sleep(2000)
  for (const kind of ['zoom', 'pan'] as const)
    rows.push([kind, ...numbers(await body(window).evaluate(gesture, { kind, frames }))])
  console.log(`\n${frames} frames of each, milliseconds:`)
  printTable(['', 'frame p50', 'p95', 'script p50', 'p95', 'worst', 'frames/s'], rows)
}

function numbers({ intervals, scripts }: Frames): string[] {
  const at = (values: readonly number[], share: number) => {
    const sorted = values.toSorted((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  }
  const perSecond = 1000 / (intervals.reduce((sum, one) => sum + one, 0) / intervals.length)
  return [
    at(intervals, 0.5),
    at(intervals, 0.95),
    at(scripts, 0.5),
    at(scripts, 0.95),
    Math.max(...scripts),
    perSecond,
  ].map(one => one.toFixed(1))
}

async function memory(window: EditorWindow): Promise<void> {
  const heap = await body(window).evaluate(day, { names: metrics, runId: 1 })
  console.log('\nMemory of the page over a day of streaming, 10 steps a second:')
  printTable(
    ['hours', 'heap MB', 'elements'],
    heap.map(one => [String(one.hours), one.megabytes.toFixed(1), String(one.nodes)]),
  )
}

/** Types into the editor, with the panel beside it at rest and with it following a fast run. */
async function beside(window: EditorWindow, workspace: string): Promise<void> {
  await window.openFile('live.triplet.json')
  const quiet = await type(window)
  const streamer = spawn(
    process.execPath,
    [join(import.meta.dirname, 'streamer.ts'), workspace, String(stepsPerSecond), '120'],
    { stdio: 'inherit' },
  )
  try {
    await sleep(1500)
    await window.command('Triplet Lab: Open Live Panel')
    await window.panelSays('.state', 'running')
    await window.page.locator('.tab', { hasText: 'live.triplet.json' }).first().click()
    const before = await window.chartWith(3)
    const busy = await type(window)
    const after = await window.chartWith(3)
    console.log(
      `\nTyping beside the panel, milliseconds from a key to its letter on the screen (${after.lastStep - before.lastStep} steps came meanwhile):`,
    )
    printTable(
      ['', 'p50', 'p95', 'worst'],
      [
        ['no run', ...quiet],
        [`${stepsPerSecond.toLocaleString('en')} steps/s`, ...busy],
      ],
    )
  } finally {
    streamer.kill()
    await new Promise(ended => streamer.once('exit', ended))
  }
}

async function type(window: EditorWindow): Promise<string[]> {
  const { page } = window
  await page.locator('.editor-group-container .monaco-editor .view-lines').first().click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.evaluate(watchKeys)
  for (let i = 0; i < typed; i++) {
    await page.keyboard.type('x')
    await sleep(100)
  }
  const sorted = (await page.evaluate(keyTimes)).toSorted((a, b) => a - b)
  for (let i = 0; i < typed; i++) await page.keyboard.press('Backspace')
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return [at(0.5), at(0.95), at(1)].map(one => one.toFixed(1))
}
