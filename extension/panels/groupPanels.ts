/** All panels of several runs: opens them, finds the one for the same runs, restores them after a reload. */
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import * as vscode from 'vscode'
import { GroupState } from '../../protocol/group.ts'
import { panelTypes } from '../ids.ts'
import { GroupPanel, type GroupParts } from './groupPanel.ts'
import { panelRoots } from './html.ts'

/** More lines than this cannot be told apart, nor followed. */
const mostRuns = 24

export class GroupPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #parts: GroupParts
  readonly #panels = new Set<GroupPanel>()

  constructor(parts: GroupParts) {
    this.#parts = parts
  }

  /** Shows runs together, without taking the focus. */
  open(runIds: readonly number[]): void {
    const shown = runIds.slice(0, mostRuns)
    const key = shown.join()
    const known = [...this.#panels].find(one => one.runIds.join() === key)
    if (known !== undefined) {
      known.panel.reveal(undefined, true)
      return
    }
    if (shown.length < runIds.length)
      void vscode.window.showInformationMessage(
        l10n.t('A panel shows {0} runs at most: these are the first. Compare more by their results.', mostRuns),
      )
    const panel = vscode.window.createWebviewPanel(
      panelTypes.group,
      l10n.t('{0} runs', shown.length),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {
        enableScripts: true,
        retainContextWhenHidden: false,
        localResourceRoots: panelRoots(this.#parts.extension),
      },
    )
    this.#adopt(panel, shown)
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const decoded = v.safeParse(GroupState, state)
    if (decoded.success) this.#adopt(panel, decoded.output.runIds)
    else panel.dispose()
    return Promise.resolve()
  }

  dispose(): void {
    for (const one of this.#panels) one.dispose()
  }

  #adopt(panel: vscode.WebviewPanel, runIds: readonly number[]): void {
    const group = new GroupPanel(panel, runIds, this.#parts)
    this.#panels.add(group)
    panel.onDidDispose(() => {
      this.#panels.delete(group)
      group.dispose()
    })
  }
}
