/** Commands of the sidebar: filter, order, choose the metric; and what is done with the lines that are selected. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { annotateRuns, listMetrics } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { RunOrder } from '../../protocol/runOrder.ts'
import { parseQuery } from '../../protocol/runQuery.ts'
import { latexTable, markdownTable, type RunsTable, runsTable } from '../../protocol/runsTable.ts'
import { isMetricId } from '../../protocol/metrics.ts'
import { metricName } from '../../protocol/words.ts'
import type { Client } from '../client.ts'
import { pickAnyRun } from '../commands/controlRun.ts'
import { exportRuns, importRuns } from '../commands/exportRuns.ts'
import { fork } from '../commands/forkRun.ts'
import { archive, emptyTheTrash, group, note, remove, rename, restore, tag } from '../commands/runActions.ts'
import { diffSpecs, openAsItWas, showSpec } from '../commands/specDocuments.ts'
import { startAgain, startWithChanges } from '../commands/startRuns.ts'
import { useSettings } from '../commands/useSettings.ts'
import type { ComparePanel } from '../panels/comparePanel.ts'
import type { LivePanels } from '../panels/livePanels.ts'
import type { Register } from '../commands/register.ts'
import { askMoreEpochs, copyText } from '../panels/panelWishes.ts'
import type { Runs } from '../runs.ts'
import type { RunsTree } from './runsTree.ts'
import { type Node, nodeOf } from './treeModel.ts'
import type { TreeSettings } from './treeSettings.ts'
import { Typing } from './typing.ts'

export interface TreeParts {
  readonly client: Client
  readonly runs: Runs
  readonly tree: RunsTree
  readonly view: vscode.TreeView<Node>
  readonly settings: TreeSettings
  readonly panels: LivePanels
  readonly compare: ComparePanel
  /** Shows several runs in one panel. */
  readonly openTogether: (runIds: readonly number[]) => void
}

export function treeCommands(command: Register, parts: TreeParts): void {
  const { client, runs, tree, view, settings, panels, compare } = parts

  /**
   * The lines selected when one of them was clicked, else the one that was clicked, else the selection, else the run of the
   * panel in front. A line of a sweep, a group or an experiment stands for all of its runs.
   */
  const chosen = (argument: unknown, selection: unknown): RunRow[] => {
    const clicked = nodeOf(argument)
    const selected = Array.isArray(selection) ? selection.flatMap(one => nodeOf(one) ?? []) : []
    const isSelected = clicked !== undefined && selected.some(one => tree.isSame(one, clicked))
    const lines =
      clicked === undefined ? (selected.length > 0 ? selected : view.selection) : isSelected ? selected : [clicked]
    const ids = new Set(lines.flatMap(line => tree.runsOf(line)).map(run => run.id))
    if (ids.size === 0 && clicked === undefined) ids.add(panels.activeRun() ?? -1)
    return [...ids].flatMap(id => runs.get(id) ?? [])
  }
  const selectFirst = () => void vscode.window.showInformationMessage(l10n.t('Select a run in the sidebar first.'))
  const onOne = (act: (run: RunRow) => Promise<void>) => async (argument: unknown, selection?: unknown) => {
    const run = chosen(argument, selection).at(0)
    if (run === undefined) selectFirst()
    else await act(run)
  }
  const onMany = (act: (runs: RunRow[]) => Promise<void>) => async (argument: unknown, selection?: unknown) => {
    const found = chosen(argument, selection)
    if (found.length === 0) selectFirst()
    else await act(found)
  }
  const star = (isStarred: boolean) =>
    onMany(async found => {
      await client.request(annotateRuns, { runIds: found.map(run => run.id), star: isStarred })
    })
  const copy = (write: (table: RunsTable) => string) =>
    onMany(async found => copyText(write(runsTable(await runs.wholes(found.map(run => run.id))))))
  const known = (of: (run: RunRow) => readonly string[]) =>
    [...new Set(runs.all().flatMap(of))].filter(text => text !== '').sort()

  command('compareRuns', (argument, selection) => {
    const found = nodeOf(argument) === undefined ? [] : chosen(argument, selection)
    if (found.length > 1) settings.set({ checked: found.map(run => run.id) })
    compare.open()
  })
  command('uncheckRuns', () => settings.set({ checked: [] }))
  command('filterRuns', () => filter(client, settings, tree, runs))
  command('clearFilter', () => settings.set({ query: '' }))
  command('sortRuns', () => chooseOrder(settings))
  command('chooseMetric', () => chooseMetric(settings, client))
  command('showArchived', () => settings.set({ showArchived: true }))
  command('hideArchived', () => settings.set({ showArchived: false }))
  command('showMoreRuns', node => {
    if (isMore(node)) tree.showMore(node)
  })
  command('starRun', star(true))
  command('unstarRun', star(false))
  command(
    'renameRun',
    onOne(run => rename(client, run)),
  )
  command(
    'noteRun',
    onOne(run => note(client, runs, panels, run)),
  )
  command(
    'tagRun',
    onMany(found =>
      tag(
        client,
        found,
        known(run => run.tags),
      ),
    ),
  )
  command(
    'groupRuns',
    onMany(found =>
      group(
        client,
        found,
        known(run => [run.heading]),
      ),
    ),
  )
  command(
    'archiveRun',
    onMany(found => archive(client, found, true)),
  )
  command(
    'unarchiveRun',
    onMany(found => archive(client, found, false)),
  )
  command(
    'deleteRun',
    onMany(found => remove(client, found)),
  )
  command('restoreRuns', () => restore(client))
  command('emptyTrash', () => emptyTheTrash(client))
  command(
    'moreEpochs',
    onOne(run => askMoreEpochs(client, run)),
  )
  command('forkRun', async (argument, selection) => {
    const run = chosen(argument, selection).at(0) ?? runs.get((await pickAnyRun(runs)) ?? -1)
    if (run !== undefined) await fork(client, panels, run)
  })
  command('showSpec', onOne(showSpec))
  command('openAsItWas', onOne(openAsItWas))
  command(
    'useSettings',
    onOne(run => useSettings(client, run)),
  )
  command(
    'startAgain',
    onMany(found => startAgain(client, panels, found)),
  )
  command(
    'startWithChanges',
    onOne(run => startWithChanges(client, run)),
  )
  command('openTogether', (argument, selection) => {
    const found = chosen(argument, selection)
    const together = found.length >= 2 ? found : settings.checked.flatMap(id => runs.get(id) ?? [])
    if (together.length >= 2) parts.openTogether(together.map(run => run.id))
    else void vscode.window.showInformationMessage(l10n.t('Select or check two runs or more first.'))
  })
  command('diffRuns', async (argument, selection) => {
    const found = chosen(argument, selection)
    const pair = found.length >= 2 ? found : settings.checked.flatMap(id => runs.get(id) ?? [])
    if (pair.length >= 2) await diffSpecs(pair[0], pair[1])
    else void vscode.window.showInformationMessage(l10n.t('Select or check two runs first.'))
  })
  command('copyRuns', copy(markdownTable))
  command('copyRunsLatex', copy(latexTable))
  command('exportRuns', (argument, selection) =>
    exportRuns(client, nodeOf(argument) === undefined ? tree.visible() : chosen(argument, selection)),
  )
  command('importRuns', () => importRuns(client))
}

