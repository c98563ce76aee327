/**
 * The training server: one a store, outlives windows, starts one trainer process a run, and exits when nothing is left
 * to wait for. It computes nothing. It may be killed at any moment: its trainers go on, and the next one adopts them.
 *
 *     node trainingServer.cjs STORE [--slots N] [--for PID]
 *
 * `--slots` says how many runs train at the same time, where the store does not. With `--for` it stays longer when there
 * is nothing to do, with a spare trainer, as long as that process lives: an editor, in which start may be pressed.
 */
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { LikelyRun } from '../protocol/assignment.ts'
import { backgroundVariable } from './background.ts'
import { startTrainer, type TrainerProcess } from './launch.ts'
import { LikelySpec } from './likelySpec.ts'
import { configureLocale } from './locale.ts'
import { graphicsCards } from './queues/graphicsCards.ts'
import { slotsOf } from './queues/slots.ts'
import { LocalQueue, needsTrainingServer, type Trainers } from './queues/local.ts'
import { databaseFile, identity, logFile, serverLockFile, trainerLockFile } from './store/layout.ts'
import { SpareTrainer } from './spareTrainer.ts'
import { isLocked, takeLock } from './store/lock.ts'
import { openStore, type Store } from './store/store.ts'
import { SweepKeeper } from './sweeps/keeper.ts'

/** A trainer takes its lock when it is up; until then its claim speaks for it, for this long. */
const startGrace = 10_000
/** A look at the store costs well under a millisecond. */
const interval = 50
/** Opening a window and pressing start again should find the server still there. */
const idleGrace = 3_000
/** The same while an editor is open. Who comes back later waits a moment longer, and the machine has its memory back. */
const editorGrace = 10 * 60_000
/** A spare trainer is not started in between two runs. */
const spareAfter = 300

function trainerProcesses(store: Store, spare: SpareTrainer): Trainers {
  const children = new Map<number, TrainerProcess>()
  const startedHere = new Set<number>()
  const start = (runId: number, device: string | null) =>
    startTrainer([store.dir, String(runId)], {
      log: logFile(store.dir, `run-${runId}`),
      env: device === null ? {} : { CUDA_VISIBLE_DEVICES: device },
    })
  return {
    start(run, { device }) {
      const child = (device === null ? spare.take(run.id) : null) ?? start(run.id, device)
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

/**
 * Serves until nothing has been left to do for a while.
 * @param spare `null` where a trainer has to know its graphics card from the start
 * @param isAwaited whether there may soon be something to do
 * @param likely what that would be, as far as one can tell
 */
async function serve(
  queue: LocalQueue,
  spare: SpareTrainer | null,
  isAwaited: () => boolean,
  likely: () => LikelyRun | null,
): Promise<void> {
  let idleSince = Date.now()
  let idle = 0
  while (idle < idleGrace || (idle < editorGrace && isAwaited())) {
    if (queue.tick()) idleSince = Date.now()
    idle = Date.now() - idleSince
    if (idle >= spareAfter && isAwaited()) spare?.prepare(likely())
    await sleep(interval)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function main(): Promise<void> {
  const options = { slots: { type: 'string' }, for: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [dir] = positionals
  if (!dir) throw new Error('trainingServer STORE [--slots N] [--for PID]')
  const editor = Math.trunc(Number(values.for ?? 0))
  // The trainers see it.
  if (editor >= 1) process.env[backgroundVariable] = '1'
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
    const spare = new SpareTrainer(dir)
    const queue = new LocalQueue(store, trainerProcesses(store, spare), slots, new SweepKeeper(store))
    const own = identity(databaseFile(dir))
    // A store that was deleted or moved away is no longer where runs are queued.
    const isAwaited = () => editor >= 1 && isAlive(editor) && identity(databaseFile(dir)) === own
    const likelySpec = new LikelySpec(dir)
    const likely = (): LikelyRun | null => {
      const place = slots.next([], 1)
      const spec = likelySpec.current
      return place === null || spec === null ? null : { spec, threads: place.threads }
    }
    await serve(queue, machine.devices.length === 0 ? spare : null, isAwaited, likely)
    spare.end()
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
