/** Which runs are watched: several panels may look at one run, and the server is told of the first and of the last. */
import type * as vscode from 'vscode'
import { watchRun } from '../protocol/requests.ts'
import type { Client } from './client.ts'

/** Ends with `dispose`. */
export interface Watch {
  dispose(): void
}

export class Watches implements vscode.Disposable {
  readonly #client: Client
  readonly #counts = new Map<number, number>()
  readonly #subscription: vscode.Disposable

  constructor(client: Client) {
    this.#client = client
    // A new server knows of nothing; whoever reads a run again asks after this.
    this.#subscription = client.onReady(() => {
      for (const runId of this.#counts.keys()) void this.#tell(runId, true).catch(() => undefined)
    })
  }

  /** Deltas of this run come from here on, until the answer is disposed of. */
  async watch(runId: number): Promise<Watch> {
    const count = this.#counts.get(runId) ?? 0
    this.#counts.set(runId, count + 1)
    let isOn = true
    const end: Watch = {
      dispose: () => {
        if (isOn) this.#leave(runId)
        isOn = false
      },
    }
    try {
      if (count === 0) await this.#tell(runId, true)
      return end
    } catch (error) {
      end.dispose()
      throw error
    }
  }

  dispose(): void {
    this.#subscription.dispose()
  }

  #leave(runId: number): void {
    const left = (this.#counts.get(runId) ?? 0) - 1
    if (left > 0) {
      this.#counts.set(runId, left)
      return
    }
    this.#counts.delete(runId)
    void this.#tell(runId, false).catch(() => undefined)
  }

  async #tell(runId: number, watch: boolean): Promise<void> {
    await this.#client.request(watchRun, { runId, watch })
  }
}
