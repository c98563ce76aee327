/** How long people wait: until the language server answers, and from pressing start to the first points. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { requestWish } from '../../server/queues/local.ts'
import { openStore } from '../../server/store/store.ts'
import { startClient } from '../../test/languageServer/client.ts'
import type { BenchOptions } from '../options.ts'
import { median, printTable } from '../table.ts'
import { Editor, type Started } from './pressStart.ts'
import { measureWindows } from './realWindow.ts'

/** What may be waited for at most, in milliseconds. */
const limits = { languageServer: 500, firstPoint: 1000, activation: 50 }
const example = 'emoji.triplet.json'

export async function benchStartup({ rounds, only }: BenchOptions): Promise<void> {
  const rows: string[][] = []
  const row = (what: string, times: readonly number[], limit?: number): void => {
    const middle = median(times)
    rows.push([
      what,
      middle.toFixed(0),
      Math.min(...times).toFixed(0),
      Math.max(...times).toFixed(0),
      limit === undefined ? '' : String(limit),
      limit === undefined ? '' : middle < limit ? 'yes' : 'NO',
    ])
  }
  const servers: number[] = []
  for (let i = 0; i <= rounds; i++) servers.push(await languageServerReady())
  row('language server ready', servers.slice(1), limits.languageServer)

  const cold = await coldStart()
  row('start to first point, nothing cached', [cold.shown])
  const warm: Started[] = []
  const editor = await Editor.open()
  for (let i = 0; i <= rounds; i++) {
    warm.push(await editor.pressStart(example))
    await editor.rest()
  }
  const foreseen: Started[] = []
  for (let i = 0; i < rounds; i++) {
    await editor.lookAt(example)
    foreseen.push(await editor.pressStart(example))
    await editor.rest()
  }
  await editor.close()
  const kept = warm.slice(1)
  row(
    'start: answered',
    kept.map(one => one.answered),
  )
  row(
    'start: run taken by a training server',
    kept.map(one => one.claimed),
  )
  row(
    'start: data and engine open',
    kept.map(one => one.opened),
  )
  row(
    'start: first step done',
    kept.map(one => one.stepped),
  )
  row(
    'start to first point, at the editor',
    kept.map(one => one.shown),
    limits.firstPoint,
  )
  row(
    'the same, the experiment open for a while',
    foreseen.map(one => one.shown),
    limits.firstPoint,
  )
  const typed: number[] = []
  for (let i = 0; i < rounds; i++) typed.push(await commandLine())
  row('command line: start to first point', typed)

  if (only.length === 0 || only.includes('window')) {
    const windows = await measureWindows(1 + Math.min(5, rounds))
    if (windows) {
      row(
        'activation, in VS Code',
        windows.slice(1).map(one => one.activation),
        limits.activation,
      )
      row(
        'click to first point drawn, in VS Code',
        windows.slice(1).map(one => one.firstPoint),
        limits.firstPoint,
      )
      row(
        'the same, started again with its panel open',
        windows.slice(1).map(one => one.again),
        limits.firstPoint,
      )
      row(
        'the same, panel closed, experiment just changed',
        windows.slice(1).map(one => one.changed),
        limits.firstPoint,
      )
    } else console.log('Without a Chromium: activation and the first point drawn are left out.')
  }
  console.log(`\nStart-up, milliseconds; the run is ${example}`)
  printTable(['', 'median', 'best', 'worst', 'limit', 'within'], rows)
}

async function languageServerReady(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  const start = performance.now()
  const client = await startClient({ folders: [folder], bundled: true })
  const ready = performance.now() - start
  await client.stop()
  rmSync(folder, { recursive: true, force: true })
  return ready
}

/** With empty caches: no compiled code, no unpacked pictures, no choice of an engine. */
async function coldStart(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  process.env['TRIPLET_LAB_CACHE'] = folder
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled')
  try {
    const editor = await Editor.open()
    const started = await editor.pressStart(example)
    await editor.rest()
    await editor.close()
    return started
  } finally {
    delete process.env['TRIPLET_LAB_CACHE']
    delete process.env['NODE_COMPILE_CACHE']
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
  }
}

/** `triplet-lab train` from the start of the process until the time of the first point in the store. */
async function commandLine(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
  const dir = join(folder, '.triplet-lab')
  const start = Date.now()
  execFileSync(process.execPath, ['dist/cli.cjs', 'train', `examples/${example}`, '--detach', '--store', dir], {
    stdio: 'ignore',
  })
  const opened = openStore(dir)
  if (opened.kind !== 'opened') throw new Error('There is no store.')
  const { store } = opened
  try {
    for (;;) {
      const first = store.clock(1, 1).times.at(0)
      if (first !== undefined) return first - start
      await sleep(20)
    }
  } finally {
    requestWish(store, 1, 'stop')
    await sleep(4_500)
    store.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
  }
}
