/** The panels of sweeps: one for each, beside the editor, restored after a reload. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { readSweep, wishRun, wishSweep } from '../../protocol/requests.ts'
import { FromSweep, SweepState, type ToSweep } from '../../protocol/sweepPanel.ts'
import type { Client } from '../client.ts'
import { panelTypes } from '../ids.ts'
import { useSettings } from '../commands/useSettings.ts'
import { fileOfRun } from '../runFile.ts'
import type { Runs, RunsChange } from '../runs.ts'
import { fillPanel, panelRoots } from './html.ts'
import type { LivePanels } from './livePanels.ts'
import { copyText } from './panelWishes.ts'

/** Rows of dozens of runs change many times a second; the page is told at most this often. */
const refreshMilliseconds = 500

export class SweepPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #parts: Parts
  readonly #panels = new Map<number, SweepPanel>()
  readonly #subscription: vscode.Disposable

  constructor(client: Client, runs: Runs, livePanels: LivePanels, extension: vscode.Uri) {
    this.#parts = { client, runs, livePanels, extension }
    this.#subscription = vscode.Disposable.from(
      runs.onChange(change => {
        for (const panel of this.#panels.values()) panel.changed(change)
      }),
      client.onReady(() => {
        for (const panel of this.#panels.values()) panel.showAll()
      }),
    )
  }

  open(sweepId: number): void {
    const known = this.#panels.get(sweepId)
    if (known !== undefined) {
      known.panel.reveal(undefined, true)
      return
    }
    const panel = vscode.window.createWebviewPanel(
      panelTypes.sweep,
      l10n.t('Sweep {0}', sweepId),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: false, localResourceRoots: panelRoots(this.#parts.extension) },
    )
    this.#adopt(panel, sweepId)
  }

  /** The sweep of the panel in front, for commands without an argument. */
  active(): number | undefined {
    return [...this.#panels].find(([, { panel }]) => panel.active)?.[0]
  }

  /** Somebody paused, stopped or changed a sweep: its runs may not show it yet. */
  refresh(sweepId: number): void {
    this.#panels.get(sweepId)?.showSoon()
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const decoded = v.safeParse(SweepState, state)
    if (decoded.success && !this.#panels.has(decoded.output.sweepId)) this.#adopt(panel, decoded.output.sweepId)
    else panel.dispose()
    return Promise.resolve()
  }

  dispose(): void {
    this.#subscription.dispose()
    for (const panel of this.#panels.values()) panel.dispose()
  }

  #adopt(panel: vscode.WebviewPanel, sweepId: number): void {
    const own = new SweepPanel(panel, sweepId, this.#parts)
    this.#panels.set(sweepId, own)
    panel.onDidDispose(() => {
      this.#panels.delete(sweepId)
      own.dispose()
    })
  }
}

interface Parts {
  readonly client: Client
  readonly runs: Runs
  readonly livePanels: LivePanels
  readonly extension: vscode.Uri
}

class SweepPanel {
  readonly panel: vscode.WebviewPanel
  readonly #sweepId: number
  readonly #parts: Parts
  readonly #changed = new Set<number>()
  readonly #removed = new Set<number>()
  #timer: NodeJS.Timeout | undefined
  /** One of its runs: their experiment is the sweep's. */
  #anyRun: number | undefined

  constructor(panel: vscode.WebviewPanel, sweepId: number, parts: Parts) {
    this.panel = panel
    this.#sweepId = sweepId
    this.#parts = parts
    const { extension, client } = parts
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.#receive(message).catch((error: unknown) => client.logError(error))
    })
    fillPanel(panel, extension, 'sweep')
  }

  changed({ changed, removed }: RunsChange): void {
    for (const run of changed) if (run.sweepId === this.#sweepId) this.#changed.add(run.id)
    for (const id of removed) this.#removed.add(id)
    if (this.#changed.size + removed.length > 0) this.showSoon()
  }

  showSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#show([...this.#changed])
    }, refreshMilliseconds)
  }

  showAll(): void {
    void this.#show(null)
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }

  /** `null`: all of them. The rows first: the sweep names runs that the page has to know by then. */
  async #show(runIds: readonly number[] | null): Promise<void> {
    const { client, runs } = this.#parts
    try {
      const { sweep, trials } = await client.request(readSweep, { sweepId: this.#sweepId })
      const wanted = runIds ?? trials.map(trial => trial.runId)
      // The list has only the summaries that it shows.
      const changed = wanted.length === 0 ? [] : await runs.wholes(wanted)
      for (const id of wanted) this.#changed.delete(id)
      this.#post({ kind: 'runs', changed, removed: [...this.#removed] })
      this.#removed.clear()
      if (sweep === null) {
        this.#post({ kind: 'missing', message: l10n.t('This sweep is no longer in the store.') })
        return
      }
      this.#anyRun = trials.find(trial => runs.get(trial.runId) !== undefined)?.runId
      this.panel.title = l10n.t(
        'Sweep: {0}',
        sweep.axes.map(one => one.path.slice(one.path.lastIndexOf('.') + 1)).join(' × '),
      )
      this.#post({ kind: 'sweep', sweep, trials })
    } catch (error) {
      client.logError(error)
    }
  }

  async #receive(message: unknown): Promise<void> {
    const decoded = v.parse(FromSweep, message)
    const { client, runs, livePanels } = this.#parts
    switch (decoded.kind) {
      case 'ready': {
        this.showAll()
        return
      }
      case 'wish': {
        await client.request(wishSweep, { sweepId: this.#sweepId, wish: decoded.wish })
        this.showSoon()
        return
      }
      case 'resume': {
        await client.request(wishRun, { runId: decoded.runId, wish: 'run' })
        return
      }
      case 'open':
        return livePanels.open(decoded.runId, undefined)
      case 'use': {
        const run = runs.get(decoded.runId)
        if (run !== undefined) await useSettings(client, run)
        return
      }
      case 'openExperiment': {
        const uri = this.#anyRun === undefined ? undefined : await fileOfRun(client, this.#anyRun)
        if (uri !== undefined) await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One })
        return
      }
      case 'copy':
        return copyText(decoded.text)
      default:
        return assertNever(decoded)
    }
  }

  #post(message: ToSweep): void {
    void this.panel.webview.postMessage(message)
  }
}
