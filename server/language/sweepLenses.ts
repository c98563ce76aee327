/** The sweep of a file, as long as it runs: how far it is, what it has found, and how it is paused, changed and stopped. */
import * as l10n from '@vscode/l10n'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import type { SweepInfo } from '../../protocol/sweeps.ts'
import { duration, metricValue } from '../../protocol/words.ts'
import { settingsOf } from '../sweeps/plan.ts'
import { bestOf } from './bestRun.ts'
import { commands } from './commands.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { matcherOf } from './results.ts'

/** @returns whether a sweep runs that is just what the file asks for: then there is nothing to start */
export function sweepLenses(
  document: ExperimentDocument,
  context: LanguageContext,
  add: (title: string, command: string, ...args: unknown[]) => void,
): 'running' | 'none' {
  const newest = context.sweep?.() ?? null
  if (newest === null) return 'none'
  const { sweep, settings } = newest
  const runs = context.runs.filter(run => run.sweepId === sweep.id)
  const isRunning = sweep.status === 'running'
  const isSame = settings === settingsOf(document.tree)
  if (isRunning) {
    const paused = sweep.wish === 'pause'
    add(`$(${paused ? 'debug-pause' : 'sync~spin'}) ${progressOf(sweep, runs)}`, commands.openSweep, sweep.id)
    if (paused) add(`$(debug-continue) ${l10n.t('resume')}`, commands.resumeSweep, sweep.id)
    else add(`$(debug-pause) ${l10n.t('pause')}`, commands.pauseSweep, sweep.id)
    add(`$(debug-stop) ${l10n.t('stop')}`, commands.stopSweep, sweep.id)
  } else add(`$(list-tree) ${l10n.t('sweep: {0} runs', runs.length)}`, commands.openSweep, sweep.id)
  if (!isSame && isChangeOf(document, context, runs))
    add(
      `$(git-compare) ${l10n.t('apply these changes to the sweep')}`,
      commands.changeSweep,
      document.text.uri,
      sweep.id,
    )
  return isRunning && isSame ? 'running' : 'none'
}

function progressOf(sweep: Omit<SweepInfo, 'axes'>, runs: readonly RunRow[]): string {
  const ended = runs.filter(run => endedStatuses.has(run.status))
  const all = Math.max(runs.length, sweep.method === 'bayes' ? (sweep.runCap ?? 0) : 0)
  const best = bestOf(runs, { metric: sweep.metric, goal: sweep.goal })
  const left = timeLeft(runs, ended, all)
  return [
    l10n.t('sweep {0}/{1}', ended.length, all),
    ...(best === null ? [] : [l10n.t('best {0}', metricValue(sweep.metric, best.value))]),
    ...(left === null || sweep.wish === 'pause' ? [] : [l10n.t('about {0} left', duration(left))]),
  ].join(' · ')
}

/** From what the runs took that have ended; `null` before the first. */
function timeLeft(runs: readonly RunRow[], ended: readonly RunRow[], all: number): number | null {
  const took = ended.flatMap(run => (run.started === null || run.ended === null ? [] : [run.ended - run.started]))
  if (took.length === 0) return null
  const atOnce = Math.max(1, runs.filter(run => run.status === 'running').length)
  const mean = took.reduce((sum, one) => sum + one, 0) / took.length
  return (mean * (all - ended.length)) / atOnce
}

/** Whether the file still asks for some of the sweep's runs. */
function isChangeOf(document: ExperimentDocument, context: LanguageContext, runs: readonly RunRow[]): boolean {
  if (document.inspection.axes.length === 0) return false
  const matcher = matcherOf(document, context)
  return runs.some(run => matcher.match(run.spec) !== null)
}
