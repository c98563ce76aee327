/** The comparison of the runs that are checked in the sidebar: one panel, which follows the checkboxes. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { CompareState, FromCompare, type ToCompare } from '../../protocol/compare.ts'
import { readClocks, readCurves } from '../../protocol/requests.ts'
import { toArrays } from '../../protocol/seriesArrays.ts'
import type { Client } from '../client.ts'
import { panelTypes } from '../ids.ts'
import { diffSpecs } from '../commands/specDocuments.ts'
import { useSettings } from '../commands/useSettings.ts'
import type { Runs } from '../runs.ts'
import type { TreeSettings } from '../views/treeSettings.ts'
import { fillPanel, panelRoots } from './html.ts'
import type { LivePanels } from './livePanels.ts'
import { copyText, saveFile } from './panelWishes.ts'

/** Points of each curve: dozens lie over one another, so fewer than a single one has. */
const curvePoints = 600
/** Points of each curve of a stretch that is looked at more closely. */
const closeUpPoints = 1200
const refreshMilliseconds = 1000

interface Stretch {
  readonly runId: number
  readonly fromStep: number
  readonly toStep: number
}

export class ComparePanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #client: Client
  readonly #runs: Runs
  readonly #settings: TreeSettings
  readonly #livePanels: LivePanels
  readonly #extension: vscode.Uri
  readonly #subscriptions: vscode.Disposable[]
  #panel: vscode.WebviewPanel | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(client: Client, runs: Runs, settings: TreeSettings, livePanels: LivePanels, extension: vscode.Uri) {
    this.#client = client
    this.#runs = runs
    this.#settings = settings
    this.#livePanels = livePanels
    this.#extension = extension
    this.#subscriptions = [
      settings.onChange(names => {
        if (names.includes('checked')) this.#showRuns()
      }),
      runs.onChange(({ changed, removed }) => {
        const compared = new Set(settings.checked)
        if (changed.some(run => compared.has(run.id)) || removed.some(id => compared.has(id))) this.#refreshSoon()
      }),
    ]
  }

  open(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal()
      return
    }
    this.#adopt(
      vscode.window.createWebviewPanel(panelTypes.compare, l10n.t('Compare runs'), vscode.ViewColumn.Active, {
        enableScripts: true,
        retainContextWhenHidden: false,
        localResourceRoots: panelRoots(this.#extension),
      }),
    )
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (v.is(CompareState, state) && this.#panel === undefined) this.#adopt(panel)
    else panel.dispose()
    return Promise.resolve()
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const one of this.#subscriptions) one.dispose()
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.#receive(message).catch((error: unknown) => this.#client.logError(error))
    })
    panel.onDidDispose(() => (this.#panel = undefined))
    fillPanel(panel, this.#extension, 'compare')
  }

  async #receive(message: unknown): Promise<void> {
    const decoded = v.parse(FromCompare, message)
    switch (decoded.kind) {
      case 'ready': {
        this.#showRuns()
        return
      }
      case 'curves':
        return this.#showCurves(decoded.metric, decoded.runIds)
      case 'closeUp':
        return this.#showCloseUp(decoded.metric, decoded.stretches)
      case 'clocks': {
        this.#post({ kind: 'clocks', ...(await this.#client.request(readClocks, { runIds: decoded.runIds })) })
        return
      }
      case 'open':
        return this.#livePanels.open(decoded.runId, undefined)
      case 'remove': {
        this.#settings.set({ checked: this.#settings.checked.filter(id => id !== decoded.runId) })
        return
      }
      case 'check': {
        this.#settings.set({ checked: decoded.runIds })
        return
      }
      case 'use': {
        const run = this.#runs.get(decoded.runId)
        if (run !== undefined) await useSettings(this.#client, run)
        return
      }
      case 'diff': {
        const [a, b] = decoded.runIds.map(id => this.#runs.get(id))
        if (a !== undefined && b !== undefined) await diffSpecs(a, b)
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

  async #showCurves(metric: string, runIds: readonly number[]): Promise<void> {
    const whole = runIds.map(runId => ({ runId, fromStep: 0, toStep: Number.MAX_SAFE_INTEGER }))
    this.#post({ kind: 'curves', metric, curves: await this.#curves(metric, whole, curvePoints) })
  }

  async #showCloseUp(metric: string, stretches: readonly Stretch[]): Promise<void> {
    this.#post({ kind: 'closeUp', metric, curves: await this.#curves(metric, stretches, closeUpPoints) })
  }

  #curves(metric: string, stretches: readonly Stretch[], maxPoints: number) {
    return Promise.all(
      stretches.map(async stretch => {
        const { series } = await this.#client.request(readCurves, { ...stretch, metrics: [metric], maxPoints })
        const own = series.at(0)
        return { ...stretch, series: own === undefined ? null : toArrays(own) }
      }),
    )
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#showRuns()
    }, refreshMilliseconds)
  }

  /** The rows with all their results: the sidebar's have those that it shows. */
  #showRuns(): void {
    const { checked } = this.#settings
    const panel = this.#panel
    if (panel === undefined) return
    this.#runs
      .wholes(checked)
      .then(runs => {
        // Another choice may have been made meanwhile: its answer comes next.
        if (checked !== this.#settings.checked) return
        panel.title = runs.length < 2 ? l10n.t('Compare runs') : l10n.t('Compare {0} runs', runs.length)
        this.#post({ kind: 'runs', runs })
      })
      .catch((error: unknown) => this.#client.logError(error))
  }

  #post(message: ToCompare): void {
    void this.#panel?.webview.postMessage(message)
  }
}
