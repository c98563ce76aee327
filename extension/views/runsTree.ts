/** The sidebar: experiments, below them groups, sweeps and runs. Redraws only the lines that changed. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { assertNever } from '../../protocol/assertNever.ts'
import { readCurves } from '../../protocol/requests.ts'
import { endedStatuses, type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import { bestOf } from '../../protocol/runOrder.ts'
import { differing, flatten } from '../../protocol/specDifference.ts'
import { metricName } from '../../protocol/words.ts'
import type { Client } from '../client.ts'
import type { Runs, RunsChange } from '../runs.ts'
import { Drawn, type Look } from './drawn.ts'
import { runItem } from './runItem.ts'
import { runTooltip, sparkPoints } from './runTooltip.ts'
import { keyOf, type Node, type ParentNode, TreeModel } from './treeModel.ts'
import type { TreeSettings } from './treeSettings.ts'

/** Lines redraw at most this often: a run reports several times a second. */
const redrawMilliseconds = 500
/** Lines listed below one parent at first, and more at each press. */
const pageSize = 100
/** Above this many runs only what was opened before is open: VS Code asks for the lines below everything that is. */
const manyRuns = 300

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #client: Client
  readonly #runs: Runs
  readonly #settings: TreeSettings
  readonly #change = new vscode.EventEmitter<Node[] | undefined>()
  readonly #nodes = new Map<string, Node>()
  readonly #pages = new Map<string, number>()
  readonly #dirty = new Set<number>()
  readonly #drawn = new Drawn()
  #visible: RunRow[] | undefined
  #model: TreeModel | undefined
  #checked: ReadonlySet<number>
  #membership = false
  #timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined
  readonly #subscriptions: vscode.Disposable[]

  readonly onDidChangeTreeData = this.#change.event

  constructor(client: Client, runs: Runs, settings: TreeSettings) {
    this.#client = client
    this.#runs = runs
    this.#settings = settings
    this.#checked = new Set(settings.checked)
    this.#subscriptions = [
      runs.onChange(change => this.#schedule(change)),
      settings.onChange(names => {
        if (names.some(name => name !== 'checked')) this.#redrawAll()
        else this.#redrawChecks()
      }),
    ]
  }

  /** Runs that pass the filter, newest first. */
  visible(): readonly RunRow[] {
    const { showArchived, test } = this.#settings
    return (this.#visible ??= this.#runs.all().filter(run => (showArchived || !run.archived) && test(run)))
  }

  showMore(node: Extract<Node, { kind: 'more' }>): void {
    this.#pages.set(node.parent, (this.#pages.get(node.parent) ?? 1) + 1)
    this.#change.fire(undefined)
  }

  getChildren(parent?: Node): Node[] {
    const model = this.#current()
    if (parent === undefined) return model.experiments().map(node => this.#node(node))
    if (parent.kind === 'run' || parent.kind === 'more') return []
    return model.children(parent, pageSize * (this.#pages.get(keyOf(parent)) ?? 1)).map(node => this.#node(node))
  }

  getParent(node: Node): Node | undefined {
    switch (node.kind) {
      case 'experiment':
      case 'more':
        return undefined
      case 'group':
        return this.#node({ kind: 'experiment', path: node.experiment })
      case 'sweep':
        return this.#node(
          node.heading === ''
            ? { kind: 'experiment', path: node.experiment }
            : { kind: 'group', experiment: node.experiment, name: node.heading },
        )
      case 'run': {
        const row = this.#runs.get(node.id)
        return row === undefined ? undefined : this.#node(this.#current().parentOf(row))
      }
      default:
        return assertNever(node)
    }
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const item = this.#item(node)
    this.#drawn.give(keyOf(node), this.#look(node, item), performance.now())
    return item
  }

  #item(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
        return this.#parentItem(node, node.path, 'beaker')
      case 'group':
        return this.#parentItem(node, node.name, 'folder')
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

  /** The hover, made when it is asked for: it needs the run's curve and all of its results. */
  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if (node.kind !== 'run') return item
    this.#drawn.pointAt(keyOf(node), performance.now())
    const run = await this.#runs.whole(node.id)
    if (run === undefined) return item
    const metric = summaryOf(run, this.#settings.metric) === undefined ? 'loss' : this.#settings.metric
    const question = { runId: run.id, metrics: [metric], fromStep: 0, toStep: run.step, maxPoints: sparkPoints }
    const { series } = await this.#client.request(readCurves, question)
    item.tooltip = runTooltip(run, series.at(0))
    return item
  }

  /** The line of a run, for revealing it. */
  nodeOf(id: number): Node {
    return this.#node({ kind: 'run', id })
  }

  /** The runs that a line stands for. */
  runsOf(node: Node): readonly RunRow[] {
    return this.#current().runsOf(node, id => this.#runs.get(id))
  }

  isSame(a: Node, b: Node): boolean {
    return keyOf(a) === keyOf(b)
  }

  /** All lines below a line, in the order that is seen. */
  linesOf(parent: ParentNode): Node[] {
    return this.#current().children(parent)
  }

  parentOf(run: RunRow): ParentNode {
    return this.#current().parentOf(run)
  }

  dispose(): void {
    clearTimeout(this.#timer?.handle)
    for (const one of this.#subscriptions) one.dispose()
    this.#change.dispose()
  }

  #current(): TreeModel {
    const { order, metric } = this.#settings
    return (this.#model ??= new TreeModel(this.visible(), order, metric))
  }

  #forget(): void {
    this.#visible = undefined
    this.#model = undefined
  }

  /** VS Code takes 200 ms between two redraws: what was to be redrawn soon goes with this one. */
  #redrawAll(): void {
    clearTimeout(this.#timer?.handle)
    this.#timer = undefined
    this.#dirty.clear()
    this.#membership = false
    this.#forget()
    this.#change.fire(undefined)
  }

  #runItem(run: RunRow): vscode.TreeItem {
    const isChecked = this.#checked.has(run.id)
    const model = this.#current()
    const item = runItem(run, this.#settings.metric, model.bestOf(run.experiment), isChecked, model.apart(run))
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

  #parentItem(node: Extract<Node, { kind: 'experiment' | 'group' }>, name: string, icon: string): vscode.TreeItem {
    const isOpen = this.visible().length <= manyRuns || this.#current().experiments().length === 1
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState
    const item = new vscode.TreeItem(name, isOpen ? Expanded : Collapsed)
    item.id = keyOf(node)
    item.iconPath = new vscode.ThemeIcon(icon)
    item.contextValue = node.kind
    const runs = this.#current().membersOf(node)
    const running = runs.filter(run => run.status === 'running').length
    item.description = [
      runs.length === 1 ? l10n.t('1 run') : l10n.t('{0} runs', runs.length),
      ...(running === 0 ? [] : [l10n.t('{0} running', running)]),
      ...this.#bestText(runs),
    ].join(' · ')
    return item
  }

  #sweepItem(node: Extract<Node, { kind: 'sweep' }>): vscode.TreeItem {
    const runs = this.#current().membersOf(node)
    const axes = differing(runs.map(run => flatten(run.spec))).map(path => path.slice(path.lastIndexOf('.') + 1))
    const name = axes.length === 0 ? l10n.t('sweep') : l10n.t('sweep: {0}', axes.slice(0, 3).join(' × '))
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState
    const item = new vscode.TreeItem(name, this.visible().length <= manyRuns ? Expanded : Collapsed)
    item.id = keyOf(node)
    item.contextValue = ['sweep', ...sweepAbilities(runs)].join(' ')
    item.command = { command: 'tripletLab.openSweep', title: l10n.t('Open Sweep'), arguments: [node.id] }
    const isPaused = item.contextValue.includes('isPaused')
    const ended = runs.filter(run => endedStatuses.has(run.status)).length
    item.iconPath = new vscode.ThemeIcon(ended === runs.length ? 'layers' : isPaused ? 'debug-pause' : 'sync~spin')
    item.description = [
      `${ended}/${runs.length}`,
      ...(isPaused ? [l10n.t('paused')] : []),
      ...this.#bestText(runs),
    ].join(' · ')
    item.tooltip = node.experiment
    return item
  }

  #bestText(runs: readonly RunRow[]): string[] {
    const best = bestOf(runs, this.#settings.metric)
    return best === undefined ? [] : [l10n.t('best {0} {1}', metricName(this.#settings.metric), best.toFixed(2))]
  }

  /** The same object for the same line, as VS Code needs in order to redraw a single one. */
  #node(node: Node): Node {
    const key = keyOf(node)
    const known = this.#nodes.get(key)
    // How many lines are left changes; everything else of a line is in its key.
    if (known !== undefined && node.kind !== 'more') return known
    this.#nodes.set(key, node)
    return node
  }

  #schedule(change: RunsChange): void {
    this.#membership ||= change.membership
    for (const row of change.changed) this.#dirty.add(row.id)
    for (const id of change.removed) this.#nodes.delete(`run:${id}`)
    if (!this.#membership) {
      this.#redrawIn(redrawMilliseconds)
      return
    }
    // What came or went shows at once, whatever a redraw of some lines is waiting for.
    this.#redrawIn(0)
  }

  #redrawIn(milliseconds: number): void {
    const at = performance.now() + milliseconds
    if (this.#timer !== undefined && this.#timer.at <= at) return
    clearTimeout(this.#timer?.handle)
    this.#timer = { at, handle: setTimeout(() => this.#redraw(), milliseconds) }
  }

  #redraw(): void {
    this.#timer = undefined
    const rows = [...this.#dirty].flatMap(id => this.#runs.get(id) ?? [])
    const before = this.#model
    this.#forget()
    const parents = new Map(rows.flatMap(row => this.#above(row)).map(parent => [keyOf(parent), parent]))
    if (this.#membership || before === undefined || this.#stoodElsewhere(before, [...parents.values()])) {
      this.#redrawAll()
      return
    }
    this.#dirty.clear()
    const now = performance.now()
    let next = Infinity
    const lines: Node[] = [...parents.values(), ...rows.map(row => this.nodeOf(row.id))]
    // Parents say the best score of their runs. VS Code redraws a parent's line with its children, which are few.
    const due = lines.filter(line => {
      const at = this.#drawn.due(keyOf(line), this.#look(line, this.#item(line)), now)
      if (at === undefined || at <= now) return at !== undefined
      if (line.kind === 'run') this.#dirty.add(line.id)
      next = Math.min(next, at)
      return false
    })
    if (next < Infinity) this.#redrawIn(next - now)
    if (due.length > 0) this.#change.fire(due)
  }

  /** The lines that a run is below. */
  #above(row: RunRow): ParentNode[] {
    const above: ParentNode[] = []
    for (let line = this.getParent(this.nodeOf(row.id)); line !== undefined; line = this.getParent(line))
      if (line.kind !== 'run' && line.kind !== 'more') above.push(line)
    return above
  }

  /** Whether a change of its runs' results moved a line, or let it pass the filter, or no longer. */
  #stoodElsewhere(before: TreeModel, parents: readonly ParentNode[]): boolean {
    if (this.#settings.query === '' && this.#settings.order === 'newest') return false
    const now = this.#current()
    const order = (lines: readonly Node[]) => lines.map(keyOf).join('\t')
    return (
      order(before.experiments()) !== order(now.experiments()) ||
      parents.some(parent => order(before.children(parent)) !== order(now.children(parent)))
    )
  }

  /** What a line and its hover show, to be compared. */
  #look(node: Node, item: vscode.TreeItem): Look {
    const row = node.kind === 'run' ? this.#runs.get(node.id) : undefined
    const text = ({ label, description, iconPath, contextValue, checkboxState }: vscode.TreeItem) =>
      JSON.stringify([label, description, iconPath, contextValue, checkboxState, row?.notes])
    const whole = text(item)
    if (row?.status !== 'running') return { whole, still: whole }
    return { whole, still: text(this.#runItem({ ...row, step: 0, epoch: 0 })) }
  }
}

/** What the state of its runs allows; read by the `when` clauses of the menus. */
function sweepAbilities(runs: readonly RunRow[]): string[] {
  const unfinished = runs.filter(run => !endedStatuses.has(run.status))
  if (unfinished.length === 0) return runs.some(run => run.status === 'stopped') ? ['canResume'] : []
  const isPaused = unfinished.every(run => run.wish === 'pause')
  const waiting = unfinished.some(run => run.status === 'queued') ? ['canWait'] : []
  return ['canStop', ...waiting, ...(isPaused ? ['canResume', 'isPaused'] : ['canPause'])]
}
