/** Writes what a finding suggests into the experiment file, as an edit that can be undone; the reader starts it. */
import * as l10n from '@vscode/l10n'
import { findNodeAtLocation, modify, parseTree, type JSONPath } from 'jsonc-parser'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import type { Advice } from '../../protocol/panel.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import type { Client } from '../client.ts'
import { fileOfRun } from '../runFile.ts'

export interface Change {
  readonly path: JSONPath
  readonly value: unknown
}

/** @param text the experiment file as it is now */
export function changesFor(advice: Exclude<Advice, 'more-epochs'>, run: RunRow, text: string): Change[] {
  switch (advice) {
    case 'semi-hard':
      return [{ path: miningPath(text), value: 'semi-hard' }]
    case 'harder':
      return [{ path: miningPath(text), value: run.spec.mining.strategy === 'semi-hard' ? 'batch-hard' : 'semi-hard' }]
    case 'lower-rate':
      return [
        { path: ['optimizer', 'learningRate'], value: Number((run.spec.optimizer.learningRate / 3).toPrecision(2)) },
      ]
    default:
      return assertNever(advice)
  }
}

/** Both `"mining": "semi-hard"` and `"mining": { "strategy": … }` are in use: the one that is there stays. */
function miningPath(text: string): JSONPath {
  const tree = parseTree(text)
  const node = tree && findNodeAtLocation(tree, ['mining'])
  return node?.type === 'object' ? ['mining', 'strategy'] : ['mining']
}

/** The text after the changes; comments and layout stay. */
export function applyChanges(
  text: string,
  changes: readonly Change[],
): { offset: number; length: number; content: string }[] {
  return changes.flatMap(({ path, value }) =>
    modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
  )
}

export async function applyAdvice(client: Client, run: RunRow, advice: Exclude<Advice, 'more-epochs'>): Promise<void> {
  const uri = await fileOfRun(client, run.id)
  if (uri === undefined) return
  const document = await vscode.workspace.openTextDocument(uri)
  const text = document.getText()
  const edit = new vscode.WorkspaceEdit()
  let first: vscode.Range | undefined
  for (const { offset, length, content } of applyChanges(text, changesFor(advice, run, text))) {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length))
    first ??= range
    edit.replace(uri, range, content)
  }
  await vscode.workspace.applyEdit(edit)
  const column = vscode.window.visibleTextEditors.find(editor => editor.document === document)?.viewColumn
  const editor = await vscode.window.showTextDocument(document, { viewColumn: column ?? vscode.ViewColumn.One })
  if (first !== undefined) editor.revealRange(first, vscode.TextEditorRevealType.InCenterIfOutsideViewport)
  vscode.window.setStatusBarMessage(l10n.t('Written into {0}. Start it when you like it.', run.experiment), 6000)
}
