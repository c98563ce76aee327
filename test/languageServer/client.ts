/** A language client without an editor: starts the real server and speaks plain LSP over its standard streams. */
import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type InitializeResult,
  type ProtocolConnection,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol/node'

export interface TestClient {
  readonly connection: ProtocolConnection
  readonly process: ChildProcess
  readonly initialized: InitializeResult
  /** Everything on standard error, and messages of errors that the server logged. */
  readonly complaints: string[]
  open(uri: string, text: string): void
  close(uri: string): void
  change(uri: string, changes: TextDocumentContentChangeEvent[]): void
  /** Shuts down as the protocol says. @returns the exit code */
  stop(): Promise<number | null>
}

export const uriOf = (path: string) => pathToFileURL(path).href

/** From source, or the built bundle. */
function serverFile(bundled: boolean): string {
  return resolve(bundled ? 'dist/languageServer.cjs' : 'server/languageServer.ts')
}

export async function startClient(options: {
  folders: readonly string[]
  capabilities?: ClientCapabilities
  initializationOptions?: unknown
  bundled?: boolean
  /** Arguments of Node itself, before the server's file. */
  nodeArguments?: readonly string[]
}): Promise<TestClient> {
  const args = [...(options.nodeArguments ?? []), serverFile(options.bundled ?? false), '--stdio']
  const child = spawn(process.execPath, args, { stdio: 'pipe' })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!/ExperimentalWarning|--trace-warnings/.test(text)) complaints.push(text)
  })
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  connection.onNotification('window/logMessage', ({ type, message }: { type: number; message: string }) => {
    if (type === 1) complaints.push(message)
  })
  connection.onRequest('client/registerCapability', () => null)
  connection.onRequest('workspace/applyEdit', () => ({ applied: true }))
  child.once('exit', () => connection.dispose())
  connection.listen()
  const initialized = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a required member of the protocol
    rootUri: null,
    capabilities: options.capabilities ?? { textDocument: { diagnostic: {} } },
    workspaceFolders: options.folders.map(path => ({ uri: uriOf(path), name: path })),
    initializationOptions: options.initializationOptions,
  })
  await connection.sendNotification(InitializedNotification.type, {})
  const versions = new Map<string, number>()
  return {
    connection,
    process: child,
    initialized,
    complaints,
    open(uri, text) {
      versions.set(uri, 1)
      const textDocument = { uri, languageId: 'triplet', version: 1, text }
      void connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument })
    },
    close(uri) {
      void connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } })
    },
    change(uri, contentChanges) {
      const version = (versions.get(uri) ?? 0) + 1
      versions.set(uri, version)
      void connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges,
      })
    },
    async stop() {
      const ended = new Promise<number | null>(done => child.once('exit', code => done(code)))
      await connection.sendRequest(ShutdownRequest.type)
      await connection.sendNotification(ExitNotification.type)
      const code = await ended
      connection.dispose()
      return code
    },
  }
}
