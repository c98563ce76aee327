/** A sweep at a terminal: a table that stays in its place, a line for each run that ends where there is no terminal. */
import * as l10n from '@vscode/l10n'
import { setTimeout as sleep } from 'node:timers/promises'
import { endedStatuses, summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import { metricName, metricValue } from '../../protocol/words.ts'
import { ensureTrainingServer } from '../launch.ts'
import type { Store } from '../store/store.ts'
import type { SweepPlan } from '../sweeps/plan.ts'
import { requestSweepWish } from '../sweeps/wish.ts'
import { say } from './output.ts'

const pollInterval = 150
/** A training server may be killed; whoever waits for a sweep sees to it that there is another. */
const serverCheckInterval = 2_000
const rowsShown = 15

/** Returns when the sweep has ended, or when Ctrl-C was pressed twice. */
export async function followSweep(store: Store, sweepId: number, plan: SweepPlan): Promise<void> {
  const display = process.stderr.isTTY ? new Table(plan) : new Lines(plan)
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
      const { status } = store.sweep(sweepId) ?? { status: 'stopped' }
      const runs = store.runs({ sweepId, metrics: [plan.metric] })
      display.show(runs)
      if (status !== 'running' && runs.every(run => endedStatuses.has(run.status))) return
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

/** The run's best value; `undefined` before its first. */
export function bestIn(run: RunRow, { metric, goal }: SweepPlan): number | undefined {
  const summary = summaryOf(run, metric)
  return summary && (goal === 'maximize' ? summary.max : summary.min)
}

/** Best first; runs without a value come last, in the order of their numbers. */
export function ranked(runs: readonly RunRow[], plan: SweepPlan): RunRow[] {
  const sign = plan.goal === 'maximize' ? -1 : 1
  const key = (run: RunRow) => sign * (bestIn(run, plan) ?? sign * Infinity)
  return runs.toSorted((a, b) => (key(a) === key(b) ? a.id - b.id : key(a) - key(b)))
}

function line(run: RunRow, plan: SweepPlan): string {
  const best = bestIn(run, plan)
  const value = best === undefined ? '' : metricValue(plan.metric, best)
  return [
    String(run.id).padStart(5),
    run.status.padEnd(11),
    `${run.epoch}/${run.epochs}`.padEnd(9),
    value.padEnd(8),
    run.name,
  ].join('  ')
}

class Table {
  readonly #plan: SweepPlan
  #lines = 0
  #shown = ''

  constructor(plan: SweepPlan) {
    this.#plan = plan
  }

  show(runs: readonly RunRow[]): void {
    const plan = this.#plan
    const ended = runs.filter(run => endedStatuses.has(run.status)).length
    const working = runs.filter(run => run.status === 'running')
    const rows = [
      ...working,
      ...ranked(
        runs.filter(run => endedStatuses.has(run.status)),
        plan,
      ),
    ].slice(0, rowsShown)
    const title = l10n.t(
      '{0} of {1} runs ended, by {2}',
      ended,
      Math.max(runs.length, plan.runCap ?? 0),
      metricName(plan.metric),
    )
    const width = Math.max(40, (process.stderr.columns || 80) - 1)
    const text = [title, ...rows.map(run => line(run, plan))].map(one => one.slice(0, width)).join('\n')
    if (text === this.#shown) return
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A\r\u001b[J` : ''
    process.stderr.write(`${up}${text}\n`)
    this.#lines = rows.length + 1
    this.#shown = text
  }
}

class Lines {
  readonly #plan: SweepPlan
  readonly #said = new Map<number, string>()

  constructor(plan: SweepPlan) {
    this.#plan = plan
  }

  show(runs: readonly RunRow[]): void {
    for (const run of runs.toReversed()) {
      if (!endedStatuses.has(run.status) || this.#said.get(run.id) === run.status) continue
      this.#said.set(run.id, run.status)
      say(line(run, this.#plan))
    }
  }
}
