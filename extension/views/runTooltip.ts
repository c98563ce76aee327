/** What a run's line says when one points at it: its curve, settings, result, engine, time and notes. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { type RunRow, type Series, summaryOf } from '../../protocol/runEvent.ts'
import { scoreOf } from '../../protocol/runOrder.ts'
import { duration, metricName, metricValue, statusName } from '../../protocol/words.ts'
import { spark } from './spark.ts'

/** Points that the curve is read with: two for each of the spark line's bars. */
export const sparkPoints = 48

const results = ['test/recallAt1', 'test/mapAtR', 'loss']

/** @param run with all its summaries */
export function runTooltip(run: RunRow, curve: Series | undefined): vscode.MarkdownString {
  const text = new vscode.MarkdownString()
  text.supportThemeIcons = true
  const escape = (value: string) => value.replace(/[\\`*_{}[\]()#+\-.!|<>~$]/g, '\\$&').replace(/\s+/g, ' ')
  text.appendMarkdown(`**${escape(run.name)}** · ${escape(run.experiment)} · ${statusName(run.status)}\n\n`)
  if (run.message !== null) text.appendMarkdown(`${escape(run.message)}\n\n`)
  if (curve !== undefined && curve.values.length > 1)
    text.appendMarkdown(`${escape(metricName(curve.metric))}  \`${spark(curve.values, sparkPoints / 2)}\`\n\n`)
  const { spec } = run
  const rows: [string, string][] = [
    [l10n.t('miner'), spec.mining.strategy],
    [l10n.t('margin α'), `${spec.loss.margin} (${spec.loss.distance})`],
    [l10n.t('batch'), `${spec.batch.classes} × ${spec.batch.samplesPerClass}`],
    [l10n.t('model'), `${spec.model.architecture}, ${spec.model.embeddingSize}`],
    [l10n.t('optimizer'), `${spec.optimizer.name}, ${spec.optimizer.learningRate}`],
    [l10n.t('seed'), String(spec.seed)],
  ]
  if (run.engine !== null) rows.push([l10n.t('engine'), run.engine])
  if (run.started !== null) rows.push([l10n.t('duration'), duration((run.ended ?? Date.now()) - run.started)])
  for (const id of results) {
    const score = scoreOf(run, id)
    const last = summaryOf(run, id)?.last
    if (score === undefined || last === undefined) continue
    const best = metricValue(id, score)
    rows.push([metricName(id), score === last ? best : l10n.t('{0} (last {1})', best, metricValue(id, last))])
  }
  if (run.tags.length > 0) rows.push([l10n.t('tags'), run.tags.map(tag => `#${tag}`).join(' ')])
  text.appendMarkdown('| | |\n|---|---|\n')
  for (const [name, value] of rows) text.appendMarkdown(`| ${escape(name)} | ${escape(value)} |\n`)
  if (run.notes.trim() !== '') text.appendMarkdown(`\n${escape(run.notes.slice(0, 600))}\n`)
  return text
}
