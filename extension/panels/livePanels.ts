/** All live panels of the window: opens them beside the editor, finds the one for a run, restores them after a reload. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { PanelState } from '../../protocol/panel.ts'
import type { Client } from '../client.ts'
import { panelTypes } from '../ids.ts'
import type { Watches } from '../watches.ts'
import { panelRoots } from './html.ts'
import { LivePanel, noRun } from './livePanel.ts'

export class LivePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #client: Client
  readonly #watches: Watches
  readonly #extension: vscode.Uri
  readonly #panels = new Set<LivePanel>()

  constructor(client: Client, watches: Watches, extension: vscode.Uri) {
    this.#client = client
    this.#watches = watches
    this.#extension = extension
  }

  /**
   * Shows a run without taking the focus: in its own panel, else in one of the same experiment whose run has ended,
   * else in a new one beside the editor.
   */
  async open(runId: number, experiment: string | undefined): Promise<void> {
    const panels = [...this.#panels]
    const own = panels.find(panel => panel.runId === runId)
    if (own !== undefined) {
      own.panel.reveal(undefined, true)
      return
    }
    const free = experiment === undefined ? undefined : panels.find(panel => panel.isFreeFor(experiment))
    if (free !== undefined) {
      free.panel.reveal(undefined, true)
      await free.retarget(runId)
      return
    }
    this.#create(runId, l10n.t('Run {0}', runId))
  }

  /**
   * Has a panel come up while a run of this experiment is being started, unless there is one that it can take: the window
   * takes as long to make one as the trainer to make its first step.
   * @returns what shows the run in it, unless it was closed meanwhile; or with `null`, when there is none, closes it again
   */
  prepare(experiment: string): (runId: number | null) => Promise<void> {
    const isThere = [...this.#panels].some(panel => panel.isFreeFor(experiment))
    if (isThere) return async runId => (runId === null ? undefined : this.open(runId, experiment))
    const live = this.#create(noRun, experiment)
    return async runId => {
      if (!this.#panels.has(live)) return
      // Somebody may have opened it from the sidebar by now.
      const own = [...this.#panels].find(panel => panel.runId === runId)
      if (runId !== null && own === undefined) return live.retarget(runId)
      live.panel.dispose()
      own?.panel.reveal(undefined, true)
    }
  }

  #create(runId: number, title: string): LivePanel {
    const viewColumn = [...this.#panels].at(0)?.panel.viewColumn ?? vscode.ViewColumn.Beside
    const panel = vscode.window.createWebviewPanel(
      panelTypes.run,
      title,
      { viewColumn, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: false, localResourceRoots: panelRoots(this.#extension) },
    )
    return this.#adopt(panel, runId)
  }

  /** The run of the panel that is in front, for commands without an argument. */
  activeRun(): number | undefined {
    const runId = [...this.#panels].find(panel => panel.panel.active)?.runId
    return runId === noRun ? undefined : runId
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const decoded = v.safeParse(PanelState, state)
    if (decoded.success) this.#adopt(panel, decoded.output.runId)
    else panel.dispose()
    return Promise.resolve()
  }

  dispose(): void {
    for (const one of this.#panels) one.dispose()
  }

  #adopt(panel: vscode.WebviewPanel, runId: number): LivePanel {
    const live = new LivePanel(panel, this.#client, this.#watches, this.#extension, runId)
    this.#panels.add(live)
    panel.onDidDispose(() => {
      this.#panels.delete(live)
      live.dispose()
    })
    return live
  }
}
