/** What the comparison knows: the runs, and the curves that were asked for. */
import { assertNever } from '../../protocol/assertNever.ts'
import type { ToCompare } from '../../protocol/compare.ts'
import { type RunRow, summaryOf } from '../../protocol/runEvent.ts'
import type { SeriesArrays } from '../../protocol/seriesArrays.ts'
import { Clock } from '../data/clock.ts'
import { Curve } from '../data/curve.ts'

/** A stretch of a curve in more detail than the whole one has. */
interface CloseUp {
  readonly fromStep: number
  readonly toStep: number
  readonly curve: Curve
}

export class CompareModel {
  runs: readonly RunRow[] = []
  /** Whether the extension has said which runs there are. */
  isKnown = false
  /** By metric, then by run. */
  readonly #curves = new Map<string, Map<number, Curve>>()
  readonly #clocks = new Map<number, Clock>()
  /** Of one metric: the one that was looked at last. */
  #closeUps: { readonly metric: string; readonly byRun: ReadonlyMap<number, CloseUp> } | undefined
  /** How far each run was when its curve was asked for. */
  readonly #asked = new Map<string, string>()

  apply(message: ToCompare): void {
    switch (message.kind) {
      case 'runs':
        this.runs = message.runs
        this.isKnown = true
        return
      case 'curves': {
        const curves = this.#of(message.metric)
        for (const { runId, series } of message.curves) curves.set(runId, toCurve(series))
        return
      }
      case 'closeUp': {
        const { metric, curves } = message
        const byRun = new Map(
          curves.map(({ runId, fromStep, toStep, series }) => [runId, { fromStep, toStep, curve: toCurve(series) }]),
        )
        this.#closeUps = { metric, byRun }
        return
      }
      case 'clocks': {
        for (const { runId, clock } of message.clocks) {
          const own = new Clock()
          own.add(clock.steps, clock.times)
          this.#clocks.set(runId, own)
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

  /** The stretch of a curve in detail, where it was fetched; else what there is of the whole. */
  curveIn(metric: string, runId: number, fromStep: number, toStep: number): Curve | undefined {
    const whole = this.curve(metric, runId)
    const closeUp = this.#closeUps?.metric === metric ? this.#closeUps.byRun.get(runId) : undefined
    if (closeUp === undefined || fromStep < closeUp.fromStep || toStep > closeUp.toStep) return whole
    // A run that goes on grows beyond what was fetched of it.
    const isBehind = closeUp.curve.lastStep < Math.min(toStep, whole?.lastStep ?? -1)
    return isBehind ? whole : closeUp.curve
  }

  /** When a run's steps were made; empty as long as that is on its way. */
  clock(runId: number): Clock {
    return this.#clocks.get(runId) ?? noClock
  }

  /** Runs whose curve is not here, or is behind; each is named once for each step that it or its curve reaches. */
  missing(metric: string): number[] {
    return this.#behind(metric)
  }

  /** The same of their clocks. */
  missingClocks(): number[] {
    return this.#behind('a clock')
  }

  #behind(what: string): number[] {
    return this.runs.flatMap(run => {
      const key = `${what} ${run.id}`
      // The last evaluation comes when the last step has long been told, and the last points with the end.
      const reached = `${run.step} ${summaryOf(run, what)?.lastStep ?? ''} ${run.status}`
      if (this.#asked.get(key) === reached) return []
      this.#asked.set(key, reached)
      return [run.id]
    })
  }

  #of(metric: string): Map<number, Curve> {
    let curves = this.#curves.get(metric)
    if (curves === undefined) this.#curves.set(metric, (curves = new Map<number, Curve>()))
    return curves
  }
}

const noClock = new Clock()

function toCurve(series: SeriesArrays | null): Curve {
  const curve = new Curve()
  if (series !== null) curve.appendSeries(series)
  return curve
}
