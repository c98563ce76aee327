/** Requests of the Language Server Protocol → pure functions of a document and its context. */
import {
  CodeActionKind,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type Connection,
  type ServerCapabilities,
  type TextDocumentIdentifier,
} from 'vscode-languageserver/node'
import * as v from 'valibot'
import { editsToRun } from '../language/applyRun.ts'
import { codeActionKinds, codeActions } from '../language/codeActions.ts'
import { codeLenses } from '../language/codeLens.ts'
import { commands } from '../language/commands.ts'
import { complete, completionTriggers } from '../language/completion.ts'
import type { LanguageContext } from '../language/context.ts'
import type { ExperimentDocument } from '../language/document.ts'
import { toTextEdits } from '../language/edits.ts'
import { hover } from '../language/hover.ts'
import { inlayHints } from '../language/inlayHints.ts'
import { semanticTokens, tokenLegend } from '../language/semanticTokens.ts'
import { documentLinks, documentSymbols, foldingRanges, format, selectionRanges } from '../language/structure.ts'
import { definition, prepareRename, rename } from '../language/extends.ts'
import { refineAxis } from '../language/refine.ts'
import { resultsOf } from '../language/results.ts'
import { inline, setAt } from '../experiment/editText.ts'
import { isInherited } from '../experiment/tree.ts'
import type { Fix } from '../experiment/finding.ts'
import type { Json } from '../catalog/entry.ts'
import type { Documents } from './documents.ts'

export const featureCapabilities: ServerCapabilities = {
  codeLensProvider: {},
  hoverProvider: true,
  completionProvider: { triggerCharacters: completionTriggers },
  inlayHintProvider: true,
  codeActionProvider: { codeActionKinds: [...codeActionKinds, CodeActionKind.Refactor] },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  semanticTokensProvider: { legend: tokenLegend, full: true },
  documentLinkProvider: {},
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  definitionProvider: true,
  renameProvider: { prepareProvider: true },
  executeCommandProvider: { commands: [commands.useValues, commands.useRun, commands.refine] },
}

const UseRun = v.strictTuple([v.string(), v.number()])
const RefineAxis = v.strictTuple([v.string(), v.string()])
const UseValues = v.strictTuple([v.string(), v.record(v.string(), v.unknown())])

export interface FeatureContext {
  readonly connection: Connection
  readonly documents: Documents
  readonly contextOf: (document: ExperimentDocument) => LanguageContext
  /** The experiment files beside one, open or not. */
  readonly around: (uri: string) => ExperimentDocument[]
  /** Starts the runs of a file, for clients without that command; says what came of it. */
  readonly start: (uri: string, axis?: string) => Promise<void>
}

export function serveFeatures({ connection, documents, contextOf, around, start }: FeatureContext): void {
  /**
   * Answers for an open document; `empty` for any other. Messages are taken one after the other, so a request that was
   * cancelled while it stood in line costs nothing, and one that has begun ends too soon to be cancelled.
   */
  function on<P extends { textDocument: TextDocumentIdentifier }, T>(
    empty: T,
    answer: (document: ExperimentDocument, context: LanguageContext, params: P) => T,
  ): (params: P, token: CancellationToken) => T | ResponseError {
    return (params, token) => {
      if (token.isCancellationRequested) return cancelled()
      const document = documents.get(params.textDocument.uri)
      return document === null ? empty : answer(document, contextOf(document), params)
    }
  }

  connection.onCodeLens(on([], codeLenses))
  connection.onHover(on(null, (document, context, { position }) => hover(document, context, position)))
  connection.onCompletion((params, token) => {
    if (token.isCancellationRequested) return cancelled()
    const document = documents.get(params.textDocument.uri)
    return document === null ? null : complete(document, contextOf(document), params.position)
  })
  connection.languages.inlayHint.on(on([], (document, context, { range }) => inlayHints(document, context, range)))
  connection.languages.semanticTokens.on(on({ data: [] }, semanticTokens))
  connection.onCodeAction(
    on([], (document, context, params) =>
      codeActions(document, context, params.range, params.context.only, documents.all()),
    ),
  )
  connection.onDocumentSymbol(on([], documentSymbols))
  connection.onFoldingRanges(on([], foldingRanges))
  connection.onSelectionRanges(on([], (document, _, { positions }) => selectionRanges(document, positions)))
  connection.onDocumentLinks(on([], documentLinks))
  connection.onDocumentFormatting(on([], (document, _, { options }) => format(document, options)))
  connection.onDocumentRangeFormatting(on([], (document, _, { options, range }) => format(document, options, range)))
  connection.onDefinition(
    on([], (document, _, { position }) => definition(document, documents.baseOf(document), position)),
  )
  connection.onPrepareRename(on(null, (document, _, { position }) => prepareRename(document, position)))
  connection.onRenameRequest(
    on(null, (document, context, { position, newName }) =>
      rename(document, position, newName, around(document.text.uri), path => context.resolve?.(path) ?? path),
    ),
  )

  connection.onExecuteCommand(async ({ command, arguments: args }) => {
    if (command === commands.start) {
      const axis: unknown = args?.at(1)
      return start(String(args?.at(0)), typeof axis === 'string' ? axis : undefined)
    }
    const document = documents.get(String(args?.at(0)))
    if (document === null) return
    const changes =
      command === commands.useRun
        ? runEdits(document, args)
        : command === commands.refine
          ? refineEdits(document, args)
          : valueEdits(document, args)
    if (changes === null || changes.length === 0) return
    const { uri, version } = document.text
    const edits = toTextEdits(document.text, changes)
    await connection.workspace.applyEdit({ documentChanges: [{ textDocument: { uri, version }, edits }] })
  })

  function valueEdits(document: ExperimentDocument, args: unknown): Fix['edits'] | null {
    const decoded = v.safeParse(UseValues, args)
    if (!decoded.success) return null
    const [, values] = decoded.output
    return document.inspection.axes.flatMap(({ path, span }) => {
      if (!Object.hasOwn(values, path)) return []
      const value = values[path] as Json
      const text = inline(value)
      return isInherited(document.tree, span) ? (setAt(document.tree, path, value) ?? []) : [{ span, text }]
    })
  }

  function refineEdits(document: ExperimentDocument, args: unknown): Fix['edits'] | null {
    const decoded = v.safeParse(RefineAxis, args)
    if (!decoded.success) return null
    const [, path] = decoded.output
    const found = resultsOf(document, contextOf(document)).find(({ axis }) => axis.path === path)
    const best = found?.values.find(one => one.isBest)
    return found && best ? (refineAxis(document, found.axis, best.value)?.edits ?? null) : null
  }

  function runEdits(document: ExperimentDocument, args: unknown): Fix['edits'] | null {
    const decoded = v.safeParse(UseRun, args)
    const context = contextOf(document)
    const run = decoded.success ? context.runs.find(one => one.id === decoded.output[1]) : undefined
    return run === undefined ? null : editsToRun(document, context, run.spec)
  }
}

function cancelled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled')
}
