/** Writes a run's settings into its experiment file, as one edit that can be undone. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { settingsOfRun } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import { fileOfRun } from '../runFile.ts'

export async function useSettings(client: Client, run: RunRow): Promise<void> {
  const uri = await fileOfRun(client, run.id)
  if (uri === undefined) return
  let document: vscode.TextDocument
  try {
    document = await vscode.workspace.openTextDocument(uri)
  } catch {
    void vscode.window.showWarningMessage(
      l10n.t('{0} is no longer there. Start with changes writes its settings into a new file.', run.experiment),
    )
    return
  }
  const { text } = await client.request(settingsOfRun, { uri: uri.toString(), runId: run.id })
  if (text === null) {
    void vscode.window.showInformationMessage(l10n.t('{0} already has these settings.', run.experiment))
    return
  }
  const edit = new vscode.WorkspaceEdit()
  const { range, replacement } = difference(document, text)
  edit.replace(uri, range, replacement)
  await vscode.workspace.applyEdit(edit)
  const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One })
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport)
  vscode.window.setStatusBarMessage(l10n.t('Settings of {0} written into {1}.', run.name, run.experiment), 6000)
}

/** The stretch in which two texts differ: what is replaced is as little as one edit can be. */
function difference(document: vscode.TextDocument, text: string): { range: vscode.Range; replacement: string } {
  const before = document.getText()
  let start = 0
  while (start < before.length && before[start] === text[start]) start++
  let tail = 0
  const most = Math.min(before.length, text.length) - start
  while (tail < most && before[before.length - 1 - tail] === text[text.length - 1 - tail]) tail++
  return {
    range: new vscode.Range(document.positionAt(start), document.positionAt(before.length - tail)),
    replacement: text.slice(start, text.length - tail),
  }
}
