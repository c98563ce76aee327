/**
 * Thousands of rows as one message: parts of specs that rows share are sent once, and all else as columns.
 * Ten thousand runs are 5 MB in place of 51, and are decoded in a tenth of the time.
 */
import * as v from 'valibot'
import { type MetricSummary, RunRow } from './runEvent.ts'
import { type PartName, partNames, SpecDecoder } from './specDecoder.ts'
import type { RunSpec } from './runSpec.ts'

/** Lists with hundreds of thousands of entries: looked through by a plain loop, a tenth of what a schema for each costs. */
const listOf = <T>(isOne: (value: unknown) => value is T, name: string) =>
  v.custom<T[]>(value => Array.isArray(value) && value.every(isOne), `A list of ${name} is expected.`)
const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)
const numbers = listOf(isNumber, 'numbers')

/** A metric over many runs: seven numbers for each, the run's id and then the fields of its summary. */
export interface SummaryTable {
  readonly metric: string
  readonly numbers: Float64Array
}

/** As text on the way: 64-bit floats, little-endian, in base64. Written out in digits they would be most of a message. */
const PackedTable = v.object({ metric: v.string(), numbers: v.string() })
type PackedTable = v.InferOutput<typeof PackedTable>
export const SummaryTable = v.pipe(PackedTable, v.transform(unpackTable))

const tableWidth = 7

export const emptyTable = (metric: string, runs: number): SummaryTable => ({
  metric,
  numbers: new Float64Array(runs * tableWidth),
})

export function setSummary({ numbers }: SummaryTable, i: number, runId: number, summary: MetricSummary): void {
  const at = i * tableWidth
  numbers[at] = runId
  numbers[at + 1] = summary.last
  numbers[at + 2] = summary.lastStep
  numbers[at + 3] = summary.min
  numbers[at + 4] = summary.minStep
  numbers[at + 5] = summary.max
  numbers[at + 6] = summary.maxStep
}

export function* summariesOf({ numbers }: SummaryTable): Generator<{ runId: number; summary: MetricSummary }> {
  for (let at = 0; at < numbers.length; at += tableWidth) {
    const summary: MetricSummary = {
      last: numbers[at + 1],
      lastStep: numbers[at + 2],
      min: numbers[at + 3],
      minStep: numbers[at + 4],
      max: numbers[at + 5],
      maxStep: numbers[at + 6],
    }
    yield { runId: numbers[at], summary }
  }
}

