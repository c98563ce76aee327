/** Writes a run's settings into its experiment file: those that the file says, and those in which the run differs from it. */
import * as l10n from '@vscode/l10n'
import { findNodeAtLocation, getNodeValue, parseTree, type JSONPath, type Node } from 'jsonc-parser'
import * as vscode from 'vscode'
import type { RunRow } from '../../protocol/runEvent.ts'
import { experimentUri } from '../experiments.ts'
import { applyChanges, type Change } from './advice.ts'

/**
 * What to write so that the file asks for what the run did. Only settings that the file mentions are touched: the others
 * have the default that the run had too, unless the file was changed since.
 *
 * @param text the experiment file as it is now
 */
export function changesToUse(run: RunRow, text: string): Change[] {
  const tree = parseTree(text)
  if (tree === undefined) return []
  const { spec } = run
  const wanted: Change[] = [
    ...fields(['loss'], spec.loss),
    ...fields(['batch'], spec.batch),
    ...fields(['optimizer'], spec.optimizer),
    ...fields(['model'], spec.model),
    { path: ['epochs'], value: spec.epochs },
    { path: ['seed'], value: spec.seed },
    miningChange(tree, spec.mining),
  ]
  const changes = wanted.filter(({ path, value }) => {
    const node = findNodeAtLocation(tree, path)
    return node !== undefined && JSON.stringify(getNodeValue(node)) !== JSON.stringify(value)
  })
  // One run is no sweep any more.
  const sweep = findNodeAtLocation(tree, ['sweep'])
  return sweep === undefined || !hasAxis(tree) ? changes : [...changes, { path: ['sweep'], value: undefined }]
}

function fields(path: JSONPath, values: object): Change[] {
  return Object.entries(values).map(([name, value]: [string, unknown]) => ({ path: [...path, name], value }))
}

/** Both `"mining": "semi-hard"` and `"mining": { "strategy": … }` are in use. */
function miningChange(tree: Node, mining: RunRow['spec']['mining']): Change {
  const node = findNodeAtLocation(tree, ['mining'])
  const isName = node?.type === 'string' || findNodeAtLocation(tree, ['mining', 'values']) !== undefined
  return { path: ['mining'], value: isName ? mining.strategy : mining }
}

function hasAxis(node: Node): boolean {
  if (node.type === 'property' && (node.children?.at(0)?.value === 'values' || node.children?.at(0)?.value === 'min'))
    return true
  return node.children?.some(hasAxis) ?? false
}

export async function useSettings(run: RunRow): Promise<void> {
  const uri = experimentUri(run.experiment)
  if (uri === undefined) return
  const document = await vscode.workspace.openTextDocument(uri)
  let text = document.getText()
  for (const change of changesToUse(run, text)) {
    // Back to front, so that the places of the earlier ones stay.
    for (const { offset, length, content } of applyChanges(text, [change]).sort((a, b) => b.offset - a.offset))
      text = text.slice(0, offset) + content + text.slice(offset + length)
  }
  if (text === document.getText()) {
    void vscode.window.showInformationMessage(l10n.t('{0} already has these settings.', run.experiment))
    return
  }
  const edit = new vscode.WorkspaceEdit()
  edit.replace(uri, new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length)), text)
  await vscode.workspace.applyEdit(edit)
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One })
  vscode.window.setStatusBarMessage(l10n.t('Settings of {0} written into {1}.', run.name, run.experiment), 6000)
}
