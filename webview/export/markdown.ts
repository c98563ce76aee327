/** A run as a Markdown table, to be pasted into notes, an issue or a paper's draft. */
import * as l10n from '@vscode/l10n'
import { type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import { count, metricName, metricValue, statusName } from '../../protocol/words.ts'

export function runMarkdown(run: RunRow): string {
  const { spec } = run
  const rows: [string, string][] = [
    [l10n.t('state'), statusName(run.status)],
    [l10n.t('dataset'), spec.dataset.kind],
    [l10n.t('model'), `${spec.model.architecture}, ${spec.model.embeddingSize}`],
    [l10n.t('miner'), spec.mining.strategy],
    [l10n.t('margin α'), `${spec.loss.margin} (${spec.loss.distance})`],
    [l10n.t('batch'), `${spec.batch.classes} × ${spec.batch.samplesPerClass}`],
    [l10n.t('optimizer'), `${spec.optimizer.name}, ${spec.optimizer.learningRate}`],
    [l10n.t('seed'), String(spec.seed)],
    [l10n.t('epochs'), `${run.epoch} / ${run.epochs}`],
    [l10n.t('engine'), run.engine ?? '–'],
    ...Object.entries(run.summaries)
      .filter(([metric]) => metric === 'loss' || metric.startsWith('test/'))
      .map(([metric, summary]): [string, string] => [metricName(metric), metricValue(metric, summary.last)]),
  ]
  const lines = rows.map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`)
  return [`**${cell(run.name)}** (${cell(run.experiment)})`, '', '| | |', '|---|---|', ...lines, ''].join('\n')
}

/** What a chart shows, in numbers: the last, the smallest and the largest value of each metric. */
export function summaryMarkdown(title: string, run: RunRow, metrics: readonly string[]): string {
  const at = (metric: string, value: number, step: number) =>
    `${metricValue(metric, value)} (${l10n.t('step {0}', count(step))})`
  const rows = metrics.flatMap(metric => {
    const summary = summaryOf(run, metric)
    if (summary === undefined) return []
    const { last, min, minStep, max, maxStep } = summary
    return [[metricName(metric), metricValue(metric, last), at(metric, min, minStep), at(metric, max, maxStep)]]
  })
  const head = [l10n.t('metric'), l10n.t('last'), l10n.t('smallest'), l10n.t('largest')]
  return markdownTable(`**${cell(title)}** (${cell(run.name)})`, head, rows)
}

export function markdownTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (row: readonly (string | number)[]) => `| ${row.map(one => cell(String(one))).join(' | ')} |`
  return [title, '', line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line), ''].join('\n')
}

/** Text that stays inside its cell and is not markup. */
export function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ')
}
