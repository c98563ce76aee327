/**
 * Curves that were measured once, under early termination in any order: a run that goes on from its checkpoint has the
 * same curve as one that was never stopped, so what the sweep would have cost and found is known without training again.
 */
import { Random } from '../../server/core/random.ts'
import { decide, type Candidate } from '../../server/sweeps/earlyStop.ts'
import type { SweepPlan } from '../../server/sweeps/plan.ts'
import { median } from '../table.ts'

/** The metric after each epoch, more is better; shorter than the run where it diverged. */
export type Curve = readonly number[]

export interface Orders {
  readonly count: number
  /** Share of the orders whose best is within 1 % of the best of all curves. */
  readonly within: number
  /** Epochs trained, as a share of those of the whole grid. */
  readonly medianShare: number
  readonly mostShare: number
}

export function replay(
  curves: readonly Curve[],
  early: NonNullable<SweepPlan['earlyTerminate']>,
  count: number,
): Orders {
  const best = Math.max(...curves.flat())
  const whole = curves.reduce((sum, curve) => sum + curve.length, 0)
  const found = Array.from({ length: count }, (_, seed) => {
    const order = Int32Array.from(curves.keys())
    Random.fromSeed(seed).shuffle(order)
    return oneAtATime(
      [...order].map(i => curves[i]),
      early,
    )
  })
  const shares = found.map(one => one.epochs / whole)
  return {
    count,
    within: found.filter(one => one.best >= 0.99 * best).length / count,
    medianShare: median(shares),
    mostShare: Math.max(...shares),
  }
}

/** One slot, as the training server works: the oldest run that may go on trains an epoch, then all are looked at. */
function oneAtATime(curves: readonly Curve[], early: NonNullable<SweepPlan['earlyTerminate']>) {
  const runs = curves.map((curve, number): Run => ({ number, curve, epoch: 0, rung: -1, state: 'queued' }))
  const look = (exhausted: boolean): boolean => {
    const candidates = runs.map(run => candidateOf(run, curves))
    let moved = false
    for (const decision of decide(early, candidates, exhausted)) {
      const run = runs[decision.runId]
      if (decision.kind === 'hold') run.state = 'held'
      else {
        run.rung = decision.rung
        if (run.state === 'held') [run.state, moved] = ['queued', true]
      }
    }
    return moved
  }
  for (;;) {
    const run = runs.find(one => one.state === 'queued')
    if (run === undefined) {
      if (look(true)) continue
      return { epochs: runs.reduce((sum, one) => sum + one.epoch, 0), best: bestOf(runs) }
    }
    run.epoch++
    if (run.epoch >= run.curve.length) run.state = 'ended'
    look(false)
  }
}

type State = 'queued' | 'held' | 'ended'
interface Run {
  readonly number: number
  readonly curve: Curve
  epoch: number
  rung: number
  state: State
}

function candidateOf({ number, curve, epoch, rung, state }: Readonly<Run>, curves: readonly Curve[]): Candidate {
  return {
    runId: number,
    number,
    epochs: Math.max(...curves.map(one => one.length)),
    reports: curve.slice(0, epoch).map((value, i) => ({ resource: i + 1, value: -value })),
    rung,
    state: state === 'queued' ? 'active' : state,
  }
}

function bestOf(runs: readonly Run[]): number {
  return Math.max(...runs.flatMap(run => run.curve.slice(0, run.epoch)))
}
