/** A run as a Markdown table, to be pasted into notes, an issue or a paper's draft. */
import * as l10n from '@vscode/l10n'
import type { RunRow } from '../../protocol/runEvent.ts'
import { metricName, metricValue, statusName } from '../../protocol/words.ts'

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

/** Text that stays inside its cell and is not markup. */
export function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, '\\$&').replace(/\s+/g, ' ')
}
