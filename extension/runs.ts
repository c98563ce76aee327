/** The rows of all runs as the store has them: filled once a server is up, kept current by deltas. Views read it. */
import * as vscode from 'vscode'
import { listRuns } from '../protocol/requests.ts'
import { endedStatuses, type RunRow } from '../protocol/runEvent.ts'
import type { Client } from './client.ts'

/** What a view needs in order to redraw as little as possible. */
export interface RunsChange {
  readonly changed: readonly RunRow[]
  readonly removed: readonly number[]
  /** Runs came or went: the tree has other members than before. */
  readonly membership: boolean
}

export class Runs implements vscode.Disposable {
  readonly #client: Client
  readonly #rows = new Map<number, RunRow>()
  readonly #change = new vscode.EventEmitter<RunsChange>()
  readonly #ended = new vscode.EventEmitter<RunRow>()
  readonly #subscriptions: vscode.Disposable[]
  readonly #firstLoad = Promise.withResolvers<undefined>()

  readonly onChange = this.#change.event
  /** A run came to its end while this window looked on. */
  readonly onEnded = this.#ended.event

  constructor(client: Client) {
    this.#client = client
    this.#subscriptions = [
      client.onReady(() => void this.#reload()),
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
  all(): RunRow[] {
    return [...this.#rows.values()].sort((a, b) => b.id - a.id)
  }

  /** Those that a trainer works on, newest first. */
  active(): RunRow[] {
    return this.all().filter(row => row.status === 'running')
  }

  dispose(): void {
    for (const one of this.#subscriptions) one.dispose()
    this.#change.dispose()
    this.#ended.dispose()
  }

  async #reload(): Promise<void> {
    const { runs } = await this.#client.request(listRuns, {})
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
      membership ||= before === undefined
      if (before !== undefined && !endedStatuses.has(before.status) && endedStatuses.has(row.status)) ended.push(row)
      this.#rows.set(row.id, row)
    }
    for (const id of removed) membership = this.#rows.delete(id) || membership
    this.#change.fire({ changed, removed, membership })
    for (const row of ended) this.#ended.fire(row)
  }
}
