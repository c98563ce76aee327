/** The line above an experiment: start it, look at it, the best so far. */
import * as l10n from '@vscode/l10n'
import type { CodeLens } from 'vscode-languageserver-types'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { metricValue, metricName } from '../../protocol/words.ts'
import { countRuns } from '../experiment/countRuns.ts'
import { bestOf, targetOf } from './bestRun.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'

/** Commands. The client provides the first two; arguments: the file's URI; a run's id. */
export const commands = {
  start: 'tripletLab.startTraining',
  openPanel: 'tripletLab.openPanel',
  /** Done by the server itself: writes a value in place of its sweep. Arguments: the file's URI, the axis's path, the value. */
  useValue: 'tripletLab.useValue',
} as const

export function codeLenses(document: ExperimentDocument, context: LanguageContext): CodeLens[] {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
  const lenses: CodeLens[] = []
  const add = (title: string, command: string, argument: unknown) =>
    lenses.push({ range, command: { title, command, arguments: [argument] } })

  const { axes } = document.inspection
  const runs = countRuns(document.tree, axes)
  const start =
    axes.length === 0
      ? l10n.t('Start Triplet Training')
      : Number.isFinite(runs)
        ? l10n.t('Start sweep ({0} runs)', runs)
        : l10n.t('Start sweep')
  add(`$(play) ${start}`, commands.start, document.text.uri)

  const newest = context.runs.find(run => !endedStatuses.has(run.status)) ?? context.runs.at(0)
  if (newest !== undefined) add(`$(graph-line) ${l10n.t('live panel')}`, commands.openPanel, newest.id)

  const target = targetOf(document.tree)
  const best = bestOf(context.runs, target)
  if (best !== null)
    add(
      `$(star-full) ${l10n.t('best so far: {0} {1}, {2}', metricName(target.metric), metricValue(target.metric, best.value), best.run.name)}`,
      commands.openPanel,
      best.run.id,
    )
  return lenses
}
