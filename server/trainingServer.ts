/**
 * The training server: one a store, outlives windows, starts one trainer process a run, and exits when nothing is left
 * to wait for. It computes nothing. It may be killed at any moment: its trainers go on, and the next one adopts them.
 *
 *     node trainingServer.cjs STORE [--slots N]     runs at the same time, where the store does not say
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { entryPoint } from './launch.ts'
import { configureLocale } from './locale.ts'
import { graphicsCards } from './queues/graphicsCards.ts'
import { slotsOf } from './queues/slots.ts'
import { LocalQueue, needsTrainingServer, type Trainers } from './queues/local.ts'
import { logFile, serverLockFile, trainerLockFile } from './store/layout.ts'
import { isLocked, takeLock } from './store/lock.ts'
import { openStore, type Store } from './store/store.ts'
import { SweepKeeper } from './sweeps/keeper.ts'

/** A trainer takes its lock when it is up; until then its claim speaks for it, for this long. */
const startGrace = 10_000
/** A look at the store costs well under a millisecond. */
const interval = 50
/** Opening a window and pressing start again should find the server still there. */
const idleGrace = 3_000

function trainerProcesses(store: Store): Trainers {
  const children = new Map<number, ChildProcess>()
  const startedHere = new Set<number>()
  return {
    start(run, { device }) {
      const output = openSync(logFile(store.dir, `run-${run.id}`), 'a')
      const child = spawn(process.execPath, [...process.execArgv, entryPoint('trainer'), store.dir, String(run.id)], {
        // Its own group: what ends this server does not end the run.
        detached: true,
        windowsHide: true,
        stdio: ['ignore', output, output],
        env: { ...process.env, ...(device === null ? {} : { CUDA_VISIBLE_DEVICES: device }) },
      })
      closeSync(output)
      children.set(run.id, child)
      startedHere.add(run.id)
      const gone = () => {
        if (children.get(run.id) === child) children.delete(run.id)
      }
      child.once('exit', gone)
      child.once('error', gone)
      child.unref()
    },
    isAlive(runId) {
      if (children.has(runId)) return true
      if (isLocked(trainerLockFile(store.dir, runId))) return true
      // Claimed by a server that was killed a moment ago: its trainer may still be starting.
      return !startedHere.has(runId) && Date.now() - (store.claimed(runId) ?? 0) < startGrace
    },
    logOf: runId => logFile(store.dir, `run-${runId}`),
  }
}

/** Serves until nothing has been left to do for a while. */
async function serve(queue: LocalQueue): Promise<void> {
  let idleSince = Date.now()
  while (Date.now() - idleSince < idleGrace) {
    if (queue.tick()) idleSince = Date.now()
    await sleep(interval)
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { slots: { type: 'string' } } })
  const [dir] = positionals
  if (!dir) throw new Error('trainingServer STORE [--slots N]')
  configureLocale()
  const given = Math.trunc(Number(values.slots ?? process.env['TRIPLET_LAB_SLOTS'] ?? 0))
  const machine = { cores: availableParallelism(), devices: graphicsCards() }
  for (;;) {
    const lock = takeLock(serverLockFile(dir))
    if (!lock) return
    const opened = openStore(dir, { create: false })
    if (opened.kind !== 'opened') throw new Error(opened.kind === 'refused' ? opened.message : `No store in ${dir}.`)
    const { store } = opened
    const slots = slotsOf(machine, () => store.slots() ?? (given >= 1 ? given : null))
    await serve(new LocalQueue(store, trainerProcesses(store), slots, new SweepKeeper(store)))
    lock.release()
    // Whoever queued a run while the lock was still held relied on this server: look again now that it is free.
    const again = needsTrainingServer(store)
    store.close()
    if (!again) return
  }
}

main().catch((error: unknown) => {
  console.error(new Date().toISOString(), error)
  process.exitCode = 1
})
