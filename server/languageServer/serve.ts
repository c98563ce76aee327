/** Puts the parts of the language server together on one connection. */
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import {
  CodeLensRefreshRequest,
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node'
import { InitializationOptions, runEvents } from '../../protocol/requests.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { throttled } from '../../protocol/throttled.ts'
import type { ExperimentContext } from '../experiment/context.ts'
import type { LanguageContext } from '../language/context.ts'
import { commands } from '../language/commands.ts'
import { diagnose, diagnosticSource } from '../language/diagnostics.ts'
import type { ExperimentDocument } from '../language/document.ts'
import { engineIds } from '../catalog/engines.ts'
import { networkState } from '../networkState.ts'
import { likelyEngine } from '../likelyEngine.ts'
import { configureLocale } from '../locale.ts'
import { experimentExtension } from '../experimentFiles.ts'
import { DatasetFacts } from './datasetFacts.ts'
import { Documents } from './documents.ts'
import { explain } from './explain.ts'
import { featureCapabilities, serveFeatures } from './features.ts'
import { experimentFilter, experimentsAround, serveRenaming } from './renaming.ts'
import type { RequestContext } from './requestContext.ts'
import { likelySpec, serveRequests } from './requests.ts'
import { headOf } from '../sweeps/describe.ts'
import { planIn } from '../sweeps/plan.ts'
import { publicRun, toPublicId } from './runIds.ts'
import { startHere } from './startHere.ts'
import { pathOf, Workspace, type Home } from './workspace.ts'

/** Lenses and hints show results of runs; they are drawn anew at most this often, in milliseconds. */
const refreshEvery = 1_000
/** A client that has cancelled its question about diagnostics asks again by itself. */
const again = { retriggerRequest: false }
/** How long a start waits for facts of the dataset that are just being read, in milliseconds. */
const factsPatience = 1_500

/** Runs follow their files: those that are renamed themselves, and those in a folder that is. */
const renamedFiles = [
  { scheme: 'file', pattern: { glob: '**/*.triplet.json', matches: 'file' as const } },
  { scheme: 'file', pattern: { glob: '**/*', matches: 'folder' as const } },
]

export function serve(connection: Connection): void {
  let options = v.parse(InitializationOptions, {})
  let client: InitializeParams['capabilities'] = {}
  const documents = new Documents()
  const refresh = throttled(refreshEvery, () => {
    if (client.workspace?.codeLens?.refreshSupport === true) void connection.sendRequest(CodeLensRefreshRequest.type)
    if (client.workspace?.inlayHint?.refreshSupport === true) void connection.languages.inlayHint.refresh()
  })
  const workspace = new Workspace(() => options.trusted, {
    onDeltas: deltas => {
      void connection.sendNotification(runEvents.method, { deltas })
      if (deltas.some(delta => delta.kind === 'runs')) refresh()
    },
    onTrouble: message => connection.console.warn(message),
  })
  function diagnoseAgain(): void {
    if (client.workspace?.diagnostics?.refreshSupport === true) void connection.languages.diagnostics.refresh()
    else for (const { uri } of documents.open.all()) push(uri)
    refresh()
  }
  const facts = new DatasetFacts(() => options.trusted, diagnoseAgain)

  function experimentContext(uri: string): ExperimentContext {
    const path = pathOf(uri)
    const folder = path === null ? workspace.folders().at(0)?.path : dirname(path)
    return {
      folder: folder ?? process.cwd(),
      dataset: dataset => facts.get(dataset),
      partial: path?.endsWith('.base.triplet.json') === true,
      network: networkState,
      engines: engineIds,
    }
  }

  function contextOf(document: ExperimentDocument): LanguageContext {
    const home = workspace.homeOf(document.text.uri)
    const publicRuns = (runs: readonly RunRow[]) => runs.map(run => publicRun(home?.folder.index ?? 0, run))
    const experiment = experimentContext(document.text.uri)
    return {
      experiment,
      runs: home === null ? [] : publicRuns(home.folder.runsOf(home.experiment)),
      otherRuns: () => (home === null ? [] : publicRuns(home.folder.runsBeside(home.experiment))),
      panels: options.panels,
      engine: likelyEngine(),
      sweep: () => newestSweep(home),
      explain,
      resolve: path => pathToFileURL(resolve(experiment.folder, path)).href,
      list: async folder => {
        const entries = await readdir(resolve(experiment.folder, folder), { withFileTypes: true }).catch(() => [])
        return entries
          .filter(entry => !entry.name.startsWith('.'))
          .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
      },
    }
  }

  /** Clients that do not pull diagnostics get them pushed. */
  const pulls = () => client.textDocument?.diagnostic !== undefined
  function push(uri: string): void {
    if (pulls()) return
    const document = documents.get(uri)
    const diagnostics = document === null ? [] : diagnose(document, contextOf(document))
    void connection.sendDiagnostics({ uri, diagnostics })
  }

  connection.onInitialize((params): InitializeResult => {
    client = params.capabilities
    const decoded = v.safeParse(InitializationOptions, params.initializationOptions ?? {})
    if (decoded.success) options = decoded.output
    else connection.console.warn(`initializationOptions: ${v.summarize(decoded.issues)}`)
    configureLocale(options.locale)
    if (options.bundle !== null && existsSync(options.bundle))
      l10n.config({ contents: readFileSync(options.bundle, 'utf8') })
    const roots = params.workspaceFolders?.map(folder => folder.uri) ?? [rootOf(params) ?? '']
    // The client asks for their runs when it is ready.
    for (const uri of roots) addFolder(uri, false)
    return {
      serverInfo: { name: 'Triplet Lab' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: true },
          fileOperations: { willRename: experimentFilter, didRename: { filters: renamedFiles } },
        },
        ...featureCapabilities,
        executeCommandProvider: { commands: serverCommands(options.panels) },
        ...(pulls()
          ? {
              diagnosticProvider: {
                identifier: diagnosticSource,
                interFileDependencies: true,
                workspaceDiagnostics: false,
              },
            }
          : {}),
      },
    }
  })

  connection.onInitialized(() => {
    if (client.workspace?.workspaceFolders === true)
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of added) addFolder(uri)
        for (const { uri } of removed) workspace.remove(pathOf(uri) ?? '')
      })
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration === true)
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*' }] })
  })

  function addFolder(uri: string, announces = true): void {
    const path = pathOf(uri)
    if (path !== null) workspace.add(path, announces)
  }

  connection.onDidChangeWatchedFiles(({ changes }) => {
    facts.changed(changes.flatMap(change => pathOf(change.uri) ?? []))
    // What is inherited may have changed, where it is not open here.
    const isExperiment = (uri: string) => uri.endsWith(experimentExtension) && documents.get(uri) === null
    if (changes.some(change => isExperiment(change.uri))) diagnoseAgain()
  })
  connection.workspace.onDidRenameFiles(({ files }) => {
    for (const { oldUri, newUri } of files) workspace.rename(oldUri, newUri)
    refresh()
  })
  // A change shows in every file that extends this one.
  documents.open.onDidChangeContent(({ document }) => {
    for (const { uri } of documents.open.all()) push(uri)
    workspace.homeOf(document.uri)?.folder.expectStart(() => likelySpec(requestContext, document.uri))
  })
  documents.open.onDidClose(({ document }) => push(document.uri))
  connection.languages.diagnostics.on(({ textDocument }, token) => {
    if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled', again)
    const document = documents.get(textDocument.uri)
    const items = document === null ? [] : diagnose(document, contextOf(document))
    return { kind: DocumentDiagnosticReportKind.Full, items }
  })
  const requestContext: RequestContext = {
    connection,
    documents,
    workspace,
    trusted: () => options.trusted,
    experimentContext,
    languageContext: contextOf,
    factsSettled: () => facts.settled(factsPatience),
  }
  serveRequests(requestContext)
  serveFeatures({
    connection,
    documents,
    contextOf,
    around: uri => experimentsAround(documents, workspace, uri),
    start: (uri, axis) => startHere(requestContext, uri, axis),
  })
  serveRenaming(requestContext)
  connection.onShutdown(() => {
    workspace.dispose()
    facts.dispose()
  })
  documents.listen(connection)
  connection.listen()
}

function newestSweep(home: Home | null): ReturnType<NonNullable<LanguageContext['sweep']>> {
  const row = home?.folder.newestSweepOf(home.experiment) ?? null
  if (row === null || home === null) return null
  const plan = planIn(row)
  return { sweep: { ...headOf(row, plan), id: toPublicId(home.folder.index, row.id) }, settings: plan.text }
}

/** Starting is left to clients that bring the command, and panels, themselves. */
function serverCommands(clientHasPanels: boolean): string[] {
  const own = featureCapabilities.executeCommandProvider?.commands ?? []
  return clientHasPanels ? own : [...own, commands.start]
}

/** Clients without workspace folders name one root. */
function rootOf(params: InitializeParams): string | null {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- all that older clients send
  return params.rootUri
}
