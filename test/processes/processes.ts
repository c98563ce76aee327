/** Starting, finding and killing the built bundles as real processes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Store } from '../../server/store/store.ts'
import { opened, temporaryFolder } from '../store/helpers.ts'
import { writeSmallDataset } from '../training/smallDataset.ts'

const dist = resolve(import.meta.dirname, '..', '..', 'dist')

export function bundle(name: 'cli' | 'trainingServer' | 'trainer'): string {
  const file = join(dist, `${name}.cjs`)
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build first.`)
  return file
}

/** A workspace with a store; whatever still runs on it when the test ends is killed. */
export function workspace(): { folder: string; store: Store } {
  const folder = temporaryFolder()
  const store = opened(join(folder, '.triplet-lab'))
  onTestFinished(async () => {
    for (let found = processesOf(folder); found.length > 0; found = processesOf(folder)) {
      for (const { pid } of found) kill(pid)
      await sleep(20)
    }
  })
  return { folder, store }
}

export interface Found {
  readonly pid: number
  readonly kind: 'trainingServer' | 'trainer' | 'spare'
  readonly runId: number | null
}

/** Our processes that work on a folder, by their command lines. */
export function processesOf(folder: string): Found[] {
  return readdirSync('/proc').flatMap((name): Found[] => {
    const pid = Number(name)
    if (!Number.isInteger(pid)) return []
    let args: string[]
    try {
      args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    } catch {
      return []
    }
    const at = args.findIndex(arg => arg.endsWith('trainingServer.cjs') || arg.endsWith('trainer.cjs'))
    if (at < 1 || args[1] === '-e') return []
    const isSpare = args[at + 1] === '--spare'
    if (!args[at + (isSpare ? 2 : 1)].startsWith(folder)) return []
    if (isSpare) return [{ pid, kind: 'spare', runId: null }]
    const kind = args[at].endsWith('trainer.cjs') ? 'trainer' : 'trainingServer'
    return [{ pid, kind, runId: kind === 'trainer' ? Number(args[at + 2]) : null }]
  })
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone already
  }
}

/** As it stands at this moment, whatever it is in the middle of. */
export function stop(pid: number): void {
  try {
    process.kill(pid, 'SIGSTOP')
  } catch {
    // gone already
  }
}

/** Whether a process is there and not stopped. */
export function works(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [TZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** @returns how long it took, in milliseconds */
export async function until(what: string, condition: () => boolean, timeout = 60_000): Promise<number> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > timeout) throw new Error(`Waited ${timeout} ms in vain until ${what}.`)
    await sleep(5)
  }
  return performance.now() - start
}

export function theRun(store: Store, id: number): RunRow {
  const run = store.run(id)
  if (!run) throw new Error(`There is no run ${id}.`)
  return run
}

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export function startCli(
  folder: string,
  args: readonly string[],
): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [bundle('cli'), ...args], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TRIPLET_LAB_LOCALE: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const finished = new Promise<Finished>(done => child.once('close', status => done({ status, stdout, stderr })))
  return { child, finished }
}

export const runCli = (folder: string, ...args: string[]): Promise<Finished> => startCli(folder, args).finished

/** All points but those that measure time. */
export function repeatable(store: Store, id: number): unknown[] {
  return store.series(id).filter(series => series.metric !== 'imagesPerSecond' && series.metric !== 'memory')
}

/** An experiment that takes a second, in a folder; `changes` replaces whole sections. Returns its name. */
export function writeExperiment(folder: string, changes: object = {}): string {
  const { images, labels } = writeSmallDataset(folder)
  writeFileSync(
    join(folder, 'small.triplet.json'),
    JSON.stringify({
      dataset: { idx: { images, labels } },
      split: { by: 'example', test: 0.5 },
      model: { architecture: 'mlp', embeddingSize: 8, hidden: [16] },
      batch: { classes: 4, samplesPerClass: 3 },
      stepsPerEpoch: 12,
      epochs: 3,
      engine: 'tfjs-wasm',
      ...changes,
    }),
  )
  return 'small.triplet.json'
}
