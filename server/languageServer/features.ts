/** Requests of the Language Server Protocol → pure functions of a document and its context. */
import {
  CodeActionKind,
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

export function serveFeatures(
  connection: Connection,
  documents: Documents,
  contextOf: (document: ExperimentDocument) => LanguageContext,
): void {
  /** Answers for an open document; `empty` for any other. */
  function on<T>(
    { textDocument }: { textDocument: TextDocumentIdentifier },
    empty: T,
    answer: (document: ExperimentDocument, context: LanguageContext) => T,
  ): T {
    const document = documents.get(textDocument.uri)
    return document === null ? empty : answer(document, contextOf(document))
  }

  connection.onCodeLens(params => on(params, [], codeLenses))
  connection.onHover(params => on(params, null, (document, context) => hover(document, context, params.position)))
  connection.onCompletion(params =>
    on<ReturnType<typeof complete> | null>(params, null, (document, context) =>
      complete(document, context, params.position),
    ),
  )
  connection.languages.inlayHint.on(params =>
    on(params, [], (document, context) => inlayHints(document, context, params.range)),
  )
  connection.onCodeAction(params =>
    on(params, [], (document, context) => codeActions(document, context, params.range, params.context.only)),
  )
  connection.onDocumentSymbol(params => on(params, [], documentSymbols))
  connection.onFoldingRanges(params => on(params, [], foldingRanges))
  connection.onSelectionRanges(params => on(params, [], document => selectionRanges(document, params.positions)))
  connection.onDocumentLinks(params => on(params, [], documentLinks))
  connection.onDocumentFormatting(params => on(params, [], document => format(document, params.options)))
  connection.onDocumentRangeFormatting(params =>
    on(params, [], document => format(document, params.options, params.range)),
  )

  connection.onDefinition(params =>
    on(params, [], document => definition(document, documents.baseOf(document), params.position)),
  )
  connection.onPrepareRename(params => on(params, null, document => prepareRename(document, params.position)))
  connection.onRenameRequest(params =>
    on(params, null, document =>
      rename(
        document,
        params.position,
        params.newName,
        documents.all(),
        (one, path) => contextOf(one).resolve?.(path) ?? path,
      ),
    ),
  )

  connection.onExecuteCommand(async ({ command, arguments: args }) => {
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
