/**
 * The runs as a tree: experiments, below them the groups that a person made, sweeps and runs. Built in one pass, anew
 * whenever runs come, go or move: ten thousand runs take some milliseconds.
 */
import * as v from 'valibot'
import { assertNever } from '../../protocol/assertNever.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { bestOf, ordered, type RunOrder } from '../../protocol/runOrder.ts'
import { differing, flatten } from '../../protocol/specDifference.ts'

const Line = v.variant('kind', [
  v.object({ kind: v.literal('experiment'), path: v.string() }),
  v.object({ kind: v.literal('group'), experiment: v.string(), name: v.string() }),
  v.object({ kind: v.literal('sweep'), id: v.number(), experiment: v.string(), heading: v.string() }),
  v.object({ kind: v.literal('run'), id: v.number() }),
])
const Argument = v.union([
  Line,
  v.pipe(
    v.number(),
    v.transform((id): v.InferOutput<typeof Line> => ({ kind: 'run', id })),
  ),
])

/** A line that a command was called on, or a run's number; `undefined`: neither. */
export function nodeOf(argument: unknown): Node | undefined {
  const decoded = v.safeParse(Argument, argument)
  return decoded.success ? decoded.output : undefined
}

export type Node =
  | { readonly kind: 'experiment'; readonly path: string }
  /** A heading that runs of an experiment were put under. */
  | { readonly kind: 'group'; readonly experiment: string; readonly name: string }
  /** The runs of a sweep that are under one heading; '': under none. */
  | { readonly kind: 'sweep'; readonly id: number; readonly experiment: string; readonly heading: string }
  | { readonly kind: 'run'; readonly id: number }
  /** Stands for the lines of its parent that are not listed yet. */
  | { readonly kind: 'more'; readonly parent: string; readonly count: number }
export type ParentNode = Exclude<Node, { kind: 'run' | 'more' }>

/** What VS Code knows a line by. */
export function keyOf(node: Node): string {
  switch (node.kind) {
    case 'experiment':
      return `experiment:${node.path}`
    case 'group':
      return `group:${node.experiment}\n${node.name}`
    case 'sweep':
      return `sweep:${node.id}\n${node.experiment}\n${node.heading}`
    case 'run':
      return `run:${node.id}`
    case 'more':
      return `more:${node.parent}`
    default:
      return assertNever(node)
  }
}

/** Runs of one name that are looked at for what tells them apart. */
const mostNamesakes = 100

export class TreeModel {
  readonly #members = new Map<string, RunRow[]>()
  readonly #experiments: string[] = []
  readonly #headings = new Map<string, Set<string>>()
  /** Runs of an experiment that are called the same, and the settings in which they differ. */
  readonly #namesakes = new Map<string, { readonly runs: RunRow[]; paths?: readonly string[] }>()
  readonly #bests = new Map<string, number | undefined>()
  readonly #order: RunOrder
  readonly #metric: string

  /** @param runs those to be shown, newest first */
  constructor(runs: readonly RunRow[], order: RunOrder, metric: string) {
    this.#order = order
    this.#metric = metric
    for (const run of runs) this.#add(run)
  }

  /** Newest first: an experiment stands where its newest run does. */
  experiments(): Node[] {
    return this.#experiments.map(path => ({ kind: 'experiment', path }))
  }

