import type { MetricId } from '../../protocol/metrics.ts'
import type { RunEventKind, RunStatus, RunWish } from '../../protocol/runEvent.ts'
import type { Progress } from '../../server/store/runs.ts'
import type { Tracker } from '../../server/training/tracker.ts'

/** Keeps everything in memory, and wishes what the test says at each step. */
export class MemoryTracker implements Tracker {
  readonly curves = new Map<string, Map<number, number>>()
  readonly events: { step: number; kind: RunEventKind; message: string }[] = []
  readonly statuses: RunStatus[] = []
  readonly details: { step: number; kind: string; value: object }[] = []
  progressed: Progress = {}
  step = 0
  private readonly wishAt: (step: number) => RunWish | 'kill'

  constructor(wishAt: (step: number) => RunWish | 'kill' = () => 'run') {
    this.wishAt = wishAt
  }
  wish(): RunWish {
    const wish = this.wishAt(this.step)
    if (wish === 'kill') throw new Error('killed')
    return wish
  }
  record(step: number, _epoch: number, values: Readonly<Partial<Record<MetricId, number>>>): void {
    this.step = Math.max(this.step, step)
    for (const [metric, value] of Object.entries(values)) {
      const curve = this.curves.get(metric) ?? new Map<number, number>()
      if (!curve.has(step)) curve.set(step, value)
      this.curves.set(metric, curve)
    }
  }
  milestone(step: number, kind: RunEventKind, message: string): void {
    this.events.push({ step, kind, message })
  }
  event(step: number, kind: RunEventKind, message: string): void {
    this.events.push({ step, kind, message })
  }
  status(status: RunStatus): void {
    this.statuses.push(status)
  }
  progress(progress: Progress): void {
    this.progressed = { ...this.progressed, ...progress }
  }
  detail(step: number, kind: string, value: object): void {
    this.details.push({ step, kind, value })
  }
  together(report: () => void): void {
    report()
  }
  flush(): void {
    // Nothing is kept back.
  }
  get kinds(): string[] {
    return this.events.map(event => event.kind)
  }
  /** All curves but the one that measures time. */
  get repeatable(): [string, [number, number][]][] {
    return [...this.curves]
      .filter(([metric]) => metric !== 'imagesPerSecond' && metric !== 'memory')
      .map(([metric, curve]): [string, [number, number][]] => [metric, [...curve].toSorted(([a], [b]) => a - b)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
}
