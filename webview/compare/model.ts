/** What the comparison knows: the runs, and the curves that were asked for. */
import { assertNever } from '../../protocol/assertNever.ts'
import type { ToCompare } from '../../protocol/compare.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { Curve } from '../data/curve.ts'

export class CompareModel {
  runs: readonly RunRow[] = []
  /** Whether the extension has said which runs there are. */
  isKnown = false
  /** By metric, then by run. */
  readonly #curves = new Map<string, Map<number, Curve>>()
  /** Step that each run stood at when its curve was asked for. */
  readonly #asked = new Map<string, number>()

  apply(message: ToCompare): void {
    switch (message.kind) {
      case 'runs':
        this.runs = message.runs
        this.isKnown = true
        return
      case 'curves': {
        const curves = this.#of(message.metric)
        for (const { runId, series } of message.curves) {
          const curve = new Curve()
          if (series !== null) curve.appendSeries(series)
          curves.set(runId, curve)
        }
        return
      }
      default:
        assertNever(message)
    }
  }

  curve(metric: string, runId: number): Curve | undefined {
    return this.#curves.get(metric)?.get(runId)
  }

  /** Runs whose curve is not here, or is behind; each is named once for each step that it reaches. */
  missing(metric: string): number[] {
    return this.runs.flatMap(run => {
      const key = `${metric} ${run.id}`
      if (this.#asked.get(key) === run.step) return []
      this.#asked.set(key, run.step)
      return [run.id]
    })
  }

  #of(metric: string): Map<number, Curve> {
    let curves = this.#curves.get(metric)
    if (curves === undefined) this.#curves.set(metric, (curves = new Map<number, Curve>()))
    return curves
  }
}
