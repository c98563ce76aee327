/** How one run looks in the sidebar: icon, name, description. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { isCollapsed } from '../../protocol/collapse.ts'
import { runColor } from '../../protocol/runColor.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import { headlineMetric, scoreOf } from '../../protocol/runOrder.ts'
import { count, metricName, statusName } from '../../protocol/words.ts'

/**
 * @param metric stands beside the run
 * @param best of its experiment, which it is compared with
 * @param isChecked whether it is compared: then it shows its colour
 * @param apart what tells it from others that are called the same
 */
export function runItem(
  run: RunRow,
  metric: string,
  best: number | undefined,
  isChecked: boolean,
  apart: string,
): vscode.TreeItem {
  const item = new vscode.TreeItem(run.name, vscode.TreeItemCollapsibleState.None)
  item.id = `run:${run.id}`
  item.iconPath = runIcon(run, isChecked)
  const description = [
    run.star ? '★' : '',
    apart === '' ? '' : `${apart} ·`,
    runDescription(run, metric, best),
    ...run.tags.map(tag => `#${tag}`),
  ]
    .filter(text => text !== '')
    .join(' ')
  item.description = description
  item.contextValue = [
    'run',
    run.status,
    run.star ? 'starred' : '',
    run.archived ? 'archived' : '',
    ...runAbilities(run),
  ].join(' ')
  item.command = { command: 'tripletLab.openPanel', title: l10n.t('Open Live Panel'), arguments: [run.id] }
  item.accessibilityInformation = { label: `${run.name}, ${statusName(run.status)}, ${description}` }
  return item
}

/** What the state allows; read by the `when` clauses of the menus. */
export function runAbilities(run: RunRow): string[] {
  if (endedStatuses.has(run.status)) return run.status === 'stopped' ? ['canResume'] : []
  const abilities = run.status === 'queued' ? ['canStop', 'canWait'] : ['canStop']
  abilities.push(run.status === 'paused' || run.wish === 'pause' ? 'canResume' : 'canPause')
  return abilities
}

function runIcon(run: RunRow, isChecked: boolean): vscode.ThemeIcon {
  const own = isChecked ? `tripletLab.${runColor(run.id)}` : undefined
  const icon = (id: string, stateColor?: string) => {
    const color = own ?? stateColor
    return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color))
  }
  switch (run.status) {
    case 'queued':
      return icon('clock')
    case 'running':
      return icon('sync~spin', 'charts.blue')
    case 'paused':
      return icon('debug-pause', 'charts.yellow')
    case 'interrupted':
      return icon('debug-disconnect', 'charts.orange')
    case 'done':
      return isCollapsed(run) ? icon('warning', 'list.warningForeground') : icon('pass', 'charts.green')
    case 'stopped':
      return icon('circle-slash')
    case 'failed':
      return icon('error', 'errorForeground')
    case 'diverged':
      return icon('warning', 'list.warningForeground')
    default:
      return assertNever(run.status)
  }
}

/** One line, what matters first, as it may be cut: a score, the progress of one that runs, the reason of one that failed. */
export function runDescription(run: RunRow, metric = headlineMetric, best?: number): string {
  const score = scoreText(run, metric, best)
  switch (run.status) {
    case 'queued':
      return l10n.t('waiting for its turn')
    case 'running':
      return [progressText(run), score].filter(text => text !== '').join(' · ')
    case 'paused':
    case 'interrupted':
      return [statusName(run.status), progressText(run), score].filter(text => text !== '').join(' · ')
    case 'done':
      if (isCollapsed(run)) return [l10n.t('collapsed'), score].filter(text => text !== '').join(' · ')
      return score === '' ? l10n.t('done') : score
    case 'stopped':
      return [score, l10n.t('stopped at step {0}', count(run.step))].filter(text => text !== '').join(' · ')
    case 'failed':
    case 'diverged':
      return run.message ?? statusName(run.status)
    default:
      return assertNever(run.status)
  }
}

/** The score, and how far it is from the best of its experiment. */
export function scoreText(run: RunRow, metric = headlineMetric, best?: number): string {
  const score = scoreOf(run, metric)
  if (score === undefined) return ''
  const text = `${metricName(metric)} ${score.toFixed(2)}`
  if (best === undefined) return text
  const difference = score - best
  if (Math.abs(difference) < 0.005) return text
  return `${text}  ${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(2)}`
}

export function progressText(run: RunRow): string {
  const done = run.steps > 0 ? Math.floor((100 * run.step) / run.steps) : 0
  return l10n.t('epoch {0}/{1} · {2} %', Math.min(run.epoch, run.epochs), run.epochs, done)
}
