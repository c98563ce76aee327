/** Which runs of a sweep should stop, and which of the stopped ones may go on: a pure function of what they reported. */
import { bracketOf, promoted, rungOf, rungs, type HalvingOptions } from '../search/halving.ts'
import { belowMedian } from '../search/median.ts'
import type { Report } from '../search/report.ts'
import type { SweepPlan } from './plan.ts'

export interface Candidate {
  readonly runId: number
  /** The number of its combination. */
  readonly number: number
  readonly epochs: number
  /** By epoch, lower values are better. */
  readonly reports: readonly Report[]
  /** `held`: stopped by the sweep. `ended`: done, or on its way. `dead`: it ended before, and not by the sweep. */
  readonly state: 'active' | 'held' | 'ended' | 'dead'
  /** The highest rung that it may pass, as an index. */
  readonly rung: number
}

export type Decision =
  | { readonly kind: 'hold'; readonly runId: number; readonly epoch: number; readonly why: 'rung' | 'median' }
  /** It may pass this rung; one that is held goes on. */
  | { readonly kind: 'pass'; readonly runId: number; readonly rung: number }

/** Others that must have come as far before the median says anything. */
const medianOf = 4

/** @param exhausted nothing runs and nothing is left to start */
export function decide(
  early: NonNullable<SweepPlan['earlyTerminate']>,
  candidates: readonly Candidate[],
  exhausted: boolean,
): Decision[] {
  if (early.type === 'median')
    return candidates.flatMap((one): Decision[] => {
      if (one.state !== 'active') return []
      const others = candidates.filter(other => other !== one).map(other => other.reports)
      const stop = belowMedian(one.reports, others, { least: early.minEpochs, others: medianOf })
      return stop ? [{ kind: 'hold', runId: one.runId, epoch: lastEpoch(one), why: 'median' }] : []
    })
  const brackets = Map.groupBy(candidates, one =>
    early.type === 'hyperband' ? bracketOf(one.number, halvingOf(early, one.epochs)) : 0,
  )
  return [...brackets].flatMap(([skip, members]) => halve(early, members, skip, exhausted))
}

function halve(
  early: NonNullable<SweepPlan['earlyTerminate']>,
  members: readonly Candidate[],
  skip: number,
  exhausted: boolean,
): Decision[] {
  const options = { ...halvingOf(early, Math.max(...members.map(one => one.epochs))), skip }
  const resources = rungs(options)
  const going = promoted(
    members.map(one => ({ id: one.runId, reports: one.reports, isDead: one.state === 'dead' })),
    options,
    exhausted,
  )
  return members.flatMap((one): Decision[] => {
    const rung = rungOf(one.reports, resources)
    if (one.state === 'ended' || one.state === 'dead' || rung <= one.rung) return []
    if (going.has(one.runId)) return [{ kind: 'pass', runId: one.runId, rung }]
    return one.state === 'active' ? [{ kind: 'hold', runId: one.runId, epoch: lastEpoch(one), why: 'rung' }] : []
  })
}

function halvingOf(early: NonNullable<SweepPlan['earlyTerminate']>, epochs: number): HalvingOptions {
  return { least: early.minEpochs, most: epochs, reduction: early.eta, rank: early.rank }
}

function lastEpoch({ reports }: Candidate): number {
  return Math.round(reports.at(-1)?.resource ?? 0)
}
