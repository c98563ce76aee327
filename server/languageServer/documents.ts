/** Documents as the editor shows them, parsed once per version; and files that are not open, from the disk. */
import { readFile } from 'node:fs/promises'
import { TextDocuments, type Connection } from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { readDocument, type ExperimentDocument } from '../language/document.ts'
import { pathOf } from './workspace.ts'

export class Documents {
  readonly open = new TextDocuments(TextDocument)
  readonly #parsed = new Map<string, ExperimentDocument>()

  constructor() {
    this.open.onDidClose(({ document }) => this.#parsed.delete(document.uri))
  }

  listen(connection: Connection): void {
    this.open.listen(connection)
  }

  /** The open document; `null` when it is not open. */
  get(uri: string): ExperimentDocument | null {
    const text = this.open.get(uri)
    if (text === undefined) return null
    const known = this.#parsed.get(uri)
    if (known?.text === text && known.tree.text === text.getText()) return known
    const document = readDocument(text)
    this.#parsed.set(uri, document)
    return document
  }

  /** The open document, else the file; `null` when there is neither. */
  async read(uri: string): Promise<ExperimentDocument | null> {
    const open = this.get(uri)
    if (open !== null) return open
    const path = pathOf(uri)
    if (path === null) return null
    try {
      return readDocument(TextDocument.create(uri, 'triplet', 0, await readFile(path, 'utf8')))
    } catch {
      return null
    }
  }
}
