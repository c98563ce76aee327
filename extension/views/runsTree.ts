/** The sidebar: experiments and, below each, its runs, newest first. Redraws only the lines that changed. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import type { Runs, RunsChange } from '../runs.ts'
import { headlineMetric, runItem, runTooltip } from './runItem.ts'
import { metricName } from '../../protocol/words.ts'

export type Node =
  { readonly kind: 'experiment'; readonly path: string } | { readonly kind: 'run'; readonly id: number }

/** Lines redraw at most this often: a run reports several times a second. */
const redrawMilliseconds = 500

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #runs: Runs
  readonly #change = new vscode.EventEmitter<Node[] | undefined>()
  readonly #nodes = new Map<string, Node>()
  readonly #dirty = new Set<number>()
  #membership = false
  #timer: NodeJS.Timeout | undefined
  readonly #subscription: vscode.Disposable

  readonly onDidChangeTreeData = this.#change.event

  constructor(runs: Runs) {
    this.#runs = runs
    this.#subscription = runs.onChange(change => this.#schedule(change))
  }

  getChildren(parent?: Node): Node[] {
    if (parent?.kind === 'run') return []
    const rows = this.#runs.all()
    if (parent !== undefined)
      return rows.filter(row => row.experiment === parent.path).map(row => this.#node({ kind: 'run', id: row.id }))
    return [...new Set(rows.map(row => row.experiment))].map(path => this.#node({ kind: 'experiment', path }))
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === 'experiment') return undefined
    const row = this.#runs.get(node.id)
    return row && this.#node({ kind: 'experiment', path: row.experiment })
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
        return this.#experimentItem(node.path)
      case 'run': {
        const row = this.#runs.get(node.id)
        return row === undefined ? new vscode.TreeItem('') : runItem(row)
      }
      default:
        return assertNever(node)
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    const row = node.kind === 'run' ? this.#runs.get(node.id) : undefined
    if (row !== undefined) item.tooltip = runTooltip(row)
    return item
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.#subscription.dispose()
    this.#change.dispose()
  }

  #experimentItem(path: string): vscode.TreeItem {
    const item = new vscode.TreeItem(path, vscode.TreeItemCollapsibleState.Expanded)
    item.id = `experiment:${path}`
    item.iconPath = new vscode.ThemeIcon('beaker')
    item.contextValue = 'experiment'
    const best = bestScore(this.#runs.all().filter(row => row.experiment === path))
    if (best !== undefined) item.description = l10n.t('best {0} {1}', metricName(headlineMetric), best.toFixed(2))
    return item
  }

  /** The same object for the same line, as VS Code needs in order to redraw a single one. */
  #node(node: Node): Node {
    const key = node.kind === 'run' ? `run:${node.id}` : `experiment:${node.path}`
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    this.#nodes.set(key, node)
    return node
  }

  #schedule(change: RunsChange): void {
    this.#membership ||= change.membership
    for (const row of change.changed) this.#dirty.add(row.id)
    for (const id of change.removed) this.#nodes.delete(`run:${id}`)
    this.#timer ??= setTimeout(() => this.#redraw(), this.#membership ? 0 : redrawMilliseconds)
  }

  /** An experiment's line says its best score, so it changes with its runs. */
  #experimentsOf(ids: readonly number[]): Node[] {
    const paths = new Set(ids.flatMap(id => this.#runs.get(id)?.experiment ?? []))
    return [...paths].map(path => this.#node({ kind: 'experiment', path }))
  }

  #redraw(): void {
    this.#timer = undefined
    const ids = [...this.#dirty]
    const whole = this.#membership
    this.#dirty.clear()
    this.#membership = false
    if (whole) this.#change.fire(undefined)
    else this.#change.fire([...this.#experimentsOf(ids), ...ids.map(id => this.#node({ kind: 'run', id }))])
  }
}

function bestScore(rows: readonly RunRow[]): number | undefined {
  const scores = rows.flatMap(row => summaryOf(row, headlineMetric)?.max ?? [])
  return scores.length === 0 ? undefined : Math.max(...scores)
}
