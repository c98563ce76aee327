/** Starting from a run that is there: the same again, or its settings in a file of their own to be changed. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { experimentText, startAgain as startAgainRequest } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import { languageId } from '../experiments.ts'
import type { LivePanels } from '../panels/livePanels.ts'
import { fileOfRun } from '../runFile.ts'

/** Queues runs with the very settings of these, whatever their files say by now. */
export async function startAgain(client: Client, panels: LivePanels, runs: readonly RunRow[]): Promise<void> {
  const { runIds, trouble } = await client.request(startAgainRequest, { runIds: runs.map(run => run.id) })
  if (trouble !== null) void vscode.window.showErrorMessage(trouble)
  const first = runIds.at(0)
  if (first !== undefined && runIds.length === 1) await panels.open(first, runs[0].experiment)
}

/** Opens a new experiment file with the settings of a run, beside the file that the run was made from. */
export async function startWithChanges(client: Client, run: RunRow): Promise<void> {
  const { text } = await client.request(experimentText, { runId: run.id })
  const original = await fileOfRun(client, run.id)
  if (text === null || original === undefined) return
  const uri = await freeFile(original, run)
  const edit = new vscode.WorkspaceEdit()
  edit.createFile(uri, { contents: new TextEncoder().encode(text) })
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(l10n.t('{0} cannot be written.', vscode.workspace.asRelativePath(uri)))
    return
  }
  const document = await vscode.languages.setTextDocumentLanguage(
    await vscode.workspace.openTextDocument(uri),
    languageId,
  )
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One })
  vscode.window.setStatusBarMessage(l10n.t('Settings of {0}. Change what you like, then start it.', run.name), 8000)
}

/** `emoji-run-12.triplet.json`, or with a number behind it. */
async function freeFile(original: vscode.Uri, run: RunRow): Promise<vscode.Uri> {
  const folder = vscode.Uri.joinPath(original, '..')
  const stem = original.path.slice(original.path.lastIndexOf('/') + 1).replace(/\.triplet\.json$/, '')
  for (let i = 1; ; i++) {
    const uri = vscode.Uri.joinPath(folder, `${stem}-run-${run.id}${i === 1 ? '' : `-${i}`}.triplet.json`)
    const isThere = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    )
    if (!isThere) return uri
  }
}
