/** A run's settings as a read-only document: every default written out, for reading and for the editor's own diff. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Runs } from '../runs.ts'

export const specScheme = 'triplet-run'

export function specProvider(runs: Runs): vscode.TextDocumentContentProvider {
  return {
    provideTextDocumentContent: uri => {
      const run = runs.get(Number(uri.query))
      return run === undefined
        ? l10n.t('Run {0} is no longer in the store.', uri.query)
        : `${JSON.stringify(run.spec, null, 2)}\n`
    },
  }
}

export async function showSpec(run: RunRow): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(specUri(run)), { preview: true })
}

export async function diffSpecs(a: RunRow, b: RunRow): Promise<void> {
  await vscode.commands.executeCommand('vscode.diff', specUri(a), specUri(b), `${a.name} ↔ ${b.name}`)
}

function specUri(run: RunRow): vscode.Uri {
  const name = run.name.replace(/[^\p{L}\p{N} ._-]+/gu, '-').slice(0, 80)
  return vscode.Uri.from({ scheme: specScheme, path: `/${run.id} ${name}.json`, query: String(run.id) })
}
