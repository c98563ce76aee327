/** When an experiment file gets another name, files that extend it follow. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FileOperationRegistrationOptions, TextDocumentEdit } from 'vscode-languageserver/node'
import { experimentExtension } from '../experimentFiles.ts'
import type { ExperimentDocument } from '../language/document.ts'
import { followExtends } from '../language/extends.ts'
import type { Documents } from './documents.ts'
import type { RequestContext } from './requestContext.ts'
import { pathOf, type Workspace } from './workspace.ts'

export const experimentFilter: FileOperationRegistrationOptions = {
  filters: [{ scheme: 'file', pattern: { glob: `**/*${experimentExtension}`, matches: 'file' } }],
}

/** Folders looked through for files that extend another. */
const mostFolders = 2_000

export function serveRenaming({ connection, documents, workspace }: RequestContext): void {
  connection.workspace.onWillRenameFiles(({ files }) => {
    const documentChanges: TextDocumentEdit[] = files
      .filter(({ oldUri }) => oldUri.endsWith(experimentExtension))
      .flatMap(({ oldUri, newUri }) => followExtends(experimentsAround(documents, workspace, oldUri), oldUri, newUri))
    return documentChanges.length === 0 ? null : { documentChanges }
  })
}

/** Experiment files of the workspace folder that a file is in: as the editor shows them, else as they are on the disk. */
export function experimentsAround(documents: Documents, workspace: Workspace, uri: string): ExperimentDocument[] {
  const open = documents.all()
  const seen = new Set(open.map(one => one.text.uri))
  const folder = workspace.homeOf(uri)?.folder.path
  const closed = folder === undefined || pathOf(uri) === null ? [] : experimentFilesIn(folder)
  return [
    ...open,
    ...closed.flatMap(path => {
      const one = pathToFileURL(path).href
      return seen.has(one) ? [] : (documents.read(one) ?? [])
    }),
  ]
}

function experimentFilesIn(root: string): string[] {
  const found: string[] = []
  const folders = [root]
  for (let i = 0; i < folders.length && i < mostFolders; i++)
    try {
      for (const entry of readdirSync(folders[i], { withFileTypes: true })) {
        const path = join(folders[i], entry.name)
        if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') folders.push(path)
        if (entry.isFile() && entry.name.endsWith(experimentExtension)) found.push(path)
      }
    } catch {
      // A folder that cannot be read holds nothing that can be changed.
    }
  return found
}
