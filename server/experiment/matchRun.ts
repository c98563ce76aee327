/**
 * Which runs a file asks for, as it stands: a run counts when it is, setting by setting, one that the file would start.
 * So results belong to the text: they survive edits elsewhere, undo and reloading, and go when what they are of goes.
 */
import { RunSpec } from '../../protocol/runSpec.ts'
import { stepRange } from '../search/numberAxis.ts'
import type { Axis } from './axes.ts'
import { runRepeats } from './countRuns.ts'
import { specMaker, type SpecMaker } from './spec.ts'
import { textOf } from './specText.ts'
import { fromJson, type ExperimentTree, type Value } from './tree.ts'

type Part = keyof RunSpec
const parts = Object.keys(RunSpec.entries) as readonly Part[]

/** What a run has at each axis that is active in it. Listed values are the very ones of the file. */
export type Chosen = ReadonlyMap<string, Value>

/** Combinations of one part of the settings that are looked through. */
const mostOfAPart = 20_000

/** The axes of one part of the settings: what they choose shows in that part alone. */
interface Group {
  readonly axes: readonly Axis[]
  readonly parts: readonly Part[]
  /** By the text of the parts: what was chosen to get it; `null`: the file does not ask for it. */
  readonly known: Map<string, Chosen | null>
}

export class RunMatcher {
  readonly #axes: readonly Axis[]
  readonly #make: SpecMaker
  readonly #groups: readonly Group[]
  /** A run that the file asks for, for the parts without axes; `null` where the file has errors. */
  readonly #reference: RunSpec | null
  readonly #fixed: readonly Part[]
  readonly #repeats: number
  readonly #results = new WeakMap<RunSpec, Chosen | null>()

  /** @param ignored parts that somebody overrode when the runs were started */
  constructor(tree: ExperimentTree, axes: readonly Axis[], folder: string, ignored: readonly Part[] = []) {
    this.#axes = axes
    this.#make = specMaker(tree, axes, folder)
    this.#repeats = axes.length > 0 ? runRepeats(tree) : 1
    const byPart = Map.groupBy(axes, axis => axis.path.split('.', 1)[0])
    this.#groups = [...byPart].map(([key, own]) => ({ axes: own, parts: partsOf(key), known: new Map() }))
    const first = this.#make((path, written) => this.#first(path) ?? written)
    this.#reference = first.kind === 'spec' ? first.spec : null
    const varying = new Set<Part>([...this.#groups.flatMap(group => group.parts), ...ignored])
    this.#fixed = parts.filter(part => !varying.has(part))
  }

  /** @returns `null` where the file asks for no such run */
  match(spec: RunSpec): Chosen | null {
    const known = this.#results.get(spec)
    if (known !== undefined) return known
    const found = this.#find(spec)
    this.#results.set(spec, found)
    return found
  }

  #find(spec: RunSpec): Chosen | null {
    const reference = this.#reference
    if (reference === null) return null
    for (const part of this.#fixed) {
      if (part === 'seed') {
        if (spec.seed < reference.seed || spec.seed >= reference.seed + this.#repeats) return null
      } else if (textOf(spec[part]) !== textOf(reference[part])) return null
    }
    const chosen = new Map<string, Value>()
    for (const group of this.#groups) {
      const found = this.#lookUp(group, spec)
      if (found === null) return null
      for (const [path, value] of found) chosen.set(path, value)
    }
    return chosen
  }

  #lookUp(group: Group, spec: RunSpec): Chosen | null {
    const key = keyOf(group, spec)
    const known = group.known.get(key)
    if (known !== undefined) return known
    const hasIntervals = group.axes.some(axis => axis.domain.kind === 'interval')
    // Where values are listed, one walk finds all that there is to find.
    if (hasIntervals || group.known.size === 0) this.#walk(group, spec)
    const found = group.known.get(key) ?? null
    group.known.set(key, found)
    return found
  }

  /** Visits the combinations of a group, an interval standing at what the run has there. */
  #walk(group: Group, spec: RunSpec): void {
    const options = new Map(group.axes.map(axis => [axis.path, optionsOf(axis, spec)]))
    let wheels: { size: number; at: number }[] = []
    let visited = 0
    do {
      const met: typeof wheels = []
      const chosen = new Map<string, Value>()
      const result = this.#make((path, written) => {
        const own = options.get(path)
        if (own === undefined) return this.#first(path) ?? written
        const at = wheels[met.length]?.at ?? 0
        met.push({ size: own.length, at })
        const value = own.at(at)
        if (value !== undefined) chosen.set(path, value)
        return value ?? written
      })
      // Met and not chosen: the run has no number there that the interval holds.
      if (chosen.size === met.length && result.kind === 'spec') {
        const key = keyOf(group, result.spec)
        if ((group.known.get(key) ?? null) === null) group.known.set(key, chosen)
      }
      const turning = met.findLastIndex(wheel => wheel.at + 1 < wheel.size)
      wheels = met.slice(0, turning + 1).map((wheel, i) => (i === turning ? { ...wheel, at: wheel.at + 1 } : wheel))
    } while (wheels.length > 0 && ++visited < mostOfAPart)
  }

  #first(path: string): Value | undefined {
    const axis = this.#axes.find(one => one.path === path)
    if (axis === undefined) return undefined
    return axis.domain.kind === 'values' ? axis.domain.values.at(0) : fromJson(axis.domain.min, axis.span)
  }
}

function partsOf(key: string): readonly Part[] {
  // The one setting that is written elsewhere than it stands in the spec.
  if (key === 'optimizer') return ['optimizer', 'clipNorm']
  return parts.filter(part => part === key)
}

function keyOf(group: Group, spec: RunSpec): string {
  return group.parts.map(part => textOf(spec[part])).join(' ')
}

function optionsOf(axis: Axis, spec: RunSpec): readonly Value[] {
  if (axis.domain.kind === 'values') return axis.domain.values
  const number = valueInSpec(spec, axis.path)
  return typeof number === 'number' && inInterval(axis, number) ? [fromJson(number, axis.span)] : []
}

/** Whether an axis over an interval can have this number. */
export function inInterval({ domain }: Axis, number: number): boolean {
  if (domain.kind !== 'interval') return false
  const { min, max, distribution, q } = domain
  const step = distribution === 'int_uniform' ? 1 : q
  if (step === null) return number >= min && number <= max
  const { first, last } = stepRange(min, max, step)
  const steps = number / step
  return Math.abs(steps - Math.round(steps)) < 1e-6 && Math.round(steps) >= first && Math.round(steps) <= last
}

/** What a run has at a setting of the file; `undefined` where the setting means nothing to it. */
export function valueInSpec(spec: RunSpec, path: string): unknown {
  if (path === 'optimizer.clipNorm') return spec.clipNorm
  let at: unknown = spec
  for (const step of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string, unknown>)[step]
  }
  return at
}
