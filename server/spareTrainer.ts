/**
 * A trainer that was started before there is a run for it. Starting a process, reading its code and loading what it
 * trains with take a third of a second, opening a run and making its first step another one; when somebody presses start,
 * that is done.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import type { Assignment, LikelyRun } from '../protocol/assignment.ts'
import type { RunSpec } from '../protocol/runSpec.ts'
import { startTrainer, type TrainerProcess } from './launch.ts'
import { logFile } from './store/layout.ts'

/** Spare trainers in a row that have ended before they had a run: where none lives, no more are started. */
const patience = 3

/** The only spare trainer of a store: that of its training server. */
export class SpareTrainer {
  readonly #dir: string
  #child: TrainerProcess | null = null
  /** What it was told last. */
  #likely: LikelyRun | null = null
  /** Told to one that has ended since. */
  #fatal: RunSpec | null = null
  #lost = 0

  constructor(dir: string) {
    this.#dir = dir
  }

  /**
   * Starts one, unless there is one or none comes up here. Runs do not depend on it.
   * @param likely the run that it should be ready for; `null`: nothing in particular
   */
  prepare(likely: LikelyRun | null): void {
    if (this.#child === null) {
      if (this.#lost >= patience) return
      try {
        this.#start()
      } catch (error) {
        // A log that cannot be written, a process too many.
        this.#lost++
        console.error(new Date().toISOString(), error)
      }
    }
    this.#tell(likely !== null && likely.spec === this.#fatal ? null : likely)
  }

  #tell(run: LikelyRun | null): void {
    if (this.#child?.connected !== true) return
    if (run?.spec === this.#likely?.spec && run?.threads === this.#likely?.threads) return
    this.#likely = run
    this.#child.send({ kind: 'likely', run } satisfies Assignment, () => undefined)
  }

  #start(): void {
    const child = startTrainer(['--spare', this.#dir], { log: this.#log, fresh: true, listens: true })
    const gone = () => {
      if (this.#child !== child) return
      this.#child = null
      // It may have been what it was told: the next one does without.
      if (this.#likely === null) this.#lost++
      else this.#fatal = this.#likely.spec
    }
    child.once('exit', gone)
    child.once('error', gone)
    child.unref()
    child.channel?.unref()
    this.#child = child
    this.#likely = null
  }

  /**
   * Gives the run to the spare trainer, which writes into the run's log from then on.
   * @returns `null` when there is none, or none for this run: one that goes on adds to a log that is there
   */
  take(runId: number): TrainerProcess | null {
    const child = this.#child
    const log = logFile(this.#dir, `run-${runId}`)
    if (child?.connected !== true || existsSync(log)) return null
    try {
      renameSync(this.#log, log)
    } catch {
      // Somebody has it open, where that matters, or has removed it: the next one has a log again.
      this.end()
      return null
    }
    this.#child = null
    this.#lost = 0
    // One that dies before it hears of its run is like any trainer that dies.
    child.send({ kind: 'run', runId } satisfies Assignment, () => undefined)
    return child
  }

  end(): void {
    const child = this.#child
    if (child === null) return
    this.#child = null
    child.kill()
    try {
      rmSync(this.#log, { force: true })
    } catch {
      // Left for the next one, which empties it.
    }
  }

  get #log(): string {
    return logFile(this.#dir, 'spare-trainer')
  }
}
