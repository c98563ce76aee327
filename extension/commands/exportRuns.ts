/** Runs into files for other programs, and back in: asks in which form and where to, the language server writes. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { exportEnding, type ExportFormat, ExportFormat as Formats } from '../../protocol/exportFormat.ts'
import { exportRuns as exportRequest, importRuns as importRequest } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ExportFormat
  readonly checkpoints: boolean
}

export async function exportRuns(client: Client, runs: readonly RunRow[]): Promise<void> {
  if (runs.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('There is no run to export. Clear the filter, or train one.'))
    return
  }
  const title = runs.length === 1 ? l10n.t('Export 1 run') : l10n.t('Export {0} runs', runs.length)
  const picked = await vscode.window.showQuickPick(formatItems(), { title, matchOnDetail: true })
  if (picked === undefined) return
  const { format, checkpoints } = picked
  const target = await askTarget(format)
  if (target === undefined) return
  const { exported, trouble } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title },
    () => client.request(exportRequest, { runIds: runs.map(run => run.id), format, path: target.fsPath, checkpoints }),
  )
  if (trouble !== null) {
    void vscode.window.showErrorMessage(trouble)
    return
  }
  const show = l10n.t('Show')
  const message = exported === 1 ? l10n.t('1 run exported.') : l10n.t('{0} runs exported.', exported)
  if ((await vscode.window.showInformationMessage(message, show)) !== show) return
  if (exportEnding[format] === null) await vscode.commands.executeCommand('revealInExplorer', target)
  else await vscode.commands.executeCommand('vscode.open', target)
}

function formatItems(): FormatItem[] {
  const texts: Record<ExportFormat, [label: string, detail: string]> = {
    jsonl: [l10n.t('JSON lines'), l10n.t('Everything that is kept of the runs; another Triplet Lab can import it.')],
    csv: [l10n.t('CSV, one line a run'), l10n.t('All settings and results, with every digit.')],
    points: [l10n.t('CSV, one line a point'), l10n.t('The curves: run, metric, step, value, time.')],
    tensorboard: ['TensorBoard', l10n.t('Event files: the curves as scalars, the settings for its HParams page.')],
    mlflow: ['MLflow', l10n.t('An mlruns folder, for mlflow ui or mlflow migrate-filestore.')],
    markdown: [l10n.t('Markdown table'), l10n.t('What differs, and how the runs did; the best is bold.')],
    latex: [l10n.t('LaTeX table'), l10n.t('The same as a tabular; it needs the package booktabs.')],
  }
  return Formats.options.flatMap((format): FormatItem[] => {
    const [label, detail] = texts[format]
    const item = { label, detail, format, checkpoints: false }
    if (format !== 'jsonl') return [item]
    const whole = l10n.t('Larger: the runs can be trained on where they are imported.')
    return [item, { ...item, label: l10n.t('JSON lines with checkpoints'), detail: whole, checkpoints: true }]
  })
}

/** A file, or for a folder the folder that it is made in: a name that is not there yet is taken. */
async function askTarget(format: ExportFormat): Promise<vscode.Uri | undefined> {
  const root = vscode.workspace.workspaceFolders?.at(0)?.uri
  const ending = exportEnding[format]
  if (ending !== null)
    return vscode.window.showSaveDialog({
      ...(root === undefined ? {} : { defaultUri: vscode.Uri.joinPath(root, `runs.${ending}`) }),
      filters: { [ending.toUpperCase()]: [ending] },
    })
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: l10n.t('Export Here'),
    ...(root === undefined ? {} : { defaultUri: root }),
  })
  const parent = chosen?.at(0)
  return parent === undefined ? undefined : freeName(parent, format === 'mlflow' ? 'mlruns' : 'tensorboard')
}

async function freeName(parent: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let i = 1; ; i++) {
    const uri = vscode.Uri.joinPath(parent, i === 1 ? name : `${name}-${i}`)
    const isThere = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    )
    if (!isThere) return uri
  }
}

export async function importRuns(client: Client): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: l10n.t('Import runs that Triplet Lab has exported as JSON lines'),
    openLabel: l10n.t('Import'),
    filters: { JSONL: ['jsonl'] },
  })
  const file = chosen?.at(0)
  if (file === undefined) return
  const title = l10n.t('Importing runs')
  const { added, known, trouble } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title },
    () => client.request(importRequest, { path: file.fsPath }),
  )
  const message = l10n.t('{0} runs imported, {1} were here already.', added, known)
  if (trouble === null) void vscode.window.showInformationMessage(message)
  else void vscode.window.showWarningMessage(`${message} ${trouble}`)
}
