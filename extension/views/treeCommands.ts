/** Commands of the sidebar: filter, order, choose the metric; and what is done with the lines that are selected. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { annotateRuns, startTraining } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { parseQuery } from '../../protocol/runQuery.ts'
import { metricName } from '../../protocol/words.ts'
import type { Client } from '../client.ts'
import { runsOf } from '../commands/arguments.ts'
import { archive, note, remove, rename, tag } from '../commands/runActions.ts'
import { diffSpecs, showSpec } from '../commands/specDocuments.ts'
import { useSettings } from '../commands/useSettings.ts'
import { runsTable } from '../commands/runsTable.ts'
import { experimentUri } from '../experiments.ts'
import { askMoreEpochs, copyText, saveFile } from '../panels/panelWishes.ts'
import type { Runs } from '../runs.ts'
import type { Node, RunsTree } from './runsTree.ts'
import { RunOrder, type TreeSettings } from './treeSettings.ts'

type Register = (id: string, run: (argument: unknown, selection?: unknown) => unknown) => vscode.Disposable

export interface TreeParts {
  readonly client: Client
  readonly runs: Runs
  readonly tree: RunsTree
  readonly view: vscode.TreeView<Node>
  readonly settings: TreeSettings
  /** The run of the panel in front: the one meant where no line is. */
  readonly activeRun: () => number | undefined
  /** Shows several runs in one panel. */
  readonly openTogether: (runIds: readonly number[]) => void
}

export function treeCommands(command: Register, parts: TreeParts): vscode.Disposable[] {
  const { client, runs, tree, view, settings } = parts
  /** The lines selected when one of them was clicked, else the one that was clicked, else the selection. */
  const chosen = (argument: unknown, selection: unknown): RunRow[] => {
    const ids = runsOf(argument, selection) ?? runsOf(undefined, view.selection) ?? [parts.activeRun() ?? -1]
    return ids.flatMap(id => runs.get(id) ?? [])
  }
  const onOne = (act: (run: RunRow) => Promise<void>) => async (argument: unknown, selection?: unknown) => {
    const run = chosen(argument, selection).at(0)
    if (run === undefined) void vscode.window.showInformationMessage(l10n.t('Select a run in the sidebar first.'))
    else await act(run)
  }
  const onMany = (act: (runs: RunRow[]) => Promise<void>) => async (argument: unknown, selection?: unknown) => {
    const found = chosen(argument, selection)
    if (found.length === 0) void vscode.window.showInformationMessage(l10n.t('Select a run in the sidebar first.'))
    else await act(found)
  }
  const star = (isStarred: boolean) =>
    onMany(async found => {
      await client.request(annotateRuns, { runIds: found.map(run => run.id), star: isStarred })
    })
  return [
    command('filterRuns', () => filter(settings, tree)),
    command('clearFilter', () => settings.set({ query: '' })),
    command('sortRuns', () => chooseOrder(settings)),
    command('chooseMetric', () => chooseMetric(settings, runs)),
    command('showArchived', () => settings.set({ showArchived: true })),
    command('hideArchived', () => settings.set({ showArchived: false })),
    command('showMoreRuns', node => {
      if (isMore(node)) tree.showMore(node)
    }),
    command('starRun', star(true)),
    command('unstarRun', star(false)),
    command(
      'renameRun',
      onOne(run => rename(client, run)),
    ),
    command(
      'noteRun',
      onOne(run => note(client, run)),
    ),
    command(
      'tagRun',
      onMany(found => tag(client, found, [...new Set(runs.all().flatMap(run => run.tags))].sort())),
    ),
    command(
      'archiveRun',
      onMany(found => archive(client, found, true)),
    ),
    command(
      'unarchiveRun',
      onMany(found => archive(client, found, false)),
    ),
    command(
      'deleteRun',
      onMany(found => remove(client, tree, found)),
    ),
    command(
      'moreEpochs',
      onOne(run => askMoreEpochs(client, run)),
    ),
    command('showSpec', onOne(showSpec)),
    command('useSettings', onOne(useSettings)),
    command(
      'startAgain',
      onOne(async run => {
        const uri = experimentUri(run.experiment)
        if (uri !== undefined) await client.request(startTraining, { uri: uri.toString() })
      }),
    ),
    command(
      'diffRuns',
      onMany(async found => {
        const pair = found.length >= 2 ? found : settings.checked.flatMap(id => runs.get(id) ?? [])
        if (pair.length >= 2) await diffSpecs(pair[0], pair[1])
        else void vscode.window.showInformationMessage(l10n.t('Select or check two runs first.'))
      }),
    ),
    command('openTogether', (argument: unknown, selection?: unknown) => {
      const below = runsBelow(argument, runs)
      const found = below.length > 0 ? below : chosen(argument, selection)
      const together = found.length >= 2 ? found : settings.checked.flatMap(id => runs.get(id) ?? [])
      if (together.length >= 2) parts.openTogether(together.map(run => run.id))
      else void vscode.window.showInformationMessage(l10n.t('Select or check two runs or more first.'))
    }),
    command(
      'copyRuns',
      onMany(found => copyText(runsTable(found, 'markdown'))),
    ),
    command(
      'copyRunsLatex',
      onMany(found => copyText(runsTable(found, 'latex'))),
    ),
    command('exportRuns', async () => {
      const content = runsTable(tree.visible(), 'csv')
      await saveFile({ name: 'runs.csv', encoding: 'text', content })
    }),
  ]
}

