/**
 * A trainer that was started before there is a run for it. Starting a process, reading its code and loading what it
 * trains with take a third of a second; when somebody presses start, that is done.
 */
import { existsSync, renameSync, rmSync } from 'node:fs'
import type { Assignment } from '../protocol/assignment.ts'
import { startTrainer, type TrainerProcess } from './launch.ts'
import { logFile } from './store/layout.ts'

/** The only spare trainer of a store: that of its training server. */
export class SpareTrainer {
  readonly #dir: string
  #child: TrainerProcess | null = null

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Starts one, unless there is one. */
  prepare(): void {
    if (this.#child !== null) return
    const child = startTrainer(['--spare', this.#dir], { log: this.#log, fresh: true, listens: true })
    const gone = () => {
      if (this.#child === child) this.#child = null
    }
    child.once('exit', gone)
    child.once('error', gone)
    child.unref()
    child.channel?.unref()
    this.#child = child
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
      // Somebody has it open, where that matters.
      return null
    }
    this.#child = null
    // One that dies before it hears of its run is like any trainer that dies.
    child.send({ runId } satisfies Assignment, () => undefined)
    return child
  }

  end(): void {
    this.#child?.kill()
    this.#child = null
    rmSync(this.#log, { force: true })
  }

  get #log(): string {
    return logFile(this.#dir, 'spare-trainer')
  }
}
