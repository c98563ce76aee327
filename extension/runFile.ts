/** Where the experiment file of a run lies. A run has a path within its workspace folder; which folder, the server knows. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { runFile } from '../protocol/requests.ts'
import type { Client } from './client.ts'

/** @returns `undefined` when the run, or its workspace folder, is no longer there, which is said */
export async function fileOfRun(client: Client, runId: number): Promise<vscode.Uri | undefined> {
  const { uri } = await client.request(runFile, { runId })
  if (uri !== null) return vscode.Uri.parse(uri, true)
  void vscode.window.showWarningMessage(l10n.t('Run {0} is no longer in the store.', runId))
  return undefined
}