/** The runs of an experiment's or a sweep's line, newest first; none for other lines. */
function runsBelow(node: unknown, runs: Runs): RunRow[] {
  if (typeof node !== 'object' || node === null || !('kind' in node)) return []
  if (node.kind === 'experiment' && 'path' in node)
    return runs.all().filter(run => run.experiment === node.path && !run.archived)
  if (node.kind === 'sweep' && 'id' in node && 'experiment' in node)
    return runs.all().filter(run => run.sweepId === node.id && run.experiment === node.experiment)
  return []
}

function isMore(node: unknown): node is Extract<Node, { kind: 'more' }> {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'more'
}

/** Filters while one types; Escape brings the old filter back. */
async function filter(settings: TreeSettings, tree: RunsTree): Promise<void> {
  const before = settings.query
  const input = vscode.window.createInputBox()
  input.title = l10n.t('Filter runs')
  input.placeholder = 'miner:semi-hard margin>0.1 R@1>0.8 tag:paper'
  input.prompt = l10n.t(
    'Settings, metrics, status:…, tag:…, star:yes, or words of the name. A minus turns a term round.',
  )
  input.value = before
  const answer = await new Promise<string>(resolve => {
    input.onDidChangeValue(value => {
      const parsed = parseQuery(value)
      input.validationMessage = parsed.kind === 'wrong' ? l10n.t('"{0}" is not understood.', parsed.term) : undefined
      if (parsed.kind !== 'ok') return
      settings.set({ query: value })
      input.title = l10n.t('Filter runs: {0} found', tree.visible().length)
    })
    input.onDidAccept(() => resolve(parseQuery(input.value).kind === 'ok' ? input.value : before))
    input.onDidHide(() => resolve(before))
    input.show()
  })
  input.dispose()
  settings.set({ query: answer.trim() })
}

async function chooseOrder(settings: TreeSettings): Promise<void> {
  const names: Record<RunOrder, string> = {
    newest: l10n.t('Newest first'),
    name: l10n.t('By name'),
    metric: l10n.t('By {0}', metricName(settings.metric)),
    duration: l10n.t('By duration'),
  }
  const items = RunOrder.options.map(order => ({ label: names[order], picked: order === settings.order, order }))
  const picked = await vscode.window.showQuickPick(items, { title: l10n.t('Order of runs') })
  if (picked !== undefined) settings.set({ order: picked.order })
}

async function chooseMetric(settings: TreeSettings, runs: Runs): Promise<void> {
  const known = new Set(runs.all().flatMap(run => Object.keys(run.summaries)))
  const shown = [...known].filter(metric => metric === 'loss' || metric.startsWith('test/')).sort()
  const items = shown.map(metric => ({ label: metricName(metric), description: metric, metric }))
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Which metric should stand beside each run?'),
  })
  if (picked !== undefined) settings.set({ metric: picked.metric })
}
