/** What the sidebar is set to: kept over restarts, one for each workspace. */
import * as v from 'valibot'
import * as vscode from 'vscode'
import { headlineMetric, RunOrder } from '../../protocol/runOrder.ts'
import { parseQuery, type RunTest } from '../../protocol/runQuery.ts'

const Stored = v.object({
  order: v.fallback(RunOrder, 'newest'),
  /** Stands beside each run, and orders them when that is asked for. */
  metric: v.fallback(v.string(), headlineMetric),
  query: v.fallback(v.string(), ''),
  showArchived: v.fallback(v.boolean(), false),
  checked: v.fallback(v.array(v.number()), []),
})
type Stored = v.InferOutput<typeof Stored>

const key = 'tripletLab.tree'
const RunSettingNames = ['order', 'metric', 'query', 'showArchived', 'checked'] as const

export class TreeSettings implements vscode.Disposable {
  readonly #memento: vscode.Memento
  readonly #change = new vscode.EventEmitter<readonly (keyof Stored)[]>()
  #stored: Stored
  #test: RunTest = () => true
  #queryMetrics: readonly string[] = []

  /** Names what was set. */
  readonly onChange = this.#change.event

  constructor(memento: vscode.Memento) {
    this.#memento = memento
    this.#stored = v.parse(Stored, memento.get(key, {}))
    this.#applyQuery()
  }

  get order(): RunOrder {
    return this.#stored.order
  }
  get metric(): string {
    return this.#stored.metric
  }
  get query(): string {
    return this.#stored.query
  }
  get showArchived(): boolean {
    return this.#stored.showArchived
  }
  get checked(): readonly number[] {
    return this.#stored.checked
  }
  /** Whether a run passes the query. */
  get test(): RunTest {
    return this.#test
  }

  /** Metrics that the lines and the query look at: the list of runs must have their summaries. */
  get metrics(): string[] {
    return [...new Set([this.#stored.metric, ...this.#queryMetrics])]
  }

  set(change: Partial<Stored>): void {
    const names = RunSettingNames.filter(name => name in change)
    this.#stored = { ...this.#stored, ...change }
    this.#applyQuery()
    void this.#memento.update(key, this.#stored)
    this.#change.fire(names)
  }

  dispose(): void {
    this.#change.dispose()
  }

  #applyQuery(): void {
    const parsed = parseQuery(this.#stored.query)
    this.#test = parsed.kind === 'ok' ? parsed.test : () => true
    this.#queryMetrics = parsed.kind === 'ok' ? parsed.metrics : []
    void vscode.commands.executeCommand('setContext', 'tripletLab.filtered', this.#stored.query !== '')
    void vscode.commands.executeCommand('setContext', 'tripletLab.showArchived', this.#stored.showArchived)
  }
}
