/** A run's settings as read-only documents: as an experiment file, and with every default written out, for the editor's diff. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { experimentText } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import { specScheme } from '../ids.ts'
import type { Runs } from '../runs.ts'

export function specProvider(client: Client, runs: Runs): vscode.TextDocumentContentProvider {
  return {
    provideTextDocumentContent: async uri => {
      const [id, form] = uri.query.split('&')
      const gone = l10n.t('Run {0} is no longer in the store.', id)
      if (form === 'file') return (await client.request(experimentText, { runId: Number(id) })).text ?? gone
      const run = runs.get(Number(id))
      return run === undefined ? gone : `${JSON.stringify(run.spec, null, 2)}\n`
    },
  }
}

export async function showSpec(run: RunRow): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(specUri(run)), { preview: true })
}

/** The experiment file that asks for what the run did: what has its default is left out. */
export async function openAsItWas(run: RunRow): Promise<void> {
  const document = await vscode.workspace.openTextDocument(specUri(run, '&file'))
  // Not as an experiment: it is for reading, and has nothing to start.
  await vscode.window.showTextDocument(await vscode.languages.setTextDocumentLanguage(document, 'jsonc'), {
    preview: true,
  })
}

export async function diffSpecs(a: RunRow, b: RunRow): Promise<void> {
  const [left, right] = a.name === b.name ? [a, b].map(run => `${run.name} #${run.id}`) : [a.name, b.name]
  await vscode.commands.executeCommand('vscode.diff', specUri(a), specUri(b), `${left} ↔ ${right}`)
}

function specUri(run: RunRow, form = ''): vscode.Uri {
  const name = run.name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 80)
  return vscode.Uri.from({ scheme: specScheme, path: `/${run.id} ${name}.json`, query: `${run.id}${form}` })
}
