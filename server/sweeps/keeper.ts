/**
 * Keeps the sweeps of a store going: adds runs, stops those that fall behind, lets them go on, tries failed ones once
 * more, and sees the end. It remembers nothing that the store does not have: another one goes on where it was killed.
 */
import * as l10n from '@vscode/l10n'
import { endedStatuses, summaryOf, type RunRow } from '../../protocol/runEvent.ts'
import type { Report } from '../search/report.ts'
import type { Store } from '../store/store.ts'
import type { SweepRow, TrialRow } from '../store/sweeps.ts'
import { decide, type Candidate } from './earlyStop.ts'
import { planIn, type SweepPlan } from './plan.ts'
import { addTrials } from './start.ts'
import { nextRuns, type PastTrial } from './suggestRuns.ts'

/** When the first so many combinations all fail, the others would too. */
const hopeless = 3

interface Member {
  readonly trial: TrialRow
  readonly run: RunRow
}

export class SweepKeeper {
  readonly #store: Store
  /** Curves of runs, as long as nothing was added to them. */
  readonly #curves = new Map<number, { readonly lastStep: number; readonly reports: readonly Report[] }>()
  #seen = -1

  constructor(store: Store) {
    this.#store = store
  }

  /** One look at the sweeps; costs nothing when no run has changed since the last one. */
  tick(): void {
    const revision = this.#store.revision()
    if (revision === this.#seen) return
    this.#seen = revision
    for (const sweep of this.#store.sweeps()) this.#store.transaction(() => this.#keep(sweep))
  }

  /**
   * Suggests one more combination, for a slot that is free.
   * @returns whether one was queued
   */
  queueNext(): boolean {
    return this.#store.transaction(() =>
      this.#store.sweeps().some(sweep => {
        if (sweep.wish !== 'run') return false
        const plan = planIn(sweep)
        if (plan.method !== 'bayes') return false
        const members = this.#members(sweep.id)
        const runs = nextRuns(plan, this.#past(sweep, plan, members))
        if (runs === null) return false
        addTrials(this.#store, sweep.id, sweep.experiment, this.#nextNumber(sweep.id), runs)
        return true
      }),
    )
  }

  #keep(sweep: SweepRow): void {
    const plan = planIn(sweep)
    const members = this.#members(sweep.id)
    for (const { run, trial } of members) this.#tend(sweep, run, trial)
    if (this.#giveUp(sweep, members)) return
    const current = this.#members(sweep.id)
    const idle = current.every(({ run }) => endedStatuses.has(run.status))
    const exhausted = idle && (plan.method !== 'bayes' || nextRuns(plan, this.#past(sweep, plan, current)) === null)
    const moved = this.#terminateEarly(sweep, plan, current, exhausted)
    if (exhausted && !moved) this.#end(sweep, plan, current)
  }

  #end(sweep: SweepRow, plan: SweepPlan, members: readonly Member[]): void {
    const finished = members.filter(({ run }) => run.status === 'done')
    const isMeasured = members.some(({ run }) => summaryOf(run, plan.metric) !== undefined)
    const message = l10n.t('No run has reported {0}: there is nothing to compare. Choose another metric.', plan.metric)
    if (finished.length > 0 && !isMeasured) this.#store.setSweepStatus(sweep.id, 'failed', message)
    else this.#store.setSweepStatus(sweep.id, 'done')
  }

  #members(sweepId: number): Member[] {
    const runs = new Map(this.#store.runs({ sweepId }).map(run => [run.id, run]))
    return this.#store.trials(sweepId).flatMap(trial => {
      const run = runs.get(trial.runId)
      return run ? [{ trial, run }] : []
    })
  }

