/** A sweep at a terminal: a table that stays in its place, a line for each run that ends where there is no terminal. */
import * as l10n from '@vscode/l10n'
import { setTimeout as sleep } from 'node:timers/promises'
import { endedStatuses, summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import type { SweepInfo, SweepTrial } from '../../protocol/sweeps.ts'
import { duration, metricName, metricValue, statusName } from '../../protocol/words.ts'
import { ensureTrainingServer } from '../launch.ts'
import type { Store } from '../store/store.ts'
import { describeSweep, type DescribedSweep } from '../sweeps/describe.ts'
import { requestSweepWish } from '../sweeps/wish.ts'
import { say } from './output.ts'
import { fitting, padded } from './text.ts'

const pollInterval = 150
/** A training server may be killed; whoever waits for a sweep sees to it that there is another. */
const serverCheckInterval = 2_000
const rowsShown = 15

/** Returns when the sweep has ended or is paused, or when Ctrl-C was pressed twice. */
export async function followSweep(store: Store, sweepId: number): Promise<void> {
  const display: Display = process.stderr.isTTY ? new Table() : new Lines()
  let interrupts = 0
  const interrupt = () => {
    interrupts++
    if (interrupts > 1) return
    say(l10n.t('Stopping after this batch. Press Ctrl-C again to leave without waiting.'))
    requestSweepWish(store, sweepId, 'stop')
  }
  process.on('SIGINT', interrupt)
  try {
    let checked = performance.now()
    while (interrupts < 2) {
      await sleep(pollInterval)
      const described = describeSweep(store, sweepId)
      if (described === null) return
      const trials = rankedTrials(store, described)
      display.show(described.sweep, trials)
      if (described.sweep.status !== 'running' && trials.every(({ run }) => endedStatuses.has(run.status))) return
      if (performance.now() - checked < serverCheckInterval) continue
      checked = performance.now()
      const launched = await ensureTrainingServer(store)
      if (launched.kind === 'refused') say(launched.message)
    }
    say(l10n.t('The sweep goes on on its own.'))
  } finally {
    process.off('SIGINT', interrupt)
  }
}

export interface RankedTrial {
  readonly run: RunRow
  readonly trial: SweepTrial
  /** The run's best value; `null` before its first. */
  readonly best: number | null
}

/** Best first; runs without a value come last, in the order of their numbers. */
export function rankedTrials(store: Store, { sweep, trials }: DescribedSweep): RankedTrial[] {
  const runs = new Map(store.runs({ sweepId: sweep.id }).map(run => [run.id, run]))
  const sign = sweep.goal === 'maximize' ? -1 : 1
  const key = ({ best }: RankedTrial) => (best === null ? Infinity : sign * best)
  return trials
    .flatMap((trial): RankedTrial[] => {
      const run = runs.get(trial.runId)
      return run === undefined ? [] : [{ run, trial, best: bestIn(run, sweep) }]
    })
    .sort((a, b) => (key(a) === key(b) ? a.run.id - b.run.id : key(a) - key(b)))
}

function bestIn(run: RunRow, { metric, goal }: SweepInfo): number | null {
  const summary = summaryOf(run, metric)
  return summary === undefined ? null : goal === 'maximize' ? summary.max : summary.min
}

interface Display {
  show(sweep: SweepInfo, trials: readonly RankedTrial[]): void
}

function line({ run, trial, best }: RankedTrial, { metric }: SweepInfo, isBest = false): string {
  const state =
    trial.stoppedEarly !== null && run.status === 'stopped' ? l10n.t('stopped early') : statusName(run.status)
  return [
    String(run.id).padStart(5),
    padded(state, 13),
    `${run.epoch}/${run.epochs}`.padEnd(9),
    `${best === null ? '' : metricValue(metric, best)}${isBest ? ' ★' : ''}`.padEnd(9),
    run.name,
  ].join('  ')
}

/** How far it is: `7 of 20 runs ended, by MAP@R · 3 stopped early · 4:10 left`. */
export function progressLine(sweep: SweepInfo, trials: readonly RankedTrial[], now: number): string {
  const ended = trials.filter(({ run }) => endedStatuses.has(run.status))
  const all = Math.max(trials.length, sweep.method === 'bayes' ? (sweep.runCap ?? 0) : 0)
  const early = trials.filter(({ run, trial }) => trial.stoppedEarly !== null && run.status === 'stopped').length
  const left = all - ended.length
  return [
    l10n.t('{0} of {1} runs ended, by {2}', ended.length, all, metricName(sweep.metric)),
    ...(early > 0 ? [l10n.t('{0} stopped early', early)] : []),
    ...(sweep.wish === 'pause' && left > 0 ? [l10n.t('paused')] : []),
    ...(ended.length > 0 && left > 0 && sweep.wish === 'run'
      ? [l10n.t('about {0} left', duration(((now - sweep.created) / ended.length) * left))]
      : []),
  ].join(' · ')
}

class Table implements Display {
  #lines = 0
  #shown = ''

  show(sweep: SweepInfo, trials: readonly RankedTrial[]): void {
    const working = trials.filter(({ run }) => run.status === 'running')
    const others = trials.filter(({ run, best }) => run.status !== 'running' && best !== null)
    const rest = trials.filter(
      ({ run, best }) => run.status !== 'running' && best === null && endedStatuses.has(run.status),
    )
    const best = trials.at(0)?.best === null ? undefined : trials.at(0)
    const rows = [...working, ...others, ...rest].slice(0, rowsShown)
    const width = Math.max(40, (process.stderr.columns || 80) - 1)
    const title = progressLine(sweep, trials, Date.now())
    const text = [title, ...rows.map(one => line(one, sweep, one === best))].map(one => fitting(one, width)).join('\n')
    if (text === this.#shown) return
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A\r\u001b[J` : ''
    process.stderr.write(`${up}${text}\n`)
    this.#lines = rows.length + 1
    this.#shown = text
  }
}

class Lines implements Display {
  readonly #said = new Map<number, string>()

  show(sweep: SweepInfo, trials: readonly RankedTrial[]): void {
    for (const one of trials.toSorted((a, b) => a.run.id - b.run.id)) {
      const { id, status } = one.run
      if (!endedStatuses.has(status) || this.#said.get(id) === status) continue
      this.#said.set(id, status)
      say(line(one, sweep))
    }
  }
}
