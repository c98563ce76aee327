/** Documents as the editor shows them, parsed once per version; and files that are not open, from the disk. */
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TextDocuments, type Connection } from 'vscode-languageserver/node'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { readDocument, type ExperimentDocument } from '../language/document.ts'
import { nearFile, readTextOrNull } from '../experimentFiles.ts'
import { pathOf } from './workspace.ts'

interface Parsed {
  readonly document: ExperimentDocument
  /** Texts of the files that it extends, as they were read. */
  readonly bases: ReadonlyMap<string, string | null>
}

export class Documents {
  readonly open = new TextDocuments(TextDocument)
  readonly #parsed = new Map<string, Parsed>()

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
    const isCurrent =
      known?.document.text === text &&
      known.document.tree.text === text.getText() &&
      [...known.bases].every(([path, before]) => this.#textOf(path) === before)
    if (isCurrent) return known.document
    const bases = new Map<string, string | null>()
    const document = this.#parse(text, bases)
    this.#parsed.set(uri, { document, bases })
    return document
  }

  all(): ExperimentDocument[] {
    return this.open.keys().flatMap(uri => this.get(uri) ?? [])
  }

  /** The open document, else the file; `null` when there is neither. */
  read(uri: string): ExperimentDocument | null {
    const open = this.get(uri)
    if (open !== null) return open
    const path = pathOf(uri)
    const text = path === null ? null : this.#textOf(path)
    return text === null ? null : this.#parse(TextDocument.create(uri, 'triplet', 0, text), new Map())
  }

  /** A text as if it stood in its file. */
  parse(text: TextDocument): ExperimentDocument {
    return this.#parse(text, new Map())
  }

  /** The file that a document extends. */
  baseOf({ tree }: ExperimentDocument): ExperimentDocument | null {
    return tree.basePath === null ? null : this.read(pathToFileURL(tree.basePath).href)
  }

  /** The document as it would be with another text. */
  withText({ text: { uri } }: ExperimentDocument, text: string): ExperimentDocument {
    return this.#parse(TextDocument.create(uri, 'triplet', 0, text), new Map())
  }

  #parse(text: TextDocument, bases: Map<string, string | null>): ExperimentDocument {
    const path = pathOf(text.uri)
    if (path === null) return readDocument(text)
    const read = (one: string) => {
      const found = this.#textOf(one)
      bases.set(one, found)
      return found
    }
    return readDocument(text, { folder: dirname(path), read, near: nearFile })
  }

  /** As the editor shows it, else as it is on the disk. */
  #textOf(path: string): string | null {
    return this.open.get(pathToFileURL(path).href)?.getText() ?? readTextOrNull(path)
  }
}
