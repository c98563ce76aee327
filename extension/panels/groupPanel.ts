/** A panel of several runs: what a live panel is told of its run, of each of them. Owns no run. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import type * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { FromGroup, type ToGroup } from '../../protocol/group.ts'
import { readRun, wishRun } from '../../protocol/requests.ts'
import type { RunDelta } from '../../protocol/runEvent.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import type { Client } from '../client.ts'
import type { Watch, Watches } from '../watches.ts'
import { fillPanel } from './html.ts'
import { copyText, saveFile } from './panelWishes.ts'

/** Points of each curve in the first answer: many lie over one another, so fewer than a single run has. */
const openingPoints = 1200

export interface GroupParts {
  readonly client: Client
  readonly watches: Watches
  readonly extension: vscode.Uri
  readonly openRun: (runId: number) => Promise<void>
}

export class GroupPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel
  readonly runIds: readonly number[]
  readonly #parts: GroupParts
  readonly #subscriptions: vscode.Disposable[]
  #watched: Watch[] = []
  /** Runs that the page was shown; deltas before that are part of the first answer. */
  readonly #live = new Set<number>()
  /** The page is there and could not be shown its runs: the next server that is up shows them. */
  #failed = false
  #isVisible: boolean

  constructor(panel: vscode.WebviewPanel, runIds: readonly number[], parts: GroupParts) {
    const { client, extension } = parts
    this.panel = panel
    this.runIds = runIds
    this.#parts = parts
    panel.title = l10n.t('{0} runs', runIds.length)
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message).catch((error: unknown) => client.logError(error))
      }),
      panel.onDidChangeViewState(() => {
        this.#isVisible = panel.visible
        if (!panel.visible) this.#rest()
      }),
      client.onDeltas(deltas => this.#forward(deltas)),
      client.onReady(() => {
        if (this.#live.size > 0 || this.#failed) void this.#show()
      }),
    ]
    fillPanel(panel, extension, 'group')
    this.#isVisible = panel.visible
  }

  dispose(): void {
    this.#isVisible = false
    this.#rest()
    for (const one of this.#subscriptions) one.dispose()
  }

  async #receive(message: unknown): Promise<void> {
    const decoded = v.parse(FromGroup, message)
    if ('runId' in decoded && !this.runIds.includes(decoded.runId)) return
    switch (decoded.kind) {
      case 'ready':
        return this.#show()
      case 'open':
        return this.#parts.openRun(decoded.runId)
      case 'wish': {
        const { runId, wish } = decoded
        await this.#parts.client.request(wishRun, { runId, wish })
        return
      }
      case 'save':
        return saveFile(decoded)
      case 'copy':
        return copyText(decoded.text)
      default:
        return assertNever(decoded)
    }
  }

  /** Watches first and reads then, so that no point falls between the two; the page drops what comes twice. */
  async #show(): Promise<void> {
    const { client } = this.#parts
    this.#failed = false
    this.#post({ kind: 'members', runIds: [...this.runIds] })
    try {
      await this.#watch()
      for (const runId of this.runIds) {
        const { run, series, ...rest } = await client.request(readRun, { runId, maxPoints: openingPoints })
        if (!this.#isVisible) return
        if (run === null) continue
        this.#live.add(runId)
        this.#post({ kind: 'show', run, series: series.map(toArrays), ...rest })
      }
    } catch (error) {
      client.logError(error)
      this.#failed = this.#isVisible
    }
  }

  async #watch(): Promise<void> {
    if (this.#watched.length > 0) return
    const answers = await Promise.allSettled(this.runIds.map(runId => this.#parts.watches.watch(runId)))
    const watched = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
    const refused = answers.find(answer => answer.status === 'rejected')
    // The panel may be hidden or closed by now, or another call have come first.
    if (refused === undefined && this.#isVisible && this.#watched.length === 0) this.#watched = watched
    else for (const one of watched) one.dispose()
    if (refused !== undefined) throw refused.reason
  }

  #forward(deltas: readonly RunDelta[]): void {
    const own = deltas.flatMap((delta): RunDelta[] => {
      if (delta.kind !== 'runs') return this.#live.has(delta.runId) ? [delta] : []
      const changed = delta.changed.filter(row => this.#live.has(row.id))
      const removed = delta.removed.filter(id => this.#live.has(id))
      return changed.length + removed.length > 0 ? [{ kind: 'runs', changed, removed }] : []
    })
    if (own.length > 0) this.#post({ kind: 'deltas', deltas: own })
  }

  /** Nobody looks: no deltas are wanted. A page that comes back says `ready`. */
  #rest(): void {
    this.#live.clear()
    this.#failed = false
    for (const one of this.#watched) one.dispose()
    this.#watched = []
  }

  #post(message: ToGroup): void {
    void this.panel.webview.postMessage(message)
  }
}