  /**
   * The lines below a line, in order; a sweep stands where the first of its runs would.
   * @param limit lines at most; one more says how many are left out
   */
  children(parent: ParentNode, limit = Infinity): Node[] {
    const lines = [...this.#groupsIn(parent), ...this.#linesIn(parent)]
    if (lines.length <= limit) return lines
    return [...lines.slice(0, limit), { kind: 'more', parent: keyOf(parent), count: lines.length - limit }]
  }

  /** All runs below a line, newest first. */
  membersOf(parent: ParentNode): readonly RunRow[] {
    return this.#members.get(keyOf(parent)) ?? []
  }

  /** The runs that a line stands for. */
  runsOf(node: Node, get: (id: number) => RunRow | undefined): readonly RunRow[] {
    if (node.kind === 'more') return []
    if (node.kind !== 'run') return this.membersOf(node)
    const run = get(node.id)
    return run === undefined ? [] : [run]
  }

  /** The best score of an experiment, which its lines are measured against. */
  bestOf(experiment: string): number | undefined {
    if (!this.#bests.has(experiment))
      this.#bests.set(experiment, bestOf(this.membersOf({ kind: 'experiment', path: experiment }), this.#metric))
    return this.#bests.get(experiment)
  }

  /** What tells a run apart from others of its experiment that are called the same; '' where none is. */
  apart({ id, experiment, name, spec }: RunRow): string {
    const namesakes = this.#namesakes.get(`${experiment}\n${name}`)
    if (namesakes === undefined || namesakes.runs.length < 2) return ''
    namesakes.paths ??= differing(namesakes.runs.slice(0, mostNamesakes).map(run => flatten(run.spec)))
    const flat = flatten(spec)
    const parts = namesakes.paths
      .slice(0, 2)
      .map(path => `${path.slice(path.lastIndexOf('.') + 1)} ${String(flat.get(path) ?? '–')}`)
    return parts.length === 0 ? `#${id}` : parts.join(' ')
  }

  parentOf(run: RunRow): ParentNode {
    const { experiment, heading, sweepId } = run
    if (sweepId !== null) return { kind: 'sweep', id: sweepId, experiment, heading }
    return enclosing(experiment, heading)
  }

  #add(run: RunRow): void {
    const { experiment, heading, sweepId } = run
    if (!this.#members.has(keyOf({ kind: 'experiment', path: experiment }))) this.#experiments.push(experiment)
    this.#put({ kind: 'experiment', path: experiment }, run)
    const called = `${experiment}\n${run.name}`
    const namesakes = this.#namesakes.get(called)
    if (namesakes === undefined) this.#namesakes.set(called, { runs: [run] })
    else namesakes.runs.push(run)
    if (heading !== '') {
      this.#put({ kind: 'group', experiment, name: heading }, run)
      const headings = this.#headings.get(experiment)
      if (headings === undefined) this.#headings.set(experiment, new Set([heading]))
      else headings.add(heading)
    }
    if (sweepId !== null) this.#put({ kind: 'sweep', id: sweepId, experiment, heading }, run)
  }

  #put(parent: ParentNode, run: RunRow): void {
    const key = keyOf(parent)
    const members = this.#members.get(key)
    if (members === undefined) this.#members.set(key, [run])
    else members.push(run)
  }

  #groupsIn(parent: ParentNode): Node[] {
    if (parent.kind !== 'experiment') return []
    return [...(this.#headings.get(parent.path) ?? [])]
      .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
      .map(name => ({ kind: 'group', experiment: parent.path, name }))
  }

  #linesIn(parent: ParentNode): Node[] {
    const own = this.membersOf(parent).filter(run => parent.kind !== 'experiment' || run.heading === '')
    const sweeps = new Set<number>()
    return ordered(own, this.#order, this.#metric).flatMap((run): Node[] => {
      const { id, sweepId, experiment, heading } = run
      if (sweepId === null || parent.kind === 'sweep') return [{ kind: 'run', id }]
      if (sweeps.has(sweepId)) return []
      sweeps.add(sweepId)
      return [{ kind: 'sweep', id: sweepId, experiment, heading }]
    })
  }
}

/** The line that groups and single runs of a heading stand below. */
export function enclosing(experiment: string, heading: string): ParentNode {
  return heading === '' ? { kind: 'experiment', path: experiment } : { kind: 'group', experiment, name: heading }
}

/**
 * The order of runs after some were dropped on a line: they take its place, so that a line that is dragged down to the last
 * one becomes the last.
 *
 * @param lines the runs of each line as they stood, from the top
 * @param moved the runs that were dragged
 * @param target index of the line that they were dropped on
 */
export function droppedOrder(
  lines: readonly (readonly number[])[],
  moved: readonly number[],
  target: number,
): number[] {
  const taken = new Set(moved)
  const from = lines.findIndex(line => line.some(id => taken.has(id)))
  const isDown = from >= 0 && from < target
  return lines.flatMap((line, i) => {
    const stay = line.filter(id => !taken.has(id))
    if (i !== target) return stay
    return isDown ? [...stay, ...moved] : [...moved, ...stay]
  })
}
