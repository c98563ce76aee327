/** "Start Triplet Training": finds the experiment, queues its runs, shows the first one. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { type Problem, startTraining } from '../../protocol/requests.ts'
import type { Client } from '../client.ts'
import type { StartOptions } from './arguments.ts'
import type { SweepPanels } from '../panels/sweepPanels.ts'
import type { LivePanels } from '../panels/livePanels.ts'
import { experimentPattern, languageId } from '../experiments.ts'

/** The panel of a single run comes up while it is being started. */
export async function start(
  client: Client,
  { panels, sweeps }: { readonly panels: LivePanels; readonly sweeps: SweepPanels },
  target: vscode.Uri | undefined,
  { axis, isSingle = false }: StartOptions,
): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    void vscode.commands.executeCommand('workbench.trust.manage')
    return
  }
  const uri = target ?? activeExperiment() ?? (await pickExperiment())
  if (uri === undefined) return
  const document = await vscode.workspace.openTextDocument(uri)
  if (document.isDirty && !document.isUntitled) await document.save()
  const experiment = vscode.workspace.asRelativePath(uri, false)
  const wanted = vscode.workspace.getConfiguration('tripletLab').get<boolean>('openPanelOnStart', true)
  const prepared = wanted && isSingle && !hasErrors(uri) ? panels.prepare(experiment) : undefined
  let shown: number | null = null
  try {
    const answer = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: l10n.t('Starting {0}', vscode.workspace.asRelativePath(uri)) },
      () => client.request(startTraining, { uri: uri.toString(), ...(axis === undefined ? {} : { axis }) }),
    )
    switch (answer.kind) {
      case 'started': {
        if (!wanted) return
        if (answer.sweepId === null) shown = answer.runIds.at(0) ?? null
        else sweeps.open(answer.sweepId)
        if (shown !== null && prepared === undefined) await panels.open(shown, experiment)
        return
      }
      case 'refused':
        // Not waited for: it stays until somebody has read it.
        void refuse(document, answer.problems)
        return
      default:
        return assertNever(answer)
    }
  } finally {
    await prepared?.(shown)
  }
}

/** It will be refused. */
function hasErrors(uri: vscode.Uri): boolean {
  return vscode.languages.getDiagnostics(uri).some(({ severity }) => severity === vscode.DiagnosticSeverity.Error)
}

function activeExperiment(): vscode.Uri | undefined {
  const isExperiment = (editor: vscode.TextEditor | undefined) => editor?.document.languageId === languageId
  const { activeTextEditor, visibleTextEditors } = vscode.window
  if (isExperiment(activeTextEditor)) return activeTextEditor?.document.uri
  const visible = visibleTextEditors.filter(isExperiment)
  return visible.length === 1 ? visible[0]?.document.uri : undefined
}

async function pickExperiment(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles(experimentPattern, '**/node_modules/**', 200)
  if (files.length === 0) {
    const example = l10n.t('Try the Emoji Example')
    const create = l10n.t('New Experiment')
    const message = l10n.t('There is no experiment file (*.triplet.json) in this folder yet.')
    const answer = await vscode.window.showInformationMessage(message, example, create)
    if (answer === example) await vscode.commands.executeCommand('tripletLab.tryEmojiExample')
    if (answer === create) await vscode.commands.executeCommand('tripletLab.newExperiment')
    return undefined
  }
  if (files.length === 1) return files[0]
  const items = files
    .map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label))
  const picked = await vscode.window.showQuickPick(items, { title: l10n.t('Which experiment should run?') })
  return picked?.uri
}

/** Says the first problem and leads to it: the others are listed in the Problems view. */
export async function refuse(document: vscode.TextDocument, problems: readonly Problem[]): Promise<void> {
  const first = problems.at(0)
  if (first === undefined) return
  const more = problems.length > 1 ? ` ${l10n.t('({0} more)', problems.length - 1)}` : ''
  const show = l10n.t('Show')
  const answer = await vscode.window.showErrorMessage(`${first.message}${more}`, show)
  if (answer !== show) return
  const range = new vscode.Range(first.start.line, first.start.character, first.end.line, first.end.character)
  await vscode.window.showTextDocument(document, { selection: range })
}
