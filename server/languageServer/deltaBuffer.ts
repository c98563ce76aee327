/** Gathers deltas, so that a client hears of changes at most every so often, and of each thing once. */
import { assertNever } from '../../protocol/assertNever.ts'
import type { RunDelta, RunEvent, RunRow } from '../../protocol/runEvent.ts'

export class DeltaBuffer {
  readonly #changed = new Map<number, RunRow>()
  readonly #removed = new Set<number>()
  /** By run, then by metric. */
  readonly #points = new Map<number, Map<string, { steps: number[]; values: number[] }>>()
  readonly #events = new Map<number, RunEvent[]>()

  get empty(): boolean {
    return this.#changed.size + this.#removed.size + this.#points.size + this.#events.size === 0
  }

  add(delta: RunDelta): void {
    switch (delta.kind) {
      case 'runs':
        for (const run of delta.changed) {
          this.#changed.set(run.id, run)
          // It was deleted and taken back before anybody heard of it: what is said last is how it is.
          this.#removed.delete(run.id)
        }
        for (const id of delta.removed) {
          this.#changed.delete(id)
          this.#removed.add(id)
        }
        return
      case 'points': {
        const metrics = this.#points.get(delta.runId) ?? new Map<string, { steps: number[]; values: number[] }>()
        this.#points.set(delta.runId, metrics)
        for (const { metric, steps, values } of delta.series) {
          const known = metrics.get(metric)
          if (known === undefined) metrics.set(metric, { steps: [...steps], values: [...values] })
          else {
            for (const step of steps) known.steps.push(step)
            for (const value of values) known.values.push(value)
          }
        }
        return
      }
      case 'events':
        this.#events.set(delta.runId, [...(this.#events.get(delta.runId) ?? []), ...delta.events])
        return
      default:
        assertNever(delta)
    }
  }

  /** Everything gathered, runs first, and an empty buffer again. */
  take(): RunDelta[] {
    const deltas: RunDelta[] = []
    if (this.#changed.size + this.#removed.size > 0)
      deltas.push({ kind: 'runs', changed: [...this.#changed.values()], removed: [...this.#removed] })
    for (const [runId, metrics] of this.#points)
      deltas.push({ kind: 'points', runId, series: [...metrics].map(([metric, one]) => ({ metric, ...one })) })
    for (const [runId, events] of this.#events) deltas.push({ kind: 'events', runId, events })
    this.#changed.clear()
    this.#removed.clear()
    this.#points.clear()
    this.#events.clear()
    return deltas
  }
}
