/**
 * Where the language client writes its trace. By itself it traces only while the log's level is Trace, whatever the
 * setting says; here `tripletLab.trace.server` alone switches it on, and what it traces is then there to be read.
 */
import * as vscode from 'vscode'

export class TraceChannel implements vscode.LogOutputChannel {
  readonly #log: vscode.LogOutputChannel
  readonly #level = new vscode.EventEmitter<vscode.LogLevel>()
  readonly #subscriptions: readonly { dispose(): unknown }[]
  readonly onDidChangeLogLevel = this.#level.event

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log
    const tell = () => this.#level.fire(this.logLevel)
    this.#subscriptions = [
      this.#level,
      log.onDidChangeLogLevel(tell),
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration('tripletLab.trace')) tell()
      }),
    ]
  }

  get name(): string {
    return this.#log.name
  }

  get logLevel(): vscode.LogLevel {
    return this.#isOn ? vscode.LogLevel.Trace : this.#log.logLevel
  }

  get #isOn(): boolean {
    return vscode.workspace.getConfiguration('tripletLab').get<string>('trace.server', 'off') !== 'off'
  }

  trace(message: string, ...args: unknown[]): void {
    if (this.#isOn) this.#log.info(message, ...args)
    else this.#log.trace(message, ...args)
  }

  debug(message: string, ...args: unknown[]): void {
    this.#log.debug(message, ...args)
  }

  info(message: string, ...args: unknown[]): void {
    this.#log.info(message, ...args)
  }

  warn(message: string, ...args: unknown[]): void {
    this.#log.warn(message, ...args)
  }

  error(error: string | Error, ...args: unknown[]): void {
    this.#log.error(error, ...args)
  }

  append(value: string): void {
    this.#log.append(value)
  }

  appendLine(value: string): void {
    this.#log.appendLine(value)
  }

  replace(value: string): void {
    this.#log.replace(value)
  }

  clear(): void {
    this.#log.clear()
  }

  show(): void {
    this.#log.show(true)
  }

  hide(): void {
    this.#log.hide()
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose()
  }
}
