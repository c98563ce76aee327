/** What an experiment file is to the editor. */
import * as vscode from 'vscode'

export const languageId = 'triplet'
export const experimentPattern = '**/*.triplet.json'

/** Where an experiment named by a run lies: its path is relative to a workspace folder. */
export function experimentUri(path: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? []
  // With several folders the editor shows a path with the folder's name in front; a run has it without.
  const named = folders.find(folder => path.startsWith(`${folder.name}/`) && folders.length > 1)
  if (named !== undefined) return vscode.Uri.joinPath(named.uri, path.slice(named.name.length + 1))
  const [first] = folders
  return folders.length === 0 ? undefined : vscode.Uri.joinPath(first.uri, path)
}