function isMore(node: unknown): node is Extract<Node, { kind: 'more' }> {
  return typeof node === 'object' && node !== null && 'kind' in node && node.kind === 'more'
}

/** Milliseconds from a change of the filter until its title says how many runs pass. */
const titleDelay = 150

/** Filters while one types; Escape brings the old filter back. */
async function filter(client: Client, settings: TreeSettings, tree: RunsTree, runs: Runs): Promise<void> {
  const before = settings.query
  const input = vscode.window.createInputBox()
  input.title = l10n.t('Filter runs')
  input.placeholder = 'miner:semi-hard margin>0.1 R@1>0.8 tag:paper'
  input.prompt = l10n.t(
    'Settings, metrics, status:…, tag:…, group:…, star:yes, or words of the name. A minus turns a term round.',
  )
  input.value = before
  let titled: NodeJS.Timeout | undefined
  const typing = new Typing()
  const answer = await new Promise<string>(resolve => {
    const close = (query: string) => {
      // A metric of the filter may still be on its way: it comes too late to set what was typed.
      typing.stop()
      resolve(query)
    }
    input.onDidChangeValue(value => {
      typing.stop()
      const parsed = parseQuery(value)
      input.validationMessage = parsed.kind === 'wrong' ? l10n.t('"{0}" is not understood.', parsed.term) : undefined
      if (parsed.kind !== 'ok') return
      void typing.apply(runs.need(parsed.metrics), () => {
        settings.set({ query: value })
        // After the lines: drawing both at once would keep them waiting.
        clearTimeout(titled)
        titled = setTimeout(() => {
          input.title = l10n.t('Filter runs: {0} found', tree.visible().length)
        }, titleDelay)
      })
    })
    input.onDidAccept(() => close(parseQuery(input.value).kind === 'ok' ? input.value : before))
    input.onDidHide(() => close(before))
    input.show()
    fetchScores(client, runs).catch((error: unknown) => client.logError(error))
  })
  clearTimeout(titled)
  input.dispose()
  settings.set({ query: answer.trim() })
}

/** The scores that a filter may ask for, one after the other while the first word is typed: then it need not wait for them. */
async function fetchScores(client: Client, runs: Runs): Promise<void> {
  const { metrics } = await client.request(listMetrics, {})
  for (const metric of metrics) if (metric.startsWith('test/') && isMetricId(metric)) await runs.fetch([metric])
}

async function chooseOrder(settings: TreeSettings): Promise<void> {
  const names: Record<RunOrder, string> = {
    newest: l10n.t('Newest first'),
    name: l10n.t('By name'),
    metric: l10n.t('By {0}', metricName(settings.metric)),
    duration: l10n.t('By duration'),
    hand: l10n.t('By hand: drag runs to their places'),
  }
  const items = RunOrder.options.map(order => ({ label: names[order], picked: order === settings.order, order }))
  const picked = await vscode.window.showQuickPick(items, { title: l10n.t('Order of runs') })
  if (picked !== undefined) settings.set({ order: picked.order })
}

async function chooseMetric(settings: TreeSettings, client: Client): Promise<void> {
  const { metrics } = await client.request(listMetrics, {})
  const shown = metrics.filter(metric => metric === 'loss' || metric.startsWith('test/')).sort()
  const items = shown.map(metric => ({ label: metricName(metric), description: metric, metric }))
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Which metric should stand beside each run?'),
  })
  if (picked !== undefined) settings.set({ metric: picked.metric })
}
