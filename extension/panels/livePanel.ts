/** One live panel: shows a run, forwards what changes, and sends back what its reader wishes. Owns no run. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import type * as vscode from 'vscode'
import { FromPanel, type ToPanel } from '../../protocol/panel.ts'
import { readCurves, readDetail, readRun, readSuspects } from '../../protocol/requests.ts'
import type { RunDelta, RunRow } from '../../protocol/runEvent.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import type { Client } from '../client.ts'
import type { Watch, Watches } from '../watches.ts'
import { grant } from './panelWishes.ts'
import { fillPanel } from './html.ts'

/** Points of each curve in the first answer: more than a chart has pixels. Zooming asks for more. */
const openingPoints = 1600
const closeUpPoints = 3000
/** Of a panel whose run is just being started. */
export const noRun = 0

export class LivePanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel
  readonly #client: Client
  readonly #watches: Watches
  readonly #subscriptions: vscode.Disposable[] = []
  #runId: number
  #row: RunRow | undefined
  /** The page was shown its run; deltas before that are part of the first answer. */
  #live = false
  /** The page was told that the server did not answer: the next one that is up shows the run. */
  #failed = false
  /** A page is loading, and its run is on the way: it need not ask. */
  #isExpected = false
  #isVisible: boolean
  #watched: { readonly runId: number; readonly end: Watch } | undefined

  constructor(panel: vscode.WebviewPanel, client: Client, watches: Watches, extension: vscode.Uri, runId: number) {
    this.panel = panel
    this.#client = client
    this.#watches = watches
    this.#runId = runId
    this.#subscriptions.push(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message).catch((error: unknown) => client.logError(error))
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible === this.#isVisible) return
        this.#isVisible = panel.visible
        if (!panel.visible) this.#rest()
        else if (!this.#live) this.#showAhead()
      }),
      client.onDeltas(deltas => this.#forward(deltas)),
      client.onReady(() => {
        if (this.#live || this.#failed) void this.#show()
      }),
    )
    fillPanel(panel, extension, 'panel')
    this.#isVisible = panel.visible
    if (panel.visible) this.#showAhead()
  }

  get runId(): number {
    return this.#runId
  }

  /** Whether another run of this experiment may take this panel's place: what it shows will not change any more. */
  isFreeFor(experiment: string): boolean {
    return this.#row?.ended !== null && this.#row?.experiment === experiment
  }

  /** Shows another run in the same place. */
  async retarget(runId: number): Promise<void> {
    if (runId === this.#runId) return
    this.#rest()
    this.#runId = runId
    await this.#show()
  }

  dispose(): void {
    this.#isVisible = false
    this.#rest()
    for (const one of this.#subscriptions) one.dispose()
  }

  async #receive(message: unknown): Promise<void> {
    const decoded = v.parse(FromPanel, message)
    // What was written on a run is kept, also when the panel has gone on to the next one.
    const isOfAnother = decoded.kind !== 'ready' && 'runId' in decoded && decoded.runId !== this.#runId
    if (isOfAnother && decoded.kind !== 'annotate') return
    switch (decoded.kind) {
      case 'ready': {
        if (!this.#isExpected) return this.#show()
        this.#isExpected = false
        return
      }
      case 'closeUp':
        return this.#showCloseUp(decoded.fromStep, decoded.toStep)
      case 'detail':
        return this.#showDetail(decoded)
      case 'suspects':
        return this.#showSuspects()
      default:
        if (this.#row !== undefined) await grant(decoded, this.#client, this.#row)
    }
  }

  async #showCloseUp(fromStep: number, toStep: number): Promise<void> {
    const runId = this.#runId
    const question = { runId, metrics: null, fromStep, toStep, maxPoints: closeUpPoints }
    const { series } = await this.#client.request(readCurves, question)
    this.#post({ kind: 'closeUp', runId, fromStep, toStep, series: series.map(toArrays) })
  }

  async #showDetail({ detail, step, knownStep, shownStep }: Extract<FromPanel, { kind: 'detail' }>): Promise<void> {
    const runId = this.#runId
    const { found, steps } = await this.#client.request(readDetail, { runId, detail, step, knownStep, shownStep })
    this.#post({ kind: 'detail', runId, detail, found: found && { step: found.step, data: found.data }, steps })
  }

  async #showSuspects(): Promise<void> {
    const runId = this.#runId
    this.#post({ kind: 'suspects', runId, ...(await this.#client.request(readSuspects, { runId })) })
  }

  /**
   * A page takes its time to load, the first time and when it comes back. Meanwhile its run is read and posted: the window
   * keeps that until the page is there.
   */
  #showAhead(): void {
    this.#isExpected = true
    void this.#show()
  }

  async #show(): Promise<void> {
    const runId = this.#runId
    if (runId === noRun) return
    try {
      const { run, series, ...rest } = await this.#read(runId)
      if (runId !== this.#runId || !this.#isVisible) return
      this.#failed = false
      if (run === null) {
        this.#post({ kind: 'missing', message: l10n.t('Run {0} is no longer in the store.', runId) })
        return
      }
      this.#take(run)
      const message: ToPanel = { kind: 'show', run, series: series.map(toArrays), ...rest }
      const isKept = this.panel.webview.postMessage(message)
      this.#live = true
      // Where there was no page to keep it for, the page that comes has to ask.
      if (!(await isKept)) this.#isExpected = false
    } catch (error) {
      // Another run may have taken the panel meanwhile, or nobody look at it any more.
      if (runId !== this.#runId || !this.#isVisible) return
      this.#failed = true
      const reason = error instanceof Error ? error.message : String(error)
      this.#post({ kind: 'missing', message: l10n.t('The language server did not answer: {0}', reason) })
    }
  }

  /** Watches first and reads then, so that no point falls between the two; the page drops what comes twice. */
  async #read(runId: number): Promise<v.InferOutput<typeof readRun.result>> {
    const watching = this.#watch(runId)
    const reading = this.#client.request(readRun, { runId, maxPoints: openingPoints })
    const [read] = await Promise.all([reading, watching])
    return read
  }

  async #watch(runId: number): Promise<void> {
    if (this.#watched?.runId === runId) return
    const end = await this.#watches.watch(runId)
    // Another run may have taken the panel meanwhile, it may be hidden again, or another call have come first.
    if (runId !== this.#runId || !this.#isVisible || this.#watched?.runId === runId) {
      end.dispose()
      return
    }
    this.#watched?.end.dispose()
    this.#watched = { runId, end }
  }

  #forward(deltas: readonly RunDelta[]): void {
    const own: RunDelta[] = []
    for (const delta of deltas) {
      if (delta.kind === 'runs') {
        const changed = delta.changed.filter(row => row.id === this.#runId)
        const removed = delta.removed.filter(id => id === this.#runId)
        for (const row of changed) this.#take(row)
        if (changed.length > 0 || removed.length > 0) own.push({ kind: 'runs', changed, removed })
      } else if (delta.runId === this.#runId) {
        own.push(delta)
      }
    }
    if (own.length > 0 && this.#live) this.#post({ kind: 'deltas', deltas: own })
  }

  #take(row: RunRow): void {
    this.#row = row
    const title = row.name.slice(0, 80)
    if (this.panel.title !== title) this.panel.title = title
  }

  /** Nobody looks: no deltas are wanted. A page that comes back says `ready`. */
  #rest(): void {
    this.#live = false
    this.#failed = false
    this.#watched?.end.dispose()
    this.#watched = undefined
  }

  #post(message: ToPanel): void {
    void this.panel.webview.postMessage(message)
  }
}
