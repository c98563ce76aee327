/**
 * Composes the extension: the line to the server, the views, the panels and what every command does. No machine learning
 * and no SQL here: questions go to the language server, wishes to the store.
 */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { Client } from './client.ts'
import { pickAnyRun, wish } from './commands/controlRun.ts'
import { newExperiment, tryEmojiExample } from './commands/newExperiment.ts'
import { start } from './commands/startTraining.ts'
import { sweepCommands } from './commands/sweeps.ts'
import { specProvider } from './commands/specDocuments.ts'
import { ComparePanel } from './panels/comparePanel.ts'
import { Tasks } from './commands/tasks.ts'
import { tellWhenRunEnds } from './notifications.ts'
import { GroupPanels } from './panels/groupPanels.ts'
import { LivePanels } from './panels/livePanels.ts'
import { SweepPanels } from './panels/sweepPanels.ts'
import { panelTypes, type PanelType } from './ids.ts'
import type { Register } from './commands/register.ts'
import { fileOfRun } from './runFile.ts'
import { Runs } from './runs.ts'
import { LanguageStatus } from './views/languageStatus.ts'
import { treeCommands } from './views/treeCommands.ts'
import { RunDragAndDrop } from './views/dragAndDrop.ts'
import { RunsTree } from './views/runsTree.ts'
import { type Node, nodeOf } from './views/treeModel.ts'
import { TreeSettings } from './views/treeSettings.ts'
import { StatusBar } from './views/statusBar.ts'
import { runOf, startOptionsOf, uriOf } from './commands/arguments.ts'
import { Watches } from './watches.ts'

/** What VS Code was promised at activation. */
export interface Lab {
  /** Runs a command of the manifest, by its id. What goes wrong is told to the user. */
  run(id: string, argument: unknown, selection: unknown): Promise<void>
  /** Brings a panel back after a reload. */
  restore(type: PanelType, panel: vscode.WebviewPanel, state: unknown): Thenable<void>
  readonly tasks: vscode.TaskProvider
  readonly specs: vscode.TextDocumentContentProvider
}

