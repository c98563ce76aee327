/** The rows of all runs as the store has them: filled once a server is up, kept current by deltas. Views read it. */
import * as vscode from 'vscode'
import { summariesOf } from '../protocol/packedRuns.ts'
import { listRuns, readRows, readSummaries } from '../protocol/requests.ts'
import type { RunRow } from '../protocol/runEvent.ts'
import type { Client } from './client.ts'
import { hasEnded, moved } from './runChanges.ts'

/** What a view needs in order to redraw as little as possible. */
export interface RunsChange {
  readonly changed: readonly RunRow[]
  readonly removed: readonly number[]
  /** Runs came, went or moved, or all of them know more than before: the tree is another one. */
  readonly membership: boolean
}

/** Needed for every line: whether a run has collapsed. */
const always = ['loss', 'dApMean', 'dAnMean']

export class Runs implements vscode.Disposable {
  readonly #client: Client
  readonly #rows = new Map<number, RunRow>()
  readonly #change = new vscode.EventEmitter<RunsChange>()
  readonly #ended = new vscode.EventEmitter<RunRow>()
  readonly #subscriptions: vscode.Disposable[]
  readonly #firstLoad = Promise.withResolvers<undefined>()
  /** Metrics that every row has the summary of, where its run has any. */
  readonly #metrics: Set<string>
  #newestFirst: readonly RunRow[] | undefined

  readonly onChange = this.#change.event
  /** A run came to its end while this window looked on. */
  readonly onEnded = this.#ended.event

  /** @param metrics what the lines show from the start */
  constructor(client: Client, metrics: readonly string[]) {
    this.#client = client
    this.#metrics = new Set([...always, ...metrics])
    this.#subscriptions = [
      client.onReady(() => {
        this.#reload().catch((error: unknown) => client.logError(error))
      }),
      client.onDeltas(deltas => {
        for (const delta of deltas) if (delta.kind === 'runs') this.#apply(delta.changed, delta.removed)
      }),
    ]
  }

  /** Resolves once the rows are here. @throws Error when the server cannot be reached */
  async loaded(): Promise<void> {
    await this.#client.start()
    await this.#firstLoad.promise
  }

  get(id: number): RunRow | undefined {
    return this.#rows.get(id)
  }

  /** Newest first. */
  all(): readonly RunRow[] {
    return (this.#newestFirst ??= [...this.#rows.values()].sort((a, b) => b.created - a.created || b.id - a.id))
  }

  /** Those that a trainer works on, newest first. */
  active(): RunRow[] {
    return this.all().filter(row => row.status === 'running')
  }

  /** A row with the summaries of all metrics; the list has those that are shown. */
  async whole(id: number): Promise<RunRow | undefined> {
    return (await this.wholes([id])).at(0)
  }

  async wholes(ids: readonly number[]): Promise<RunRow[]> {
    return (await this.#client.request(readRows, { runIds: [...ids] })).runs
  }

  /** Sees that all rows have the summaries of these metrics; listeners hear when they have come. */
  async need(metrics: readonly string[]): Promise<void> {
    if (await this.fetch(metrics)) this.#change.fire({ changed: [], removed: [], membership: true })
  }

  /** The same for what nobody shows yet. @returns whether any were missing */
  async fetch(metrics: readonly string[]): Promise<boolean> {
    const missing = metrics.filter(metric => !this.#metrics.has(metric))
    if (missing.length === 0) return false
    const { summaries } = await this.#client.request(readSummaries, { metrics: missing })
    for (const table of summaries)
      for (const { runId, summary } of summariesOf(table)) {
        const row = this.#rows.get(runId)
        if (row !== undefined) row.summaries[table.metric] = summary
      }
    for (const metric of missing) this.#metrics.add(metric)
    return true
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose()
    this.#change.dispose()
    this.#ended.dispose()
  }

  async #reload(): Promise<void> {
    const { runs } = await this.#client.request(listRuns, { metrics: [...this.#metrics] })
    const known = new Set(runs.map(run => run.id))
    this.#apply(
      runs,
      [...this.#rows.keys()].filter(id => !known.has(id)),
    )
    this.#firstLoad.resolve(undefined)
  }

  #apply(changed: readonly RunRow[], removed: readonly number[]): void {
    let membership = false
    const ended: RunRow[] = []
    for (const row of changed) {
      const before = this.#rows.get(row.id)
      membership ||= before === undefined || moved(before, row)
      if (hasEnded(before, row)) ended.push(row)
      this.#rows.set(row.id, row)
    }
    for (const id of removed) membership = this.#rows.delete(id) || membership
    this.#newestFirst = undefined
    this.#change.fire({ changed, removed, membership })
    for (const row of ended) this.#ended.fire(row)
  }
}
