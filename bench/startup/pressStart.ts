/** From pressing start to the first points of the loss, as an editor sees them: the built bundles, over the protocol. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { readRun, runEvents, startTraining, watchRun, wishRun } from '../../protocol/requests.ts'
import type { RunDelta } from '../../protocol/runEvent.ts'
import { startClient, uriOf, type TestClient } from '../../test/languageServer/client.ts'

/** Milliseconds since start was pressed. */
export interface Started {
  /** The runs are in the store, and the editor may open the panel. */
  readonly answered: number
  /** The training server has taken the run. */
  readonly claimed: number
  /** The engine's name and the size of the data are known. */
  readonly opened: number
  /** The trainer made its first step. */
  readonly stepped: number
  /** The first point of the loss has reached the editor. */
  readonly shown: number
}

export class Editor {
  readonly folder: string
  readonly #client: TestClient
  #listener: (delta: RunDelta) => void = () => undefined

  private constructor(folder: string, client: TestClient) {
    this.folder = folder
    this.#client = client
    client.connection.onNotification(runEvents.method, (message: unknown) => {
      for (const delta of v.parse(runEvents.params, message).deltas) this.#listener(delta)
    })
  }

  static async open(): Promise<Editor> {
    const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
    cpSync('examples', folder, { recursive: true, filter: source => !source.includes('.triplet-lab') })
    return new Editor(folder, await startClient({ folders: [folder], bundled: true }))
  }

  /** Opens the file and looks at it for a while: whoever does may press start next. */
  async lookAt(file: string): Promise<void> {
    const path = join(this.folder, file)
    this.#client.open(uriOf(path), readFileSync(path, 'utf8'))
    await sleep(4_000)
    this.#client.close(uriOf(path))
  }

  /** Starts the file and stops its run again as soon as its loss was seen. */
  async pressStart(file: string, text?: string): Promise<Started> {
    const path = join(this.folder, file)
    if (text !== undefined) writeFileSync(path, text)
    const { connection } = this.#client
    const times = { answered: NaN, claimed: NaN, opened: NaN, stepped: NaN, shown: NaN }
    const origin = performance.now()
    const wall = Date.now()
    const since = (): number => performance.now() - origin
    const shown = new Promise<void>(resolve => {
      this.#listener = delta => {
        if (delta.kind === 'runs') {
          for (const run of delta.changed) {
            if (run.status === 'running' && Number.isNaN(times.claimed)) times.claimed = since()
            if (run.engine !== null && Number.isNaN(times.opened)) times.opened = since()
          }
        } else if (delta.kind === 'points' && delta.series.some(({ metric }) => metric === 'loss')) {
          if (Number.isNaN(times.shown)) times.shown = since()
          resolve()
        }
      }
    })
    const answer = await connection.sendRequest(startTraining.method, { uri: uriOf(path) })
    const started = v.parse(startTraining.result, answer)
    if (started.kind === 'refused') throw new Error(JSON.stringify(started.problems))
    times.answered = since()
    const [runId] = started.runIds
    await connection.sendRequest(watchRun.method, { runId, watch: true })
    await Promise.race([shown, sleep(60_000)])
    const { clock, run } = v.parse(
      readRun.result,
      await connection.sendRequest(readRun.method, { runId, maxPoints: 100 }),
    )
    if (Number.isNaN(times.shown))
      throw new Error(`${file} showed no point: ${run?.status ?? ''} ${run?.message ?? ''}`)
    times.stepped = (clock.times.at(0) ?? NaN) - wall
    await connection.sendRequest(wishRun.method, { runId, wish: 'stop' })
    return times
  }

  /** Waits until nothing trains and the training server has gone. */
  async rest(): Promise<void> {
    await sleep(4_500)
  }

  async close(): Promise<void> {
    await this.#client.stop()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 })
  }
}
