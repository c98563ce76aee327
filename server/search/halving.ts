/**
 * Asynchronous successive halving: many runs get a little, the best of them more, the best of those all. A run waits at
 * each rung until it is among the best 1/η of those that have come there; nobody waits for a whole rung to fill.
 * Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020, Algorithm 2 (arXiv:1810.05934).
 *
 * The paper ranks by the values at the rung. That holds back for good what begins slowly and wins late, as large learning
 * rates do; so runs can also be ranked by where their curves are heading. The best value goes on in either case.
 *
 * Everything is a function of what the runs have reported, so that any process can decide, again, after any death.
 */
import { forecast } from './forecast.ts'
import type { Report } from './report.ts'

export interface HalvingOptions {
  /** Resource of the lowest rung, in the unit of the reports (epochs). */
  readonly least: number
  /** What a run has when it is done; there is no rung here. */
  readonly most: number
  /** η: one of so many goes on. */
  readonly reduction: number
  /** Rungs that the bracket leaves out at the bottom: Hyperband has one bracket for each number, ASHA only 0. */
  readonly skip?: number
  /** Left out: the best value until the rung, as in the paper. */
  readonly rank?: Rank
}

/** What the runs at a rung are ranked by. */
export type Rank = 'best' | 'forecast'

export interface HalvingRun {
  readonly id: number
  /** Evaluations so far, oldest first. */
  readonly reports: readonly Report[]
  /** It failed, or was stopped by hand: it counts among those that came to its rung, and takes no place of those that can go on. */
  readonly isDead?: boolean
}

/** The resources at which runs are compared: least · η^k below `most`. */
export function rungs({ least, most, reduction, skip = 0 }: HalvingOptions): number[] {
  if (!(least > 0 && reduction > 1)) throw new RangeError(`no rungs from ${least} with a reduction of ${reduction}`)
  const found: number[] = []
  for (let resource = least * reduction ** skip; resource < most; resource *= reduction)
    found.push(Math.round(resource))
  return [...new Set(found)]
}

/** What a run was worth when it came to a rung: its best value until then; `null` before it is there. */
export function valueAtRung(reports: readonly Report[], rung: number): number | null {
  let best = Infinity
  for (const { resource, value } of reports) {
    // Evaluations need not fall on a rung: the first one at or after it counts, and those before it.
    if (value < best) best = value
    if (resource >= rung) return best
  }
  return null
}

/** The reports that count at a rung: up to the first at or after it, and none before the rung that is before it. */
function reportsAtRung(reports: readonly Report[], rung: number, reduction: number): readonly Report[] {
  const end = reports.findIndex(({ resource }) => resource >= rung) + 1
  return reports.slice(0, end).filter(({ resource }) => resource >= rung / reduction)
}

/** The highest rung that a run has come to, as an index; -1: none. */
export function rungOf(reports: readonly Report[], resources: readonly number[]): number {
  return resources.findLastIndex(rung => valueAtRung(reports, rung) !== null)
}

/**
 * The runs that may go on past the rung they stand at.
 *
 * @param exhausted nothing else is left to try: then the best of every rung goes on, however few have come there, so
 *   that the best run of all is trained to its end
 */
export function promoted(runs: readonly HalvingRun[], options: HalvingOptions, exhausted: boolean): Set<number> {
  const resources = rungs(options)
  const chosen = new Set<number>()
  for (const [k, rung] of resources.entries()) {
    const here = ranked(
      runs.flatMap(run => {
        const value = valueAtRung(run.reports, rung)
        return value === null ? [] : [{ ...run, value, top: rungOf(run.reports, resources) }]
      }),
      rung,
      options,
    )
    const places = Math.floor(here.length / options.reduction)
    const open = exhausted ? Math.max(1, places) : places
    const able = here.filter(one => one.isDead !== true || one.top > k)
    // Not more places than values: a run without any number worth having does not go on.
    for (const one of able.slice(0, open)) if (one.top === k && one.value !== Infinity) chosen.add(one.id)
  }
  return chosen
}

/** Those at a rung, the first to go on first. */
function ranked<T extends HalvingRun & { readonly value: number }>(
  here: readonly T[],
  rung: number,
  { most, reduction, rank = 'best' }: HalvingOptions,
): T[] {
  // Among equals the one that came first, so that the answer is always the same.
  const byValue = here.toSorted((a, b) => a.value - b.value || a.id - b.id)
  const first = byValue.at(0)
  if (rank === 'best' || first === undefined) return byValue
  const outlooks = new Map<number, number>()
  for (const { id, reports, value } of here) {
    const ahead = forecast(reportsAtRung(reports, rung, reduction), most)
    // Forecasts and values cannot be told from each other in one list.
    if (ahead === null && value !== Infinity) return byValue
    // What it has already reached counts, wherever its curve is heading.
    outlooks.set(id, Math.min(value, ahead ?? Infinity))
  }
  const outlook = ({ id }: T) => outlooks.get(id) ?? Infinity
  const others = byValue.slice(1).sort((a, b) => outlook(a) - outlook(b) || a.id - b.id)
  return [first, ...others]
}

/** How many brackets Hyperband has, ASHA's among them. */
export function bracketCount(options: HalvingOptions): number {
  return rungs({ ...options, skip: 0 }).length + 1
}

/**
 * The bracket of a trial: Hyperband gives each bracket about the same budget, so the lower ones have more trials
 * (Li et al., Hyperband, JMLR 2018, Algorithm 1). Trials are dealt round, always to the bracket that is furthest behind.
 */
export function bracketOf(trial: number, options: HalvingOptions): number {
  const count = bracketCount(options)
  const shares = Array.from({ length: count }, (_, skip) => {
    const rounds = count - 1 - skip
    return Math.ceil((count / (rounds + 1)) * options.reduction ** rounds)
  })
  const dealt = shares.map(() => 0)
  for (let i = 0; ; i++) {
    const next = shares.reduce(
      (best, share, b) => ((dealt[b] + 1) / share < (dealt[best] + 1) / shares[best] ? b : best),
      0,
    )
    if (i === trial) return next
    dealt[next]++
  }
}
