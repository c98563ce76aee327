/**
 * The trainer: one process a run, the only writer of its points. It knows of no editor.
 *
 *     node trainer.cjs STORE RUN
 *     node trainer.cjs --spare STORE     loads what a run needs, makes the first step of a likely one, and waits for it
 *     node trainer.cjs --probe           tries an engine: reads a request as JSON, writes what came of it
 *
 * It holds the run's lock for its whole life. What it dies of is for the training server to find out; what it can say
 * itself (a folder that is not there, an engine that does not fit) ends the run as failed, in words.
 */
import { dirname, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { Assignment } from '../protocol/assignment.ts'
import type { RunRow } from '../protocol/runEvent.ts'
import { backgroundVariable, goToBackground, restWhilePanelOpens } from './background.ts'
import { cacheFolder } from './cacheFolder.ts'
import { configureLocale } from './locale.ts'
import { logFile, runFolder, trainerLockFile } from './store/layout.ts'
import { takeLock } from './store/lock.ts'
import { openStore, type Store } from './store/store.ts'
import { DatasetError } from './training/datasets/datasetError.ts'
import type { TryInProcess } from './training/engines/choose.ts'
import { ProbeRequest, probeEngine } from './training/engines/probe.ts'
import { EngineError, engineKinds } from './training/engines/registry.ts'
import { startEarlyThreads } from './training/earlyThreads.ts'
import { RunError } from './training/openRun.ts'
import { isLikely, stepAhead, type StepAhead } from './training/stepAhead.ts'
import { StoreTracker, type Tracker } from './training/tracker.ts'
import { type TrainContext, trainRun } from './training/trainRun.ts'
import { warmUp } from './training/warmUp.ts'

async function main(): Promise<void> {
  if (process.argv[2] === '--probe') return probe()
  configureLocale()
  const isSpare = process.argv[2] === '--spare'
  const [dir, id] = process.argv.slice(isSpare ? 3 : 2)
  const usage = 'trainer STORE RUN, or trainer --spare STORE'
  if (!dir) throw new Error(usage)
  const task = isSpare ? await waitForRun(workspaceOf(dir)) : { runId: Number(id), ahead: null }
  if (task === null) return
  const { runId, ahead } = task
  if (!Number.isInteger(runId)) throw new Error(usage)
  // Held until the process ends, however it ends.
  const lock = takeLock(trainerLockFile(dir, runId))
  if (!lock) return
  const opened = openStore(dir, { create: false })
  if (opened.kind !== 'opened') throw new Error(opened.kind === 'refused' ? opened.message : `No store in ${dir}.`)
  const { store } = opened
  store.trainerArrived(runId)
  await train(store, runId, ahead)
  store.close()
  lock.release()
}

interface Task {
  readonly runId: number
  /** What was made before it was there. */
  readonly ahead: StepAhead | null
}

/** @returns what to train; `null` when the training server has gone: there will be nothing */
async function waitForRun(workspace: string): Promise<Task | null> {
  const inbox = new Inbox()
  // What goes wrong here concerns the run only if it goes wrong again.
  const log = (error: unknown) => console.error(new Date().toISOString(), error)
  await warmUp(() => inbox.isOver).catch(log)
  let ahead: StepAhead | null = null
  for (;;) {
    const message = await inbox.next()
    if (message?.kind === 'run') {
      // From here on it stands on its own, as every trainer.
      if (process.connected) process.disconnect()
      return { runId: message.runId, ahead }
    }
    ahead?.run.close()
    ahead = null
    if (message === null) return null
    if (message.run === null) continue
    try {
      ahead = await stepAhead(message.run, workspace, cacheFolder(), () => inbox.isOver)
      if (ahead !== null) console.log(new Date().toISOString(), 'The first step of a likely run is made.')
    } catch (error) {
      log(error)
    }
  }
}

/** What the training server has said and nobody has looked at yet. */
class Inbox {
  #run: Assignment | null = null
  /** The newest: older ones are not likely any more. */
  #likely: Assignment | null = null
  #isGone = false
  #wake = (): void => undefined

  constructor() {
    process.once('disconnect', () => {
      this.#isGone = true
      this.#wake()
    })
    process.on('message', message => {
      const assignment = v.parse(Assignment, message)
      if (assignment.kind === 'run') this.#run = assignment
      else this.#likely = assignment
      this.#wake()
    })
  }

  /** Whether there is nothing more to get ready for. */
  get isOver(): boolean {
    return this.#run !== null || this.#isGone
  }

  /** A run before what is likely. @returns `null` when the training server has gone */
  async next(): Promise<Assignment | null> {
    for (;;) {
      if (this.#run !== null) return this.#run
      if (this.#isGone) return null
      const likely = this.#likely
      this.#likely = null
      if (likely !== null) return likely
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}

async function probe(): Promise<void> {
  const request = v.parse(ProbeRequest, JSON.parse(await text(process.stdin)))
  const answer = await probeEngine(request, engineKinds)
  // Written before the process is ended, whatever the engine has left running.
  await new Promise<void>(resolve => process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => resolve()))
}

const workspaceOf = (dir: string): string => dirname(resolve(dir))

/** What starts processes is loaded when one is to be started. */
const tryInProcess: TryInProcess = async request => (await import('./launch.ts')).probeInProcess(request)

async function train(store: Store, runId: number, ahead: StepAhead | null): Promise<void> {
  const run = store.run(runId)
  if (!run) return
  const { threads } = store.placement(runId)
  if (ahead === null || !isLikely(ahead, run.spec, threads)) startEarlyThreads(run.spec, threads)
  const tracker = new StoreTracker(store, runId)
  try {
    const outcome = await trainRun(run.spec, {
      tracker,
      folder: runFolder(store.dir, runId),
      workspace: workspaceOf(store.dir),
      threads,
      ahead,
      auto: { tryInProcess, cacheFolder: cacheFolder() },
      ...(process.env[backgroundVariable] === undefined ? {} : { onFirstStep: behindTheEditor(run) }),
    })
    const { step } = store.run(runId) ?? run
    switch (outcome.kind) {
      case 'done': {
        end(tracker, step, 'done', outcome.message)
        return
      }
      case 'stopped': {
        store.transaction(() => {
          end(tracker, step, 'stopped', l10n.t('Stopped at step {0}.', step))
          // Somebody may have wished it to go on while its checkpoint was written.
          const wish = store.wish(runId)
          if (wish === null || wish === 'stop') return
          store.requeue(runId)
          store.setWish(runId, wish)
        })
        return
      }
      case 'diverged': {
        tracker.status('diverged', outcome.message)
        return
      }
    }
  } catch (error) {
    console.error(new Date().toISOString(), error)
    end(tracker, run.step, 'failed', explain(error, logFile(store.dir, `run-${runId}`)))
  }
}

/** Until there is something to see, whoever has pressed start is waiting for it. A panel comes up for a single run. */
function behindTheEditor({ created, sweepId }: RunRow): NonNullable<TrainContext['onFirstStep']> {
  return async isWished => {
    goToBackground()
    if (sweepId === null) await restWhilePanelOpens(created, () => !isWished())
  }
}

/** What was foreseen says itself what to do; anything else is a bug, and its trace is in the log. */
function explain(error: unknown, log: string): string {
  if (error instanceof DatasetError || error instanceof EngineError || error instanceof RunError) return error.message
  const reason = error instanceof Error ? error.message : String(error)
  return l10n.t('Something unexpected went wrong: {0}. The details are in {1}.', reason, log)
}

function end(tracker: Tracker, step: number, kind: 'done' | 'stopped' | 'failed', message: string): void {
  tracker.event(step, kind, message)
  tracker.status(kind, message)
}

main().then(
  // Some engines keep timers or threads that would keep the process alive.
  () => process.exit(),
  (error: unknown) => {
    console.error(new Date().toISOString(), error)
    process.exit(1)
  },
)
