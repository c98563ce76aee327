/**
 * Takes in what another Triplet Lab exported. A run comes whole or not at all; one that is here already is left as it is.
 * So a file can be imported again after it broke off, and nothing that is here is ever changed.
 */
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as l10n from '@vscode/l10n'
import * as v from 'valibot'
import { assertNever } from '../../protocol/assertNever.ts'
import { endedStatuses, type RunRow } from '../../protocol/runEvent.ts'
import { runFolder } from '../store/layout.ts'
import type { Store } from '../store/store.ts'
import { type RunLine, transferFormat, TransferLine } from './format.ts'

export interface Imported {
  /** Numbers that the runs have here. */
  readonly added: readonly number[]
  /** Runs of the file that were here already. */
  readonly known: number
  /** Why not all of the file was taken in, for people; `null`: it was. */
  readonly trouble: string | null
}

/** @param progress called after each run that came */
export async function importRuns(
  store: Store,
  file: string,
  progress: () => Promise<void> = () => Promise.resolve(),
): Promise<Imported> {
  const reader = new Reader(store)
  let number = 0
  try {
    for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
      number++
      if (line.trim() === '') continue
      const trouble = await reader.take(line, number)
      if (trouble !== null) return { ...reader.result(), trouble }
      if (reader.cameWhole) await progress()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...reader.result(), trouble: l10n.t('{0} cannot be read: {1}.', file, reason) }
  }
  return reader.result()
}

interface Gathered {
  readonly run: RunLine
  readonly lines: TransferLine[]
}

class Reader {
  readonly #store: Store
  readonly #added: number[] = []
  /** Sweeps of the file by their number there. */
  readonly #sweeps = new Map<number, Extract<TransferLine, { kind: 'sweep' }>>()
  #known = 0
  #begun = false
  #current: Gathered | null = null
  /** The run that was added last: its checkpoints come behind its end. */
  #last: { readonly foreign: number; readonly id: number } | null = null
  /** Whether the line that was taken last ended a run. */
  cameWhole = false

  constructor(store: Store) {
    this.#store = store
  }

  result(): Imported {
    const trouble =
      this.#current !== null
        ? l10n.t('The file ends in the middle of {0}. What stands before it was imported.', this.#current.run.row.name)
        : this.#begun
          ? null
          : l10n.t('The file is empty.')
    return { added: this.#added, known: this.#known, trouble }
  }

  /** @returns why the file cannot be read on, or `null` */
  async take(text: string, number: number): Promise<string | null> {
    this.cameWhole = false
    const line = decode(text)
    if (line === null)
      return this.#begun
        ? l10n.t('Line {0} is not what Triplet Lab writes. What stands before it was imported.', number)
        : l10n.t('This is not a file that Triplet Lab has exported. Export runs as JSON lines to get one.')
    switch (line.kind) {
      case 'triplet-lab':
        this.#begun = true
        return line.format > transferFormat
          ? l10n.t('The file was written by a newer Triplet Lab ({0}). Update this one.', line.version)
          : null
      case 'sweep':
        this.#sweeps.set(line.sweep, line)
        return null
      case 'run':
        if (this.#current !== null) return this.result().trouble
        this.#current = { run: line, lines: [] }
        return null
      case 'points':
      case 'event':
      case 'detail':
        this.#current?.lines.push(line)
        return null
      case 'checkpoint': {
        if (this.#last?.foreign !== line.run) return null
        const folder = runFolder(this.#store.dir, this.#last.id)
        await mkdir(folder, { recursive: true })
        await writeFile(join(folder, line.name), Buffer.from(line.data, 'base64'))
        return null
      }
      case 'end':
        return this.#end(line)
      default:
        return assertNever(line)
    }
  }

  #end(end: Extract<TransferLine, { kind: 'end' }>): string | null {
    const gathered = this.#current
    this.#current = null
    this.#last = null
    if (gathered === null || gathered.run.run !== end.run) return null
    const counted = count(gathered.lines)
    if (counted.points !== end.points || counted.events !== end.events || counted.details !== end.details)
      return l10n.t('Lines of {0} are missing. What stands before it was imported.', gathered.run.row.name)
    this.cameWhole = true
    const store = this.#store
    const id = store.transaction(() => {
      const known = store.withOrigin('run', gathered.run.origin)
      if (known === null) return this.#add(gathered)
      // It was asked for again.
      store.restoreRuns([known])
      this.#known++
      return null
    })
    if (id === null) return null
    this.#added.push(id)
    this.#last = { foreign: end.run, id }
    return null
  }

  #add({ run, lines }: Gathered): number {
    const store = this.#store
    const { row } = run
    const sweepId = row.sweepId === null ? null : this.#sweepFor(row.sweepId, row)
    const id = store.addForeignRun(run.origin, { row: ended(row), environment: run.environment, sweepId })
    for (const line of lines) {
      if (line.kind === 'points') store.appendPoints(id, [{ ...line, values: line.values.map(value => value ?? NaN) }])
      else if (line.kind === 'event') store.addForeignEvent(id, { ...line, kind: line.event })
      else if (line.kind === 'detail')
        store.putDetail(id, line.detail, line.step, Buffer.from(JSON.stringify(line.data)))
    }
    return id
  }

  /** The sweep here that stands for one of the file. Sweeps that the file says nothing of are told apart by their runs' store. */
  #sweepFor(foreign: number, row: RunRow): number {
    const line = this.#sweeps.get(foreign)
    const origin = line?.origin ?? `unknown/sweep/${foreign}/${row.experiment}`
    return (
      this.#store.withOrigin('sweep', origin) ??
      this.#store.addForeignSweep(origin, row.experiment, line?.plan ?? {}, line?.created ?? row.created)
    )
  }
}

/** A run that was under way is stopped here: its trainer is elsewhere. */
function ended(row: RunRow): RunRow {
  return endedStatuses.has(row.status)
    ? row
    : {
        ...row,
        status: 'stopped',
        ended: row.ended ?? Date.now(),
        message: l10n.t('It was under way when it was exported.'),
      }
}

function count(lines: readonly TransferLine[]) {
  const counts = { points: 0, events: 0, details: 0 }
  for (const line of lines) {
    if (line.kind === 'points') counts.points += line.steps.length
    else if (line.kind === 'event') counts.events++
    else if (line.kind === 'detail') counts.details++
  }
  return counts
}

function decode(text: string): TransferLine | null {
  try {
    const decoded = v.safeParse(TransferLine, JSON.parse(text))
    return decoded.success ? decoded.output : null
  } catch {
    return null
  }
}
