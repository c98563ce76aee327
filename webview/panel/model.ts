/** What a live panel knows of its run. Takes messages, no DOM: what is shown follows from this alone. */
import { assertNever } from '../../protocol/assertNever.ts'
import type { ToPanel } from '../../protocol/panel.ts'
import type { RunDelta, RunEvent, RunEventKind, RunRow } from '../../protocol/runEvent.ts'
import { Clock } from '../data/clock.ts'
import { Curve } from '../data/curve.ts'
import { Details } from './details.ts'
import { Pace } from './pace.ts'

export interface CloseUp {
  readonly fromStep: number
  readonly toStep: number
  readonly curves: ReadonlyMap<string, Curve>
}

/** After these nothing runs until the run is resumed. */
const restKinds: ReadonlySet<RunEventKind> = new Set(['paused', 'interrupted', 'stopped', 'done', 'failed'])

export class PanelModel {
  run: RunRow | undefined
  readonly curves = new Map<string, Curve>()
  readonly events: RunEvent[] = []
  /** Why there is nothing to show. */
  missing: string | undefined
  readonly pace = new Pace()
  readonly clock = new Clock()
  readonly details = new Details()
  /** A stretch in more detail than `curves` holds. */
  closeUp: CloseUp | undefined
  /** Pictures that may be mislabelled, and in how many epochs each was among the hardest. */
  suspects: ReadonlyMap<number, number> = new Map()
  #rest: RunEvent | undefined

  /**
   * @param now milliseconds of a clock that only goes forward
   * @param wallTime milliseconds since 1970
   */
  apply(message: ToPanel, now: number, wallTime = Date.now()): void {
    switch (message.kind) {
      case 'show':
        this.#reset()
        this.run = message.run
        this.clock.add(message.clock.steps, message.clock.times)
        for (const series of message.series) this.#curve(series.metric).appendSeries(series)
        this.#addEvents(message.events)
        this.pace.see(message.run.step, now)
        return
      case 'deltas':
        for (const delta of message.deltas) this.#applyDelta(delta, now, wallTime)
        return
      case 'closeUp':
        if (message.runId === this.run?.id) this.closeUp = toCloseUp(message)
        return
      case 'detail':
        if (message.runId === this.run?.id) this.details.take(message)
        return
      case 'suspects':
        if (message.runId === this.run?.id)
          this.suspects = new Map(message.pictures.map(({ index, epochs }) => [index, epochs]))
        return
      case 'missing':
        this.missing = message.message
        return
      default:
        assertNever(message)
    }
  }

  /** The last step of any curve: the right end of the axis. */
  get lastStep(): number {
    let last = 0
    for (const curve of this.curves.values()) last = Math.max(last, curve.lastStep)
    return last
  }

  /**
   * The first step of any curve: the left end of the axis.
   * @param isShown whether the axis can show a step; a logarithmic one has no place for its zero
   */
  firstStep(isShown: (step: number) => boolean = () => true): number {
    let first = Infinity
    for (const curve of this.curves.values()) first = Math.min(first, curve.steps.find(isShown) ?? Infinity)
    return Number.isFinite(first) ? first : 0
  }

  last(metric: string): number | undefined {
    return this.curves.get(metric)?.last
  }

  #reset(): void {
    this.curves.clear()
    this.events.length = 0
    this.missing = undefined
    this.pace.reset()
    this.clock.clear()
    this.details.clear()
    this.closeUp = undefined
    this.suspects = new Map()
    this.#rest = undefined
  }

  #applyDelta(delta: RunDelta, now: number, wallTime: number): void {
    switch (delta.kind) {
      case 'runs': {
        const row = delta.changed.find(one => one.id === this.run?.id)
        if (row !== undefined) {
          this.run = row
          this.pace.see(row.step, now)
        }
        return
      }
      case 'points':
        if (delta.runId !== this.run?.id) return
        for (const series of delta.series) this.#curve(series.metric).appendSeries(series)
        this.pace.see(this.lastStep, now)
        this.clock.add([this.lastStep], [wallTime])
        return
      case 'events':
        if (delta.runId === this.run?.id) this.#addEvents(delta.events)
        return
      default:
        assertNever(delta)
    }
  }

  #curve(metric: string): Curve {
    const known = this.curves.get(metric)
    if (known !== undefined) return known
    const curve = new Curve()
    this.curves.set(metric, curve)
    return curve
  }

  #addEvents(events: readonly RunEvent[]): void {
    const known = this.events.at(-1)?.id ?? -1
    for (const event of events) {
      if (event.id <= known) continue
      this.events.push(event)
      if (restKinds.has(event.kind)) this.#rest = event
      else if (event.kind === 'resumed' && this.#rest !== undefined) {
        this.clock.addPause({ step: this.#rest.step, from: this.#rest.time, to: event.time })
        this.#rest = undefined
      }
    }
  }
}

function toCloseUp({ fromStep, toStep, series }: Extract<ToPanel, { kind: 'closeUp' }>): CloseUp {
  const curves = new Map<string, Curve>()
  for (const one of series) {
    const curve = new Curve()
    curve.appendSeries(one)
    curves.set(one.metric, curve)
  }
  return { fromStep, toStep, curves }
}
