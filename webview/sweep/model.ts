/** What the panel of a sweep knows, and what follows from it: its combinations, best first. */
import { assertNever } from '../../protocol/assertNever.ts'
import { endedStatuses, summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import type { ToSweep } from '../../protocol/sweepPanel.ts'
import type { SweepInfo, SweepTrial } from '../../protocol/sweeps.ts'

export type Plain = string | number | boolean | null

/** One combination with all of its repeats. */
export interface Combination {
  readonly number: number
  readonly runs: readonly RunRow[]
  /** Its value at each axis that is active in it. */
  readonly values: ReadonlyMap<string, Plain>
  /** Mean of its repeats' best; `null` before the first result. */
  readonly score: number | null
  /** How far it was trained, in epochs: the mean of its repeats. */
  readonly epochs: number
  readonly hasEnded: boolean
  /** Why the sweep stopped it, in words; `null`: it did not. */
  readonly stoppedEarly: string | null
  readonly failed: string | null
  readonly retries: number
  /** When its last result came, milliseconds since 1970. */
  readonly at: number
}

export class SweepModel {
  sweep: SweepInfo | null = null
  missing: string | null = null
  #trials: readonly SweepTrial[] = []
  readonly #runs = new Map<number, RunRow>()

  apply(message: ToSweep): void {
    switch (message.kind) {
      case 'sweep':
        this.sweep = message.sweep
        this.#trials = message.trials
        this.missing = null
        return
      case 'runs':
        for (const run of message.changed) this.#runs.set(run.id, run)
        for (const id of message.removed) this.#runs.delete(id)
        return
      case 'missing':
        this.missing = message.message
        return
      default:
        assertNever(message)
    }
  }

  get runs(): RunRow[] {
    return this.#trials.flatMap(trial => this.#runs.get(trial.runId) ?? [])
  }

  /** In the order in which they were suggested. */
  combinations(): Combination[] {
    const { sweep } = this
    if (sweep === null) return []
    const groups = Map.groupBy(this.#trials, trial => trial.number)
    return [...groups].flatMap(([number, trials]) => {
      const runs = trials.flatMap(trial => this.#runs.get(trial.runId) ?? [])
      return runs.length === 0 ? [] : [combine(sweep, number, trials, runs)]
    })
  }
}

function combine(
  sweep: SweepInfo,
  number: number,
  trials: readonly SweepTrial[],
  runs: readonly RunRow[],
): Combination {
  const scores = runs.flatMap(run => scoreOf(sweep, run) ?? [])
  const entries = Object.entries(trials[0].values).map(([path, value]) => [path, plain(value)] as const)
  const failed = runs.find(run => run.status === 'failed' || run.status === 'diverged')
  const stopped = trials.find(trial => trial.stoppedEarly !== null)
  return {
    number,
    runs,
    values: new Map(entries),
    score: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    epochs: runs.reduce((sum, run) => sum + run.epoch, 0) / runs.length,
    hasEnded: runs.every(run => endedStatuses.has(run.status)),
    stoppedEarly: stopped !== undefined && runs.some(run => run.status === 'stopped') ? stopped.stoppedEarly : null,
    failed: failed === undefined ? null : (failed.message ?? ''),
    retries: trials.reduce((sum, trial) => sum + trial.retries, 0),
    at: Math.max(...runs.map(run => run.ended ?? Date.now())),
  }
}

/** The best that a run has reached; `null` before its first value. */
export function scoreOf({ metric, goal }: SweepInfo, run: RunRow): number | null {
  const summary = summaryOf(run, metric)
  return summary === undefined ? null : goal === 'maximize' ? summary.max : summary.min
}

/** Objects and lists stand on an axis as their text. */
function plain(value: unknown): Plain {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return JSON.stringify(value)
}

/** Best first; those without a result at the end. */
export function ranked({ goal }: SweepInfo, combinations: readonly Combination[]): Combination[] {
  const sign = goal === 'maximize' ? -1 : 1
  const key = (one: Combination) => (one.score === null ? Infinity : sign * one.score)
  return combinations.toSorted((a, b) => (key(a) === key(b) ? a.number - b.number : key(a) - key(b)))
}