  #tend(sweep: SweepRow, run: RunRow, trial: TrialRow): void {
    const store = this.#store
    if (run.status === 'failed' && trial.retries === 0) {
      store.updateTrial(run.id, { retries: 1 })
      this.#putInLine(sweep, run.id)
      const message = l10n.t('Failed, and is tried once more: {0}', run.message ?? '')
      store.addEvent(run.id, { step: run.step, kind: 'warning', message })
    }
    if (trial.held === null || trial.released) return
    if (run.status === 'stopped') {
      if (run.message !== trial.held) store.setStatus(run.id, 'stopped', trial.held)
    } else if (run.wish === 'run' && !endedStatuses.has(run.status)) store.updateTrial(run.id, { released: true })
  }

  /** A combination whose runs lie in the trash was tried all the same: it is not tried again, and counts for the cap. */
  #past(sweep: SweepRow, plan: SweepPlan, members: readonly Member[]): PastTrial[] {
    const present = new Set(members.map(({ trial }) => trial.number))
    const gone = new Map<number, PastTrial>()
    for (const { number, assignment } of this.#store.trials(sweep.id))
      if (!present.has(number)) gone.set(number, { assignment, value: null })
    return [...pastOf(plan, members), ...gone.values()]
  }

  /** Runs in the trash keep theirs. */
  #nextNumber(sweepId: number): number {
    return 1 + this.#store.trials(sweepId).reduce((last, { number }) => Math.max(last, number), -1)
  }

  /** While the sweep is paused it waits there. */
  #putInLine({ wish }: SweepRow, runId: number): void {
    this.#store.requeue(runId)
    if (wish === 'pause') this.#store.setWish(runId, 'pause')
  }

  /** @returns whether the sweep has ended, since nothing of it works */
  #giveUp(sweep: SweepRow, members: readonly Member[]): boolean {
    const failed = members.filter(({ run, trial }) => run.status === 'failed' && trial.retries > 0)
    const others = members.some(({ run }) => run.status === 'done' || run.status === 'stopped' || run.step > 0)
    if (failed.length < hopeless || others) return false
    for (const { run } of members)
      if (!endedStatuses.has(run.status)) {
        this.#store.setWish(run.id, 'stop')
        if (run.status === 'queued') this.#store.setStatus(run.id, 'stopped')
      }
    const message = l10n.t('The first {0} runs all failed: {1}', failed.length, failed.at(0)?.run.message ?? '')
    this.#store.setSweepStatus(sweep.id, 'failed', message)
    return true
  }

  /** @returns whether a run goes on that had been stopped */
  #terminateEarly(sweep: SweepRow, plan: SweepPlan, members: readonly Member[], exhausted: boolean): boolean {
    const { earlyTerminate } = plan
    if (earlyTerminate === null) return false
    const candidates = members.map(({ run, trial }): Candidate => ({
      runId: run.id,
      number: trial.number,
      epochs: run.epochs,
      reports: this.#reports(plan, run),
      rung: trial.rung,
      state: stateOf(run, trial),
    }))
    let moved = false
    for (const decision of decide(earlyTerminate, candidates, exhausted)) {
      const { runId } = decision
      if (decision.kind === 'hold') {
        const { epoch, why } = decision
        const held =
          why === 'median'
            ? l10n.t('Stopped by the sweep at epoch {0}: worse than the median of the other runs.', epoch)
            : heldAtRung(earlyTerminate, epoch)
        this.#store.updateTrial(runId, { held })
        this.#store.setWish(runId, 'stop')
        continue
      }
      this.#store.updateTrial(runId, { rung: decision.rung, held: null })
      if (candidates.find(one => one.runId === runId)?.state !== 'held') continue
      this.#putInLine(sweep, runId)
      moved = true
    }
    return moved
  }

  /** The metric by epoch, lower is better; the untrained network's value does not count. */
  #reports(plan: SweepPlan, run: RunRow): readonly Report[] {
    const lastStep = summaryOf(run, plan.metric)?.lastStep ?? 0
    if (lastStep === 0 || run.steps === 0) return []
    const known = this.#curves.get(run.id)
    if (known?.lastStep === lastStep) return known.reports
    const curve = this.#store.series(run.id, { metrics: [plan.metric], fromStep: 1 }).at(0)
    const sign = plan.goal === 'maximize' ? -1 : 1
    const reports = (curve?.steps ?? []).map((step, i) => ({
      resource: Math.round((step / run.steps) * run.epochs * 1e6) / 1e6,
      value: sign * (curve?.values[i] ?? Infinity),
    }))
    this.#curves.set(run.id, { lastStep, reports })
    return reports
  }
}

function stateOf(run: RunRow, trial: TrialRow): Candidate['state'] {
  if (run.status === 'failed' || run.status === 'diverged') return 'dead'
  if (run.status === 'stopped') return trial.held === null || trial.released ? 'dead' : 'held'
  if (trial.released) return 'ended'
  // On its way to being stopped: it is neither to be stopped again nor to be queued again yet.
  return endedStatuses.has(run.status) || run.wish !== 'run' ? 'ended' : 'active'
}

/** A combination's value is the mean of its repeats' best, once all of them have ended. */
function pastOf(plan: SweepPlan, members: readonly Member[]): PastTrial[] {
  const byNumber = Map.groupBy(members, member => member.trial.number)
  return [...byNumber.values()].map(repeats => ({
    assignment: repeats[0].trial.assignment,
    value: repeats.some(({ run }) => !endedStatuses.has(run.status))
      ? null
      : repeats.reduce((sum, { run }) => sum + scoreOf(plan, run), 0) / repeats.length,
  }))
}

/** Lower is better; Infinity for a run that came to nothing. */
function scoreOf({ metric, goal }: SweepPlan, run: RunRow): number {
  const summary = summaryOf(run, metric)
  if (!summary || run.status === 'failed' || run.status === 'diverged') return Infinity
  return goal === 'maximize' ? -summary.max : summary.min
}

/** What is said of a run that waits at a rung. */
function heldAtRung({ eta, rank }: NonNullable<SweepPlan['earlyTerminate']>, epoch: number): string {
  if (rank === 'best')
    return l10n.t(
      'Stopped by the sweep at epoch {0}: not among the best 1 in {1} there. It goes on when it is.',
      epoch,
      eta,
    )
  return l10n.t(
    'Stopped by the sweep at epoch {0}: by its curve so far it will not be among the best 1 in {1}. It goes on when that changes.',
    epoch,
    eta,
  )
}
