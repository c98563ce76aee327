/** `triplet-lab sweep`, `sweeps`, `first` and `slots`, and the wishes about a sweep as a whole. */
import * as l10n from '@vscode/l10n'
import { metricName, metricValue } from '../../protocol/words.ts'
import { ensureTrainingServer } from '../launch.ts'
import { applyChange } from '../sweeps/applyChange.ts'
import { describeSweep } from '../sweeps/describe.ts'
import { runSweepFirst } from '../sweeps/first.ts'
import { requestSweepWish } from '../sweeps/wish.ts'
import { hasErrors, readExperiment, sayProblems } from './experimentFile.ts'
import { exitDone, exitFailed, exitWrongInput, fail, printJson, say, withStore, type CommonOptions } from './output.ts'
import { followSweep, progressLine, rankedTrials } from './sweep.ts'
import { reportSweep } from './sweepReport.ts'
import { experimentOf, train, type TrainOptions } from './train.ts'

export interface SweepOptions extends TrainOptions {
  readonly continue?: true
}

/** `triplet-lab sweep FILE`: as `train`, for a file that gives several values somewhere. */
export async function sweep(file: string, options: SweepOptions): Promise<void> {
  const checked = await readExperiment(file)
  if (!checked) return
  if (!hasErrors(checked.problems) && checked.sweep === null) {
    const message = l10n.t('{0} sweeps nothing: write "margin": { "values": [0.1, 0.2, 0.5] }, for instance.', file)
    fail(exitWrongInput, message)
    return
  }
  if (!options.continue) return train(file, options)
  sayProblems(file, checked.problems)
  const { runs, tree, sweep: plan } = checked
  if (plan === null) {
    process.exitCode = exitWrongInput
    return
  }
  await withStore(options.store, false, async store => {
    const experiment = experimentOf(store, file)
    const newest = store
      .sweeps(true)
      .filter(one => one.experiment === experiment)
      .sort((a, b) => b.id - a.id)
      .at(0)
    if (newest === undefined) {
      fail(exitWrongInput, l10n.t('This file has no sweep yet. Start one first.'))
      return
    }
    const change = applyChange(store, newest.id, tree, { specs: runs, sweep: plan })
    if (change.kind !== 'changed') {
      const why = l10n.t(
        'More than the axes has changed: the file asks for none of the runs of this sweep. Start a new one.',
      )
      fail(exitWrongInput, why)
      return
    }
    const { kept, added, dropped } = change
    say(l10n.t('The sweep goes on: {0} runs kept, {1} added, {2} taken out of the queue.', kept, added, dropped))
    if (requestSweepWish(store, newest.id, 'run') && !(await launched(store))) return
    if (!options.detach) await followSweep(store, newest.id)
    reportSweep(store, newest.id, options)
  })
}

/** `triplet-lab sweeps`: newest first. */
export async function listSweeps(options: CommonOptions): Promise<void> {
  await withStore(options.store, false, store => {
    const described = store
      .sweeps(true)
      .sort((a, b) => b.id - a.id)
      .flatMap(({ id }) => describeSweep(store, id) ?? [])
    if (options.json) {
      printJson({ store: store.dir, sweeps: described.map(({ sweep: one, trials }) => ({ ...one, trials })) })
      return
    }
    for (const one of described) {
      const trials = rankedTrials(store, one)
      const { id, experiment, status, metric, ended } = one.sweep
      const best = trials.at(0)?.best ?? null
      const parts = [
        String(id).padStart(4),
        status,
        progressLine(one.sweep, trials, ended ?? Date.now()),
        ...(best === null ? [] : [`${metricName(metric)} ${metricValue(metric, best)}`]),
        experiment,
      ]
      process.stdout.write(`${parts.join('  ')}\n`)
    }
  })
}

/** `triplet-lab stop|pause|resume --sweep SWEEP`. */
export async function wishSweep(
  sweepId: number,
  wish: 'run' | 'pause' | 'stop',
  options: CommonOptions,
): Promise<void> {
  await withStore(options.store, false, async store => {
    if (!requestSweepWish(store, sweepId, wish)) {
      fail(exitWrongInput, l10n.t('There is no sweep {0}. triplet-lab sweeps lists them.', sweepId))
      return
    }
    if (!(await launched(store))) return
    const row = store.sweep(sweepId)
    if (options.json) printJson({ id: sweepId, status: row?.status ?? null, wish: row?.wish ?? null })
    else say(said(sweepId, wish))
  })
}

function said(sweepId: number, wish: 'run' | 'pause' | 'stop'): string {
  switch (wish) {
    case 'run':
      return l10n.t('Sweep {0} goes on.', sweepId)
    case 'pause':
      return l10n.t('Sweep {0} pauses: its runs keep their places.', sweepId)
    case 'stop':
      return l10n.t('Sweep {0} stops. It can be resumed.', sweepId)
  }
}

/** `triplet-lab first RUN`, or `first --sweep SWEEP`. */
export async function first(id: number, options: CommonOptions & { readonly sweep?: true }): Promise<void> {
  await withStore(options.store, false, store => {
    if (options.sweep ? store.sweep(id) === null : store.run(id) === null) {
      const message = options.sweep
        ? l10n.t('There is no sweep {0}. triplet-lab sweeps lists them.', id)
        : l10n.t('There is no run {0}. triplet-lab runs lists them.', id)
      fail(exitWrongInput, message)
      return
    }
    if (options.sweep) runSweepFirst(store, id)
    else store.setPriority(id, store.highestPriority() + 1)
    const priority = options.sweep ? store.sweep(id)?.priority : store.priority(id)
    if (options.json) printJson({ id, priority: priority ?? 0 })
    else say(l10n.t('It is trained next.'))
  })
}

/** `triplet-lab slots [N]`: how many runs train at the same time; it may be changed while they do. */
export async function slots(wanted: number | 'auto' | undefined, options: CommonOptions): Promise<void> {
  await withStore(options.store, wanted !== undefined, store => {
    if (wanted !== undefined) store.setSlots(wanted === 'auto' ? null : wanted)
    const now = store.slots()
    if (options.json) printJson({ slots: now })
    else
      say(
        now === null
          ? l10n.t('As many runs train at the same time as suit this machine.')
          : l10n.t('{0} runs train at the same time.', now),
      )
    process.exitCode = exitDone
  })
}

async function launched(store: Parameters<typeof ensureTrainingServer>[0]): Promise<boolean> {
  const answer = await ensureTrainingServer(store)
  if (answer.kind === 'refused') fail(exitFailed, answer.message)
  return answer.kind !== 'refused'
}
