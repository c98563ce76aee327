/**
 * The line to the language server: starts it, keeps it up, decodes every answer. Nothing else talks to it.
 * vscode-languageclient is loaded when the server is started, so that activation stays short.
 */
import * as v from 'valibot'
import * as vscode from 'vscode'
import type { LanguageClient } from 'vscode-languageclient/node'
import { languageId } from './experiments.ts'
import { TraceChannel } from './traceChannel.ts'
import { type InitializationOptions, type RequestType, runEvents } from '../protocol/requests.ts'
import type { RunDelta } from '../protocol/runEvent.ts'

/** Restarts within three minutes after which the server is left alone. */
const mostRestarts = 8

export class Client implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext
  readonly #deltas = new vscode.EventEmitter<readonly RunDelta[]>()
  readonly #ready = new vscode.EventEmitter<void>()
  readonly #disposables: { dispose(): void }[] = []
  #starting: Promise<LanguageClient> | undefined
  #log: vscode.LogOutputChannel | undefined

  /** Changes in the store, at most every 100 ms. */
  readonly onDeltas = this.#deltas.event
  /** A server is up: the first time, and again after each restart. Whoever watches runs asks again. */
  readonly onReady = this.#ready.event

  constructor(context: vscode.ExtensionContext) {
    this.#context = context
  }

  /** Starts the server unless it is up. Commands and panels only await this. */
  start(): Promise<LanguageClient> {
    this.#starting ??= this.#launch().catch((error: unknown) => {
      // The next one who asks tries again.
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  /**
   * Asks the server.
   * @throws Error when the server cannot be reached, or when its answer does not fit `type`
   */
  async request<P extends v.GenericSchema, R extends v.GenericSchema>(
    type: RequestType<P, R>,
    params: v.InferInput<P>,
  ): Promise<v.InferOutput<R>> {
    const client = await this.start()
    const answer: unknown = await client.sendRequest(type.method, params)
    return v.parse(type.result, answer)
  }

  /** A fresh server, after the log said why the old one was no good, or after the workspace became trusted. */
  async restart(): Promise<void> {
    const client = await this.#starting?.catch(() => undefined)
    if (client === undefined) await this.start()
    else await client.restart()
  }

  /** The log is there before the server is, and after it. */
  showLog(): void {
    this.#output().show()
  }

  /** For what nobody waits for: it is kept where the log is looked for. */
  logError(error: unknown): void {
    this.#output().error(error instanceof Error ? error : String(error))
  }

  /** Disconnects. Runs go on: they belong to the training server. */
  dispose(): void {
    for (const one of this.#disposables) one.dispose()
    void this.#starting?.then(client => client.dispose()).catch(() => undefined)
    this.#log?.dispose()
    this.#deltas.dispose()
    this.#ready.dispose()
  }

  async #launch(): Promise<LanguageClient> {
    const { LanguageClient: Implementation, State, TransportKind } = await import('vscode-languageclient/node')
    const trace = new TraceChannel(this.#output())
    const module = this.#context.asAbsolutePath('dist/languageServer.cjs')
    const client = new Implementation(
      'tripletLab',
      'Triplet Lab',
      {
        run: { module, transport: TransportKind.ipc },
        debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--inspect=0'] } },
      },
      {
        // Not what other schemes show: the two sides of a comparison cannot be trained.
        documentSelector: ['file', 'untitled'].map(scheme => ({ scheme, language: languageId })),
        initializationOptions: () => this.#options(),
        connectionOptions: { maxRestartCount: mostRestarts },
        outputChannel: this.#output(),
        traceOutputChannel: trace,
        // Hovers lead to the runs that they name.
        markdown: { supportHtml: false, isTrusted: { enabledCommands: ['tripletLab.openPanel'] } },
      },
    )
    const onEvents = client.onNotification(runEvents.method, (params: unknown) => {
      this.#deltas.fire(v.parse(runEvents.params, params).deltas)
    })
    const onState = client.onDidChangeState(change => {
      if (change.newState === State.Running) this.#ready.fire()
    })
    this.#disposables.push(trace, onEvents, onState)
    await client.start()
    return client
  }

  #output(): vscode.LogOutputChannel {
    this.#log ??= vscode.window.createOutputChannel('Triplet Lab', { log: true })
    return this.#log
  }

  #options(): InitializationOptions {
    return {
      locale: vscode.env.language,
      bundle: vscode.l10n.uri?.fsPath ?? null,
      trusted: vscode.workspace.isTrusted,
      panels: true,
    }
  }
}