export function packTable({ metric, numbers }: SummaryTable): PackedTable {
  return { metric, numbers: Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64') }
}

function unpackTable({ metric, numbers }: PackedTable): SummaryTable {
  const bytes = Buffer.from(numbers, 'base64')
  // Numbers start at a multiple of eight; where the bytes do, is for Node to say.
  const aligned = new Uint8Array(bytes).buffer
  if (bytes.byteLength % (tableWidth * 8) !== 0) throw new RangeError(`The summaries of ${metric} are cut off.`)
  return { metric, numbers: new Float64Array(aligned) }
}

const LeanRow = v.omit(RunRow, ['spec', 'summaries'])
type LeanRow = v.InferOutput<typeof LeanRow>
const leanNames = Object.keys(LeanRow.entries) as (keyof LeanRow)[]

/** A list for each field of a row: the i-th run has the i-th of each. */
type Columns = { [K in keyof LeanRow]: LeanRow[K][] }
type ColumnSchemas = { [K in keyof LeanRow]: v.CustomSchema<LeanRow[K][], string> }
const Columns = v.object(
  Object.fromEntries(leanNames.map(name => [name, columnOf(name, LeanRow.entries[name])])) as unknown as ColumnSchemas,
)

/** As the schema of one entry has it, which is asked once for each value that comes again and again. */
function columnOf(name: string, schema: v.GenericSchema) {
  const fine = new Set<unknown>()
  return listOf((value): value is unknown => {
    if (fine.has(value)) return true
    if (!v.is(schema, value)) return false
    if (fine.size < 1000 && typeof value !== 'object') fine.add(value)
    return true
  }, name)
}

const Packed = v.object({
  /** The values that a part of a spec has in any row, by the part's name. */
  parts: v.record(v.string(), v.array(v.unknown())),
  runs: Columns,
  /** `specs[p][i]` is the index of the value that part p has in the i-th run. */
  specs: v.array(numbers),
  summaries: v.array(PackedTable),
})
export type PackedRuns = v.InferOutput<typeof Packed>

/** Rows in a message. Decoded they are rows again, each with the summaries of the metrics that were sent. */
export const PackedRuns = v.pipe(Packed, v.transform(unpack))

export function packRuns(runs: readonly RunRow[], summaries: readonly SummaryTable[]): PackedRuns {
  const interned = partNames.map(() => new Interned())
  return {
    specs: partNames.map((name, p) => runs.map(run => interned[p].indexOf(run.spec[name]))),
    parts: Object.fromEntries(partNames.map((name, p) => [name, interned[p].values])),
    runs: Object.fromEntries(leanNames.map(name => [name, runs.map(run => run[name])])) as Columns,
    summaries: summaries.map(packTable),
  }
}

function unpack({ parts, runs, specs, summaries }: PackedRuns): { runs: RunRow[] } {
  const count = runs.id.length
  for (const list of [...Object.values(runs), ...specs])
    if (list.length !== count) throw new RangeError('The columns of the rows differ in length.')
  const decoder = new SpecDecoder()
  const decoded = partNames.map(name => (parts[name] ?? []).map(value => decoder.part(name, value)))
  const byRun = new Map<number, Record<string, MetricSummary>>()
  const rows: RunRow[] = []
  for (let i = 0; i < count; i++) {
    const own: Record<string, MetricSummary> = {}
    byRun.set(runs.id[i], own)
    // Written out: rows made with their fields named are several times as quick.
    rows.push({
      id: runs.id[i],
      name: runs.name[i],
      experiment: runs.experiment[i],
      sweepId: runs.sweepId[i],
      status: runs.status[i],
      wish: runs.wish[i],
      attempt: runs.attempt[i],
      spec: specOf(decoded, specs, i),
      engine: runs.engine[i],
      created: runs.created[i],
      started: runs.started[i],
      ended: runs.ended[i],
      epoch: runs.epoch[i],
      epochs: runs.epochs[i],
      step: runs.step[i],
      steps: runs.steps[i],
      message: runs.message[i],
      summaries: own,
      notes: runs.notes[i],
      tags: runs.tags[i],
      star: runs.star[i],
      archived: runs.archived[i],
      heading: runs.heading[i],
      place: runs.place[i],
    })
  }
  for (const table of summaries)
    for (const { runId, summary } of summariesOf(unpackTable(table))) {
      const own = byRun.get(runId)
      if (own !== undefined) own[table.metric] = summary
    }
  return { runs: rows }
}

function specOf(decoded: readonly (readonly unknown[])[], specs: readonly (readonly number[])[], i: number): RunSpec {
  const spec: Partial<Record<PartName, unknown>> = {}
  for (const [p, name] of partNames.entries()) {
    const index = specs[p]?.[i] ?? -1
    if (!(index in decoded[p])) throw new RangeError(`A row names a ${name} that was not sent.`)
    spec[name] = decoded[p][index]
  }
  return spec as RunSpec
}

/** Gives equal values one number. Parts that came from the same decoder are the same objects, so this is a look-up. */
class Interned {
  readonly values: unknown[] = []
  readonly #same = new Map<unknown, number>()
  readonly #equal = new Map<string, number>()

  indexOf(value: unknown): number {
    const same = this.#same.get(value)
    if (same !== undefined) return same
    const text = JSON.stringify(value)
    let index = this.#equal.get(text)
    if (index === undefined) {
      index = this.values.push(value) - 1
      this.#equal.set(text, index)
    }
    this.#same.set(value, index)
    return index
  }
}
