// A run as it is, with statistics, store and checkpoints, that pauses between its turns: `node runPeer.ts WORKLOAD`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { RunStatus, RunWish } from '../../protocol/runEvent.ts'
import { DifficultyKernel } from '../../server/core/difficultyKernel.ts'
import { openStore } from '../../server/store/store.ts'
import { CheckpointWriter } from '../../server/training/checkpointWriter.ts'
import { StoreTracker } from '../../server/training/tracker.ts'
import { trainRun } from '../../server/training/trainRun.ts'
import { endless, workloadOf } from './spec.ts'

/** Until then the untrained network was evaluated, and what is compiled as it is used is compiled. */
const warmUp = 25

/** Milliseconds spent on statistics and on tracking since the last turn began. */
let spentMs = 0
let isTimed = false

/** Times the outermost of the calls that are timed. */
function timed<T>(work: () => T): T {
  if (isTimed) return work()
  isTimed = true
  const start = performance.now()
  try {
    return work()
  } finally {
    spentMs += performance.now() - start
    isTimed = false
  }
}

for (const name of ['count', 'fill', 'summarize', 'spread']) {
  const method = Reflect.get(DifficultyKernel.prototype, name) as (...given: unknown[]) => unknown
  const asTimed = function (this: DifficultyKernel, ...given: unknown[]): unknown {
    return timed(() => method.apply(this, given))
  }
  Reflect.set(DifficultyKernel.prototype, name, asTimed)
}

/** When the last checkpoint was given to the thread that writes it: what comes then goes on beside the training. */
let handedOver = NaN
const write = Reflect.get(CheckpointWriter.prototype, 'write')
CheckpointWriter.prototype.write = function (...given) {
  const written = write.apply(this, given)
  handedOver = performance.now()
  return written
}

/** Lets the run go on for a turn, and times what lies between two questions after its wish: whole steps. */
class TurnTracker extends StoreTracker {
  steps: number[] = []
  saveMs = 0
  spentMs = 0
  #until = Infinity
  #last = NaN
  #asked = 0
  #pausedAt = NaN

  override record(...given: Parameters<StoreTracker['record']>): void {
    timed(() => super.record(...given))
  }
  override detail(...given: Parameters<StoreTracker['detail']>): void {
    timed(() => super.detail(...given))
  }
  override flush(): void {
    timed(() => super.flush())
  }

  override wish(): RunWish {
    const wish = timed(() => super.wish())
    const now = performance.now()
    if (this.#until === -Infinity) return 'pause'
    if (!Number.isNaN(this.#last)) this.steps.push(now - this.#last)
    this.#last = now
    if (now < this.#until && (this.#until < Infinity || this.#asked++ < warmUp)) return wish
    this.#until = -Infinity
    this.#pausedAt = now
    this.spentMs = spentMs
    return 'pause'
  }

  override status(status: RunStatus, message?: string): void {
    super.status(status, message)
    if (status !== 'paused') return
    this.saveMs = handedOver - this.#pausedAt
    this.onPause()
  }

  onPause = (): void => undefined

  turn(seconds: number): void {
    spentMs = 0
    this.steps = []
    this.#last = NaN
    this.#until = performance.now() + seconds * 1000
  }
}

const [name] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'triplet-bench-'))
const opened = openStore(join(folder, '.triplet-lab'))
if (opened.kind !== 'opened') throw new Error('There is no store.')
const { store } = opened
const spec = endless(workloadOf(name))
const [runId] = store.queueRuns([{ name: 'bench', experiment: 'bench', spec }])
store.claimNext()
const tracker = new TurnTracker(store, runId)
let ready = false
tracker.onPause = () => {
  if (!ready) {
    console.log('first step')
    console.log(JSON.stringify({ label: 'a run' }))
  } else {
    const peakMegabytes = process.resourceUsage().maxRSS / 1024
    console.log(
      JSON.stringify({ steps: tracker.steps, saveMs: tracker.saveMs, spentMs: tracker.spentMs, peakMegabytes }),
    )
  }
  ready = true
}
createInterface({ input: process.stdin })
  .on('line', line => tracker.turn(Number(line)))
  .on('close', () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    process.exit(0)
  })
await trainRun(spec, { tracker, folder: join(folder, 'run'), workspace: resolve('.') })
