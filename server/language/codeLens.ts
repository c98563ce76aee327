/** The line above an experiment: start it, look at it, the best so far. */
import * as l10n from '@vscode/l10n'
import type { CodeLens } from 'vscode-languageserver-types'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { duration, metricName, metricValue } from '../../protocol/words.ts'
import { countRuns } from '../experiment/countRuns.ts'
import { nameOfAssignment } from '../experiment/runName.ts'
import { bestOf, targetOf } from './bestRun.ts'
import { editsToRun } from './applyRun.ts'
import { axisLenses } from './axisLenses.ts'
import { commands } from './commands.ts'
import type { LanguageContext } from './context.ts'
import type { ExperimentDocument } from './document.ts'
import { estimateDuration, factsOf, type Facts } from './facts.ts'
import { bestValues } from './results.ts'
import { sweepLenses } from './sweepLenses.ts'

export function codeLenses(document: ExperimentDocument, context: LanguageContext): CodeLens[] {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
  const lenses: CodeLens[] = []
  const add = (title: string, command: string, ...args: unknown[]) =>
    lenses.push({ range, command: { title, command, arguments: args } })

  const { axes } = document.inspection
  const runs = countRuns(document.tree, axes)
  const sweep = context.panels === false ? 'none' : sweepLenses(document, context, add)
  const single = axes.length === 0 ? [{ single: true }] : []
  if (sweep !== 'running') add(`$(play) ${startTitle(axes.length, runs)}`, commands.start, document.text.uri, ...single)

  const facts = factsOf(document, context)
  const engine = engineOf(facts, context)
  if (facts !== null && engine !== null) {
    const time = estimateDuration(facts, context)
    const about =
      time === null || !Number.isFinite(runs) ? '' : ` · ${l10n.t('about {0}', duration(Math.max(1_000, time * runs)))}`
    lenses.push({ range, command: { title: `$(zap) ${engine}${about}`, command: '' } })
  }

  const newest = context.runs.find(run => !endedStatuses.has(run.status)) ?? context.runs.at(0)
  if (newest !== undefined && context.panels !== false)
    add(`$(graph-line) ${l10n.t('live panel')}`, commands.openPanel, newest.id)

  const target = targetOf(document.tree)
  const best = bestOf(context.runs, target)
  if (best !== null)
    add(
      `$(star-full) ${l10n.t('best so far: {0} {1}, {2}', metricName(target.metric), metricValue(target.metric, best.value), best.run.name)}`,
      context.panels === false ? '' : commands.openPanel,
      best.run.id,
    )
  if (best !== null && editsToRun(document, context, best.run.spec) !== null)
    add(`$(check) ${l10n.t('use its settings')}`, commands.useRun, document.text.uri, best.run.id)
  const values = bestValues(document, context)
  if (values !== null)
    add(`$(check) ${l10n.t('use {0}', nameOfAssignment(values, axes))}`, commands.useValues, document.text.uri, values)
  return [...lenses, ...axisLenses(document, context, facts)]
}

function startTitle(axes: number, runs: number): string {
  if (axes === 0) return l10n.t('Start Triplet Training')
  return Number.isFinite(runs) ? l10n.t('Start sweep ({0} runs)', runs) : l10n.t('Start sweep')
}

/** What the file names, what the newest run has used, or what would be taken here. */
export function engineOf(facts: Facts | null, { runs, engine }: LanguageContext): string | null {
  if (facts === null) return null
  if (facts.spec.engine !== 'auto') return facts.spec.engine
  return runs.find(run => run.engine !== null)?.engine ?? engine ?? null
}