export function openLab(context: vscode.ExtensionContext): Lab {
  l10n.config({ contents: vscode.l10n.bundle ?? {} })
  const client = new Client(context)
  const settings = new TreeSettings(context.workspaceState)
  const runs = new Runs(client, settings.metrics)
  const watches = new Watches(client)
  const panels = new LivePanels(client, watches, context.extensionUri)
  const groups = new GroupPanels({
    client,
    watches,
    extension: context.extensionUri,
    openRun: runId => panels.open(runId, undefined),
  })
  const tree = new RunsTree(client, runs, settings)
  const sweeps = new SweepPanels(client, runs, panels, context.extensionUri)
  const compare = new ComparePanel(client, runs, settings, panels, context.extensionUri)
  const view = createView(tree, runs, settings, new RunDragAndDrop(client, runs, tree, settings))

  const commands = new Map<string, (argument: unknown, selection?: unknown) => unknown>()
  const command: Register = (id, run) => commands.set(id, run)
  /** The newest run of an experiment's line. Files of one path in several folders have one line. */
  const newestBelow = (argument: unknown) => {
    const node = nodeOf(argument)
    return node?.kind === 'experiment' ? tree.runsOf(node).at(0)?.id : undefined
  }
  const target = (argument: unknown) => runOf(argument) ?? panels.activeRun()

  context.subscriptions.push(
    client,
    runs,
    watches,
    panels,
    groups,
    tree,
    new StatusBar(runs),
    new LanguageStatus(client),
    tellWhenRunEnds(client, runs, panels),
    settings,
    compare,
    sweeps,
    view,
    settings.onChange(() => {
      runs.need(settings.metrics).catch((error: unknown) => client.logError(error))
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => client.restart()),
  )
  command('startTraining', async (argument, options) => {
    const runId = newestBelow(argument)
    const file = runId === undefined ? uriOf(argument) : await fileOfRun(client, runId)
    // The run went just now: no other file was meant.
    if (runId !== undefined && file === undefined) return
    await start(client, { panels, sweeps }, file, startOptionsOf(options))
  })
  command('openPanel', async argument => {
    const file = uriOf(argument) ?? fileInFront()
    // Right after the window has opened the runs are still on their way.
    await runs.loaded()
    const id =
      runOf(argument) ?? newestBelow(argument) ?? (await newestRun(client, runs, file)) ?? (await pickAnyRun(runs))
    if (id !== undefined) await panels.open(id, undefined)
  })
  command('stopRun', argument => wish(client, runs, 'stop', target(argument)))
  command('pauseRun', argument => wish(client, runs, 'pause', target(argument)))
  command('resumeRun', argument => wish(client, runs, 'run', target(argument)))
  sweepCommands(command, { client, runs, panels: sweeps })
  treeCommands(command, {
    client,
    runs,
    tree,
    view,
    settings,
    panels,
    compare,
    openTogether: runIds => groups.open(runIds),
  })
  command('tryEmojiExample', () => tryEmojiExample(context.extensionUri))
  command('newExperiment', newExperiment)
  command('showLog', () => client.showLog())
  command('restartServer', () => client.restart())
  // The server's client is another load of code: the views come first.
  setImmediate(() => {
    client.start().catch((error: unknown) => tellFailure(client, error))
  })
  const serializers: Record<PanelType, vscode.WebviewPanelSerializer> = {
    [panelTypes.run]: panels,
    [panelTypes.group]: groups,
    [panelTypes.compare]: compare,
    [panelTypes.sweep]: sweeps,
  }
  return {
    run: async (id, argument, selection) => {
      try {
        await commands.get(id)?.(argument, selection)
      } catch (error) {
        tellFailure(client, error)
      }
    },
    restore: (type, panel, state) => serializers[type].deserializeWebviewPanel(panel, state),
    tasks: new Tasks(context.extensionUri),
    specs: specProvider(client, runs),
  }
}

/** The sidebar's view: checkboxes choose what is compared; its message and badge say what is filtered and what runs. */
function createView(
  tree: RunsTree,
  runs: Runs,
  settings: TreeSettings,
  dragAndDropController: RunDragAndDrop,
): vscode.TreeView<Node> {
  const view = vscode.window.createTreeView('tripletLab.runs', {
    treeDataProvider: tree,
    showCollapseAll: true,
    canSelectMany: true,
    manageCheckboxStateManually: true,
    dragAndDropController,
  })
  view.onDidChangeCheckboxState(({ items }) => {
    const checked = new Set(settings.checked)
    for (const [node, state] of items)
      if (node.kind === 'run') {
        if (state === vscode.TreeItemCheckboxState.Checked) checked.add(node.id)
        else checked.delete(node.id)
      }
    settings.set({ checked: [...checked] })
  })
  const describe = () => {
    view.message = settings.query === '' ? '' : l10n.t('Filter: {0}', settings.query)
    const { length } = settings.checked
    view.description = length === 0 ? '' : l10n.t('{0} checked', length)
    void vscode.commands.executeCommand('setContext', 'tripletLab.checked', length)
  }
  settings.onChange(describe)
  describe()
  let shown = 0
  runs.onChange(() => {
    const running = runs.active().length
    if (running === shown) return
    shown = running
    const tooltip = running === 1 ? l10n.t('1 run trains') : l10n.t('{0} runs train', running)
    view.badge = running === 0 ? undefined : { value: running, tooltip }
  })
  return view
}

/** The language server could not be asked. Its log says why; a restart is offered, since most causes pass. */
function tellFailure(client: Client, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  const [log, restart] = [l10n.t('Show Log'), l10n.t('Restart')]
  void vscode.window
    .showErrorMessage(l10n.t('The language server of Triplet Lab did not answer: {0}', reason), log, restart)
    .then(answer => {
      if (answer === log) client.showLog()
      if (answer === restart) return client.restart()
      return undefined
    })
    .then(undefined, (again: unknown) => tellFailure(client, again))
}

/** What the user looks at. A file that is just being opened has its tab before it has its editor. */
function fileInFront(): vscode.Uri | undefined {
  const { activeTextEditor, tabGroups } = vscode.window
  const input = tabGroups.activeTabGroup.activeTab?.input
  return activeTextEditor?.document.uri ?? (input instanceof vscode.TabInputText ? input.uri : undefined)
}

/** The latest run of an experiment file; the lens above the file leads to it. */
async function newestRun(client: Client, runs: Runs, file: vscode.Uri | undefined): Promise<number | undefined> {
  if (file === undefined) return undefined
  const path = vscode.workspace.asRelativePath(file, false)
  const own = runs.all().filter(run => run.experiment === path)
  if ((vscode.workspace.workspaceFolders?.length ?? 0) < 2) return own.at(0)?.id
  // Another folder may have a file of this path, and runs of it.
  for (const { id } of own) if ((await fileOfRun(client, id))?.toString() === file.toString()) return id
  return undefined
}
