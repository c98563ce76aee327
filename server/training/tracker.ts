/**
 * Where a training loop reports to. The loop knows of no store: a run on a cluster reports to another tracker.
 */
import type { MetricId } from '../../protocol/metrics.ts'
import type { RunEventKind, RunStatus, RunWish } from '../../protocol/runEvent.ts'
import type { Progress } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

export interface Tracker {
  /** What is wished of the run, asked before each batch. */
  wish(): RunWish
  /** Values at a step; they may be kept for a moment before they are written. */
  record(step: number, epoch: number, values: Readonly<Partial<Record<MetricId, number>>>): void
  /** Something that belongs to a step of the training: said once, also when the step is repeated. */
  milestone(step: number, kind: RunEventKind, message: string): void
  /** Something that happened to the process: said each time. */
  event(step: number, kind: RunEventKind, message: string): void
  status(status: RunStatus, message?: string): void
  progress(progress: Progress): void
  /** Something larger than a number, for a step: kept as JSON; see protocol/details. */
  detail(step: number, kind: string, value: object): void
  /** Several reports as one write: each write waits for the disk. */
  together(report: () => void): void
  /** Everything reported so far is on the disk when this returns. */
  flush(): void
}

interface Curve {
  steps: Float64Array
  values: Float64Array
  times: Float64Array
  count: number
}

/** Milliseconds for which a wish is taken to last: asking the store costs as much as a share of a short step. */
const wishInterval = 40
/** Shortest time between two writes: often enough for a live curve. */
const flushInterval = 120
/** A write may cost at most this share of the time: on a slow disk they become rarer. */
const flushShare = 0.01
/** But never so rare that a curve seems to stand still. */
const longestInterval = 1_500

/** Writes to the store in bulk, since forcing a commit to the disk costs the same for one point and for a thousand. */
export class StoreTracker implements Tracker {
  private readonly store: Store
  private readonly runId: number
  private readonly curves = new Map<string, Curve>()
  private details: { step: number; kind: string; data: Uint8Array }[] = []
  private pending = 0
  private step = 0
  private epoch = 0
  private nextFlush = 0
  private wished: RunWish = 'run'
  private askedAt = -Infinity

  constructor(store: Store, runId: number) {
    this.store = store
    this.runId = runId
  }

  wish(): RunWish {
    const now = performance.now()
    if (now - this.askedAt < wishInterval) return this.wished
    this.askedAt = now
    // A run that was removed while it ran has nobody to train for.
    return (this.wished = this.store.wish(this.runId) ?? 'stop')
  }

  record(step: number, epoch: number, values: Readonly<Partial<Record<MetricId, number>>>): void {
    const time = Date.now()
    for (const metric in values) this.push(metric, step, values[metric as MetricId] ?? NaN, time)
    // An evaluation of the untrained network comes late, and is no step back.
    if (step >= this.step) {
      this.step = step
      this.epoch = epoch
    }
    if (performance.now() >= this.nextFlush) this.flush()
  }

  milestone(step: number, kind: RunEventKind, message: string): void {
    this.flush()
    this.store.addEventOnce(this.runId, { step, kind, message })
  }

  event(step: number, kind: RunEventKind, message: string): void {
    this.flush()
    this.store.addEvent(this.runId, { step, kind, message })
  }

  status(status: RunStatus, message?: string): void {
    this.flush()
    this.store.setStatus(this.runId, status, message ?? null)
  }

  progress(progress: Progress): void {
    this.store.setProgress(this.runId, progress)
  }

  detail(step: number, kind: string, value: object): void {
    this.details.push({ step, kind, data: Buffer.from(JSON.stringify(value)) })
  }

  together(report: () => void): void {
    this.store.transaction(report)
  }

  flush(): void {
    if (this.pending === 0 && this.details.length === 0) return
    const start = performance.now()
    this.store.transaction(() => {
      const batch = [...this.curves].map(([metric, curve]) => ({
        metric,
        steps: curve.steps.subarray(0, curve.count),
        values: curve.values.subarray(0, curve.count),
        times: curve.times.subarray(0, curve.count),
      }))
      this.store.appendPoints(this.runId, batch)
      for (const { kind, step, data } of this.details) this.store.putDetail(this.runId, kind, step, data)
      this.store.setProgress(this.runId, { step: this.step, epoch: this.epoch })
    })
    this.details = []
    for (const curve of this.curves.values()) curve.count = 0
    this.pending = 0
    const now = performance.now()
    this.nextFlush = now + Math.min(longestInterval, Math.max(flushInterval, (now - start) / flushShare))
  }

  private push(metric: string, step: number, value: number, time: number): void {
    let curve = this.curves.get(metric)
    if (!curve) this.curves.set(metric, (curve = emptyCurve(64)))
    if (curve.count === curve.steps.length) this.curves.set(metric, (curve = grown(curve)))
    curve.steps[curve.count] = step
    curve.values[curve.count] = value
    curve.times[curve.count] = time
    curve.count++
    this.pending++
  }
}

function emptyCurve(room: number): Curve {
  return {
    steps: new Float64Array(room),
    values: new Float64Array(room),
    times: new Float64Array(room),
    count: 0,
  }
}

function grown(curve: Curve): Curve {
  const larger = emptyCurve(curve.count * 2)
  larger.steps.set(curve.steps)
  larger.values.set(curve.values)
  larger.times.set(curve.times)
  larger.count = curve.count
  return larger
}
