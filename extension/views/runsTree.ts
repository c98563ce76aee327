/** The sidebar: experiments, below them sweeps and runs. Redraws only the lines that changed. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import { differing, flatten } from '../../protocol/specDifference.ts'
import { metricName } from '../../protocol/words.ts'
import type { Runs, RunsChange } from '../runs.ts'
import { runItem, runTooltip } from './runItem.ts'
import { bestOf, ordered } from './runOrder.ts'
import type { TreeSettings } from './treeSettings.ts'

export type Node =
  | { readonly kind: 'experiment'; readonly path: string }
  | { readonly kind: 'sweep'; readonly id: number; readonly experiment: string }
  | { readonly kind: 'run'; readonly id: number }
  /** Stands for the runs of its parent that are not listed yet. */
  | { readonly kind: 'more'; readonly parent: string; readonly count: number }

/** Lines redraw at most this often: a run reports several times a second. */
const redrawMilliseconds = 500
/** Runs listed below one parent at first, and more at each press. */
const pageSize = 200

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #runs: Runs
  readonly #settings: TreeSettings
  readonly #change = new vscode.EventEmitter<Node[] | undefined>()
  readonly #nodes = new Map<string, Node>()
  readonly #pages = new Map<string, number>()
  readonly #dirty = new Set<number>()
  /** Runs that are about to be removed: no longer here, unless it is undone. */
  readonly #leaving = new Set<number>()
  readonly #bests = new Map<string, number | undefined>()
  #bestsAt = -Infinity
  #checked: ReadonlySet<number>
  #membership = false
  #timer: NodeJS.Timeout | undefined
  readonly #subscriptions: vscode.Disposable[]

  readonly onDidChangeTreeData = this.#change.event

  constructor(runs: Runs, settings: TreeSettings) {
    this.#runs = runs
    this.#settings = settings
    this.#checked = new Set(settings.checked)
    this.#subscriptions = [
      runs.onChange(change => this.#schedule(change)),
      settings.onChange(names => {
        if (names.some(name => name !== 'checked')) this.#change.fire(undefined)
        else this.#redrawChecks()
      }),
    ]
  }

  /** Runs that pass the filter, newest first. */
  visible(): RunRow[] {
    const { showArchived, test } = this.#settings
    return this.#runs.all().filter(run => !this.#leaving.has(run.id) && (showArchived || !run.archived) && test(run))
  }

  setLeaving(ids: readonly number[], leaving: boolean): void {
    for (const id of ids)
      if (leaving) this.#leaving.add(id)
      else this.#leaving.delete(id)
    this.#change.fire(undefined)
  }

  showMore(node: Extract<Node, { kind: 'more' }>): void {
    this.#pages.set(node.parent, (this.#pages.get(node.parent) ?? 1) + 1)
    this.#change.fire(undefined)
  }

  getChildren(parent?: Node): Node[] {
    const runs = this.visible()
    if (parent === undefined)
      return [...new Set(runs.map(run => run.experiment))].map(path => this.#node({ kind: 'experiment', path }))
    switch (parent.kind) {
      case 'experiment':
        return this.#membersOf(
          runs.filter(run => run.experiment === parent.path),
          keyOf(parent),
        )
      case 'sweep':
        return this.#listed(
          runs.filter(run => run.sweepId === parent.id),
          keyOf(parent),
        )
      case 'run':
      case 'more':
        return []
      default:
        return assertNever(parent)
    }
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === 'sweep') return this.#node({ kind: 'experiment', path: node.experiment })
    if (node.kind !== 'run') return undefined
    const row = this.#runs.get(node.id)
    if (row === undefined) return undefined
    if (row.sweepId !== null) return this.#node({ kind: 'sweep', id: row.sweepId, experiment: row.experiment })
    return this.#node({ kind: 'experiment', path: row.experiment })
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
        return this.#experimentItem(node.path)
      case 'sweep':
        return this.#sweepItem(node)
      case 'run': {
        const row = this.#runs.get(node.id)
        return row === undefined ? new vscode.TreeItem('') : this.#runItem(row)
      }
      case 'more': {
        const item = new vscode.TreeItem(l10n.t('Show {0} more', Math.min(node.count, pageSize)))
        item.iconPath = new vscode.ThemeIcon('ellipsis')
        item.command = { command: 'tripletLab.showMoreRuns', title: l10n.t('Show more'), arguments: [node] }
        return item
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

  /** The line of a run, for revealing it. */
  nodeOf(id: number): Node {
    return this.#node({ kind: 'run', id })
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const one of this.#subscriptions) one.dispose()
    this.#change.dispose()
  }

  /** Sweeps in the place of their newest run, single runs in between; in another order runs and sweeps are ordered apart. */
  #membersOf(runs: readonly RunRow[], parent: string): Node[] {
    const sweeps = new Map<number, RunRow>()
    for (const run of runs) if (run.sweepId !== null && !sweeps.has(run.sweepId)) sweeps.set(run.sweepId, run)
    const single = this.#listed(
      runs.filter(run => run.sweepId === null),
      parent,
    )
    const nodes = [...sweeps].map(([id, { experiment }]) => this.#node({ kind: 'sweep', id, experiment }))
    if (this.#settings.order !== 'newest') return [...nodes, ...single]
    const newest = (node: Node) =>
      node.kind === 'sweep' ? (sweeps.get(node.id)?.id ?? 0) : node.kind === 'run' ? node.id : -1
    const starred = (node: Node) => node.kind === 'run' && (this.#runs.get(node.id)?.star ?? false)
    return [...nodes, ...single].sort((a, b) => Number(starred(b)) - Number(starred(a)) || newest(b) - newest(a))
  }

  #listed(runs: readonly RunRow[], parent: string): Node[] {
    const sorted = ordered(runs, this.#settings.order, this.#settings.metric)
    const limit = pageSize * (this.#pages.get(parent) ?? 1)
    const nodes: Node[] = sorted.slice(0, limit).map(run => this.#node({ kind: 'run', id: run.id }))
    if (sorted.length > limit) nodes.push({ kind: 'more', parent, count: sorted.length - limit })
    return nodes
  }

  #runItem(run: RunRow): vscode.TreeItem {
    const { metric, checked } = this.#settings
    const best = this.#bestOfExperiment(run.experiment, metric)
    const isChecked = checked.includes(run.id)
    const item = runItem(run, metric, best, isChecked)
    item.checkboxState = isChecked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked
    return item
  }

  /** Only the lines whose checkbox changed: a redraw of all would lose the clicks that come while it goes on. */
  #redrawChecks(): void {
    const now = new Set(this.#settings.checked)
    const changed = [...now, ...this.#checked].filter(id => now.has(id) !== this.#checked.has(id))
    this.#checked = now
    this.#change.fire(changed.map(id => this.nodeOf(id)))
  }

  /** Kept for a moment: a redraw asks for it once a line. */
  #bestOfExperiment(path: string, metric: string): number | undefined {
    const key = `${metric} ${path}`
    if (performance.now() - this.#bestsAt > redrawMilliseconds) this.#bests.clear()
    if (!this.#bests.has(key)) {
      this.#bestsAt = performance.now()
      const runs = this.#runs.all().filter(run => run.experiment === path && !run.archived)
      this.#bests.set(key, bestOf(runs, metric))
    }
    return this.#bests.get(key)
  }

  #experimentItem(path: string): vscode.TreeItem {
    const item = new vscode.TreeItem(path, vscode.TreeItemCollapsibleState.Expanded)
    item.id = `experiment:${path}`
    item.iconPath = new vscode.ThemeIcon('beaker')
    item.contextValue = 'experiment'
    item.description = this.#bestText(this.visible().filter(run => run.experiment === path))
    return item
  }

  #sweepItem({ id, experiment }: Extract<Node, { kind: 'sweep' }>): vscode.TreeItem {
    const runs = this.#runs.all().filter(run => run.sweepId === id)
    const axes = differing(runs.map(run => flatten(run.spec))).map(path => path.slice(path.lastIndexOf('.') + 1))
    const name = axes.length === 0 ? l10n.t('sweep') : l10n.t('sweep: {0}', axes.slice(0, 3).join(' × '))
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded)
    item.id = `sweep:${id}`
    item.contextValue = 'sweep'
    const ended = runs.filter(run => endedStatuses.has(run.status)).length
    item.iconPath = new vscode.ThemeIcon(ended < runs.length ? 'sync~spin' : 'layers')
    item.description = [`${ended}/${runs.length}`, this.#bestText(runs)].filter(text => text !== '').join(' · ')
    item.tooltip = experiment
    return item
  }

  #bestText(runs: readonly RunRow[]): string {
    const best = bestOf(runs, this.#settings.metric)
    return best === undefined ? '' : l10n.t('best {0} {1}', metricName(this.#settings.metric), best.toFixed(2))
  }

  /** The same object for the same line, as VS Code needs in order to redraw a single one. */
  #node(node: Node): Node {
    const key = keyOf(node)
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

  #redraw(): void {
    this.#timer = undefined
    const rows = [...this.#dirty].flatMap(id => this.#runs.get(id) ?? [])
    // A run that changed may now stand elsewhere.
    const whole = this.#membership || this.#settings.query !== '' || this.#settings.order !== 'newest'
    this.#dirty.clear()
    this.#membership = false
    if (whole) {
      this.#change.fire(undefined)
      return
    }
    // Parents say the best score of their runs. VS Code redraws a parent's line with its children, which are few.
    const parents = rows.flatMap(row => this.getParent(this.nodeOf(row.id)) ?? [])
    this.#change.fire([...new Set([...parents, ...rows.map(row => this.nodeOf(row.id))])])
  }
}

function keyOf(node: Node): string {
  switch (node.kind) {
    case 'experiment':
      return `experiment:${node.path}`
    case 'sweep':
      return `sweep:${node.id}`
    case 'run':
      return `run:${node.id}`
    case 'more':
      return `more:${node.parent}`
    default:
      return assertNever(node)
  }
}
