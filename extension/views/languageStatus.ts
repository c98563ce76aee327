/** The language status beside the language's name: the engine that would be used for the file that is open. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { describeExperiment } from '../../protocol/requests.ts'
import { duration } from '../../protocol/words.ts'
import type { Client } from '../client.ts'
import { languageId } from '../experiments.ts'

const redrawMilliseconds = 500

export class LanguageStatus implements vscode.Disposable {
  readonly #client: Client
  readonly #item: vscode.LanguageStatusItem
  readonly #subscriptions: readonly { dispose(): unknown }[]
  #timer: NodeJS.Timeout | undefined

  constructor(client: Client) {
    this.#client = client
    this.#item = vscode.languages.createLanguageStatusItem('tripletLab.engine', { language: languageId })
    this.#item.name = 'Triplet Lab'
    this.#item.command = { command: 'tripletLab.showLog', title: l10n.t('Show Log') }
    const soon = () => (this.#timer ??= setTimeout(() => void this.#redraw(), redrawMilliseconds))
    this.#subscriptions = [
      this.#item,
      client.onReady(soon),
      client.onDeltas(soon),
      vscode.window.onDidChangeActiveTextEditor(soon),
      vscode.workspace.onDidChangeTextDocument(soon),
    ]
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const one of this.#subscriptions) one.dispose()
  }

  async #redraw(): Promise<void> {
    this.#timer = undefined
    const document = vscode.window.activeTextEditor?.document
    if (document?.languageId !== languageId) return
    try {
      const status = await this.#client.request(describeExperiment, { uri: document.uri.toString() })
      this.#item.text = status.engine === null ? 'Triplet Lab' : `$(zap) ${status.engine}`
      const runs = status.runs === 1 ? l10n.t('1 run') : l10n.t('{0} runs', status.runs)
      this.#item.detail =
        status.duration === null ? runs : `${runs} · ${l10n.t('about {0}', duration(status.duration))}`
      this.#item.severity = vscode.LanguageStatusSeverity.Information
    } catch {
      // The log says why; here it only shows that something is wrong.
      this.#item.text = 'Triplet Lab'
      this.#item.detail = l10n.t('The language server does not answer.')
      this.#item.severity = vscode.LanguageStatusSeverity.Error
    }
  }
}
