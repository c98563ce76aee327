/**
 * A sweep whose file was changed while it ran: what of it is kept, what is no longer asked for, and what is to be added.
 * A pure function of the new file and of the runs so far.
 */
import type { RunRow } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import type { Assignment } from '../experiment/axes.ts'
import { runRepeats } from '../experiment/countRuns.ts'
import { inspect } from '../experiment/inspect.ts'
import { RunMatcher } from '../experiment/matchRun.ts'
import type { ResolvedRun } from '../experiment/resolvedRun.ts'
import { specKey } from '../experiment/specText.ts'
import { toJson, type ExperimentTree } from '../experiment/tree.ts'
import { startupTrials } from '../search/suggest.ts'
import type { SweepPlan } from './plan.ts'
import { nextRuns, withRepeats } from './suggestRuns.ts'

/** A run of the sweep, and where it stands in it. */
export interface SweepMember {
  readonly run: RunRow
  readonly number: number
  readonly repeat: number
}

export interface SweepChange {
  /** What each run has at the axes of the new file, by its id. */
  readonly kept: ReadonlyMap<number, Assignment>
  /** Runs that have not begun and that the file no longer asks for. */
  readonly dropped: readonly number[]
  /** Repeats that are missing of combinations that are kept, and new combinations. */
  readonly added: readonly { readonly number: number; readonly repeat: number; readonly run: ResolvedRun }[]
}

/**
 * @param plan of the new file, with what was overridden when the sweep was started
 * @param firstFree number of the next combination
 * @param grid the runs of the new file where its method is `grid`, in their order, overridden in the same way
 */
export function changeSweep(
  tree: ExperimentTree,
  plan: SweepPlan,
  members: readonly SweepMember[],
  grid: readonly ResolvedRun[],
  firstFree: number,
): SweepChange {
  const { axes } = inspect(tree)
  const matcher = new RunMatcher(tree, axes, plan.folder, overriddenParts(plan))
  const kept = new Map<number, Assignment>()
  const dropped: number[] = []
  const combinations = new Map<string, { number: number; assignment: Assignment; repeats: Set<number> }>()
  const isRepeated = runRepeats(tree) > 1 && !axes.some(axis => axis.path === 'seed')
  const key = (spec: RunSpec) => specKey(isRepeated ? { ...spec, seed: 0 } : spec)
  // What has begun counts, also where the file no longer asks for it.
  const room = () => (plan.runCap ?? Infinity) - staying - added.length
  let staying = members.filter(({ run }) => hasBegun(run)).length
  const added: SweepChange['added'][number][] = []
  const isAsked = wantedBy(plan, grid, key)
  for (const { run, number, repeat } of members.toSorted((a, b) => a.number - b.number || a.repeat - b.repeat)) {
    const chosen = matcher.match(run.spec)
    const begun = hasBegun(run)
    if (!begun && (chosen === null || room() <= 0 || !isAsked(run.spec))) dropped.push(run.id)
    else if (!begun) staying++
    if (chosen === null || dropped.at(-1) === run.id) continue
    const assignment = Object.fromEntries([...chosen].map(([path, value]) => [path, toJson(value)]))
    kept.set(run.id, assignment)
    const known = combinations.get(key(run.spec))
    if (known === undefined) combinations.set(key(run.spec), { number, assignment, repeats: new Set([repeat]) })
    else known.repeats.add(repeat)
  }
  let next = firstFree
  const add = (number: number, repeat: number, run: ResolvedRun) => {
    if (room() > 0) added.push({ number, repeat, run })
  }
  if (plan.method === 'grid') {
    for (const repeats of chunks(grid, plan.repeats)) {
      const known = combinations.get(key(repeats[0].spec))
      const number = known?.number ?? next++
      for (const [repeat, run] of repeats.entries()) if (known?.repeats.has(repeat) !== true) add(number, repeat, run)
    }
    return { kept, dropped, added }
  }
  const past = [...combinations.values()].map(({ assignment }) => ({ assignment, value: null }))
  for (const { number, repeats, assignment } of combinations.values()) {
    const first = firstRepeat(members, number)
    const wanted = first === null ? [] : withRepeats({ ...first, axes: assignment }, plan.repeats)
    for (const [repeat, run] of wanted.entries()) if (!repeats.has(repeat)) add(number, repeat, run)
  }
  while (room() > 0 && (plan.method !== 'bayes' || past.length < startupTrials)) {
    const runs = nextRuns(plan, past)
    const first = runs?.at(0)
    if (runs === null || first === undefined) break
    for (const [repeat, run] of runs.entries()) add(next, repeat, run)
    next++
    past.push({ assignment: first.axes, value: null })
  }
  return { kept, dropped, added }
}

function hasBegun(run: RunRow): boolean {
  return run.attempt > 0 || run.status !== 'queued'
}

/** Whether a run is among those of a grid; a search asks for whatever fits its axes. */
function wantedBy(plan: SweepPlan, grid: readonly ResolvedRun[], key: (spec: RunSpec) => string) {
  if (plan.method !== 'grid') return () => true
  const keys = new Set(grid.map(run => key(run.spec)))
  return (spec: RunSpec) => keys.has(key(spec))
}

function overriddenParts({ overrides }: SweepPlan): (keyof RunSpec)[] {
  const { epochs, seed, engine } = overrides
  return [
    ...(epochs === undefined ? [] : (['epochs'] as const)),
    ...(seed === undefined ? [] : (['seed'] as const)),
    ...(engine === undefined ? [] : (['engine'] as const)),
  ]
}

/** A combination as it was first run, without the seed in its name. */
function firstRepeat(members: readonly SweepMember[], number: number): ResolvedRun | null {
  const run = members.find(one => one.number === number && one.repeat === 0)?.run
  return run === undefined ? null : { spec: run.spec, name: run.name.replace(/ seed \d+$/, ''), axes: {} }
}

function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size)
}
