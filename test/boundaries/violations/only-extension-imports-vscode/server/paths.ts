import type { Uri } from 'vscode'

export const path = (uri: Uri) => uri.fsPath
