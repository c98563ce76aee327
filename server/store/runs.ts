/** Rows of `run`: queueing, claiming, statuses and wishes. */
import * as v from 'valibot'
import { RunEnvironment } from '../../protocol/environment.ts'
import { endedStatuses, type MetricSummary, type RunRow, RunStatus, RunWish } from '../../protocol/runEvent.ts'
import type { RunSpec } from '../../protocol/runSpec.ts'
import { SpecDecoder } from '../../protocol/specDecoder.ts'
import type { SQLOutputValue } from 'node:sqlite'
import type { Connection, Row } from './sqlite.ts'

/** A run to be queued. */
export interface NewRun {
  readonly name: string
  /** Path of the experiment file, relative to the workspace folder, with `/`. */
  readonly experiment: string
  readonly sweepId?: number | null
  /** Runs with a higher one are taken first; 0 when not given. */
  readonly priority?: number
  /** The run whose checkpoint it goes on from. */
  readonly parentId?: number | null
  readonly spec: RunSpec
}

export interface RunFilter {
  readonly experiment?: string
  readonly statuses?: readonly RunStatus[]
  readonly sweepId?: number
  /** Newest first, at most this many. */
  readonly limit?: number
  /** Only these summaries; all of them when not given. */
  readonly metrics?: readonly string[]
}

/** How far a run is; what is not given stays. */
export interface Progress {
  readonly epoch?: number
  readonly step?: number
  readonly steps?: number
  readonly engine?: string
  readonly environment?: RunEnvironment
}

/** Columns for the sidebar that people write themselves. */
export interface RunNotes {
  readonly name?: string | undefined
  readonly notes?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly star?: boolean | undefined
  readonly archived?: boolean | undefined
  readonly heading?: string | undefined
}

export interface RunRecord {
  readonly environment: RunEnvironment | null
  readonly parentId: number | null
  readonly notes: string
  readonly tags: readonly string[]
  readonly star: boolean
  readonly archived: boolean
}

/** What a run may compute with. */
export const Placement = v.object({
  /** `null`: as many as its engine finds best. */
  threads: v.nullable(v.number()),
  /** The one graphics card that it sees; `null`: all of them. */
  device: v.nullable(v.string()),
})
export type Placement = v.InferOutput<typeof Placement>
const anywhere: Placement = { threads: null, device: null }

/** Expression that numbers a change; see `run.revision`. */
export const nextRevision = `(SELECT max(
  coalesce((SELECT max(revision) FROM run), 0), coalesce((SELECT max(revision) FROM removed_run), 0)) + 1)`

/** What a row is made of. `environment` is not: it is large, and read by `record` alone. */
const runColumns = [
  ...['id', 'name', 'experiment', 'sweep_id', 'status', 'wish', 'attempt', 'spec', 'engine', 'created', 'started'],
  ...['ended', 'epoch', 'epochs', 'step', 'steps', 'message', 'notes', 'tags', 'star', 'archived', 'heading', 'place'],
]

/** A run that a sweep adds goes where the others of it were put, if they were put together. */
const headingOfSweep = `coalesce((SELECT CASE WHEN count(DISTINCT heading) = 1 THEN max(heading) END FROM run
  WHERE sweep_id = ?), '')`

export function runQueries(connection: Connection) {
  const specs = new SpecCache()

  /** What lies in the trash is not there, for everybody. */
  function read(where: string, values: (string | number)[], filter: RunFilter = {}): RunRow[] {
    const rows = connection
      .lists(
        `SELECT ${runColumns.join()} FROM run WHERE trashed IS NULL AND ${where} ORDER BY id DESC LIMIT ?`,
        ...values,
        filter.limit ?? -1,
      )
      .map(row => toRunRow(row, specs))
    const summaries = readSummaries(connection, rows, filter.metrics)
    for (const row of rows) row.summaries = summaries.get(row.id) ?? {}
    return rows
  }

  const touch = (assignments: string, where: string, ...values: (string | number | null)[]) =>
    connection.run(`UPDATE run SET ${assignments}, revision = ${nextRevision} WHERE ${where}`, ...values)

  return {
    /** @returns their ids, in order */
    queueRuns(runs: readonly NewRun[]): number[] {
      return connection.transaction(() =>
        runs.map(run => {
          const row = connection.get(
            `INSERT INTO run(name, experiment, sweep_id, heading, parent_id, priority, status, spec, created, epochs, revision)
             VALUES (?, ?, ?, ${headingOfSweep}, ?, ?, 'queued', ?, ?, ?, ${nextRevision}) RETURNING id`,
            run.name,
            run.experiment,
            run.sweepId ?? null,
            run.sweepId ?? null,
            run.parentId ?? null,
            run.priority ?? 0,
            JSON.stringify(run.spec),
            Date.now(),
            run.spec.epochs,
          )
          return Number(row?.['id'])
        }),
      )
    },

    /** Newest first. */
    runs(filter: RunFilter = {}): RunRow[] {
      const where = ['1']
      const values: (string | number)[] = []
      if (filter.experiment !== undefined) {
        where.push('experiment = ?')
        values.push(filter.experiment)
      }
      if (filter.sweepId !== undefined) {
        where.push('sweep_id = ?')
        values.push(filter.sweepId)
      }
      if (filter.statuses) {
        where.push(`status IN (${filter.statuses.map(() => '?').join()})`)
        values.push(...filter.statuses)
      }
      return read(where.join(' AND '), values, filter)
    },

    run: (runId: number): RunRow | null => read('id = ?', [runId])[0] ?? null,

    /** The newest number of a change, to be given to `runsSince`. */
    revision: (): number => Number(connection.get(`SELECT ${nextRevision} - 1 AS n`)?.['n']),

    /** Runs changed, and ids of runs removed, after a revision. */
    runsSince(revision: number): { changed: RunRow[]; removed: number[] } {
      return {
        changed: read('revision > ?', [revision]),
        removed: connection
          .all(
            `SELECT id FROM removed_run WHERE revision > ?1
             UNION SELECT id FROM run WHERE trashed IS NOT NULL AND revision > ?1 ORDER BY id`,
            revision,
          )
          .map(row => Number(row['id'])),
      }
    },

    /**
     * Takes the oldest of the queued runs with the highest priority that nobody wants to wait: it counts as running from
     * here. A run that has begun stays with the number of threads that it began with.
     */
    claimNext({ threads, device }: Placement = anywhere): RunRow | null {
      return connection.transaction(() => {
        const id = connection.get(
          "SELECT id FROM run WHERE status = 'queued' AND wish = 'run' ORDER BY priority DESC, id LIMIT 1",
        )?.['id']
        if (typeof id !== 'number') return null
        const now = Date.now()
        touch(
          `status = 'running', attempt = attempt + 1, claimed = ?, started = coalesce(started, ?), message = NULL,
           threads = CASE WHEN attempt = 0 THEN ? ELSE threads END, device = ?`,
          'id = ?',
          now,
          now,
          threads,
          device,
          id,
        )
        return read('id = ?', [id])[0] ?? null
      })
    },

    /** A trainer works at the run: from here on its lock alone says whether it lives. */
    trainerArrived: (runId: number): void => void connection.run('UPDATE run SET claimed = NULL WHERE id = ?', runId),

    /** When the run was claimed, milliseconds since 1970, as long as no trainer has arrived. */
    claimed(runId: number): number | null {
      const claimed = connection.get('SELECT claimed FROM run WHERE id = ?', runId)?.['claimed']
      return typeof claimed === 'number' ? claimed : null
    },

    /** What a run computes with, as it was claimed. */
    placement(runId: number): Placement {
      const row = connection.get('SELECT threads, device FROM run WHERE id = ?', runId)
      return row ? v.parse(Placement, row) : anywhere
    },

    priority: (runId: number): number =>
      Number(connection.get('SELECT priority FROM run WHERE id = ?', runId)?.['priority'] ?? 0),

    /** The highest priority of the runs that wait; 0 when none does. */
    highestPriority: (): number =>
      Number(connection.get("SELECT max(priority) AS n FROM run WHERE status = 'queued'")?.['n'] ?? 0),

    setPriority: (runId: number, priority: number): void => void touch('priority = ?', 'id = ?', priority, runId),

    /** Runs stay with their experiment when its file is renamed. Both paths as in `RunRow.experiment`. */
    renameExperiment(from: string, to: string): void {
      connection.transaction(() => {
        for (const { id } of connection.all('SELECT id FROM run WHERE experiment = ?', from))
          touch('experiment = ?', 'id = ?', to, Number(id))
        connection.run('UPDATE sweep SET experiment = ? WHERE experiment = ?', to, from)
      })
    },

    /** Sets the status, and the time of the end where it is one. `message` says why, for people. */
    setStatus(runId: number, status: RunStatus, message: string | null = null): void {
      const ended = endedStatuses.has(status) ? Date.now() : null
      touch('status = ?, message = ?, ended = ?', 'id = ?', status, message, ended, runId)
    },

    /**
     * Counts a death. Progress since the last one resets the count.
     * @returns how many times in a row the run has died without getting any further
     */
    countStall(runId: number): number {
      const row = connection.get(
        `UPDATE run SET stalls = CASE WHEN step > stall_step THEN 1 ELSE stalls + 1 END, stall_step = max(step, stall_step)
         WHERE id = ? RETURNING stalls`,
        runId,
      )
      return Number(row?.['stalls'] ?? 0)
    },

    setProgress(runId: number, progress: Progress): void {
      touch(
        `epoch = coalesce(?, epoch), step = coalesce(?, step), steps = coalesce(?, steps),
         engine = coalesce(?, engine), environment = coalesce(?, environment)`,
        'id = ?',
        progress.epoch ?? null,
        progress.step ?? null,
        progress.steps ?? null,
        progress.engine ?? null,
        progress.environment ? JSON.stringify(progress.environment) : null,
        runId,
      )
    },

    /** What is wished of the run; `null` when there is no such run. */
    wish(runId: number): RunWish | null {
      const wish = connection.get('SELECT wish FROM run WHERE id = ?', runId)?.['wish']
      return wish === 'run' || wish === 'pause' || wish === 'stop' ? wish : null
    },

    /** @returns whether there is such a run */
    setWish: (runId: number, wish: RunWish): boolean => touch('wish = ?', 'id = ?', wish, runId) > 0,

    /**
     * Puts a run that has ended in line again (from its checkpoint, when it has one), for as many epochs in all as `epochs`
     * says. One that has not ended has a trainer, or will get one, that knows its old settings.
     * @returns whether it was put in line
     */
    requeue(runId: number, epochs?: number): boolean {
      const run = read('id = ?', [runId]).at(0)
      if (!run || !endedStatuses.has(run.status)) return false
      const spec = { ...run.spec, epochs: epochs ?? run.spec.epochs }
      const changed = touch(
        "status = 'queued', wish = 'run', ended = NULL, message = NULL, noticed = 0, spec = ?, epochs = ?",
        'id = ? AND status = ? AND trashed IS NULL',
        JSON.stringify(spec),
        spec.epochs,
        runId,
        run.status,
      )
      return changed > 0
    },

    /** Puts a run that was interrupted in line again, with what is wished of it unchanged. */
    putBack: (runId: number): void => void touch("status = 'queued'", 'id = ?', runId),

    annotate(runId: number, notes: RunNotes): void {
      touch(
        `name = coalesce(?, name), notes = coalesce(?, notes), tags = coalesce(?, tags),
         star = coalesce(?, star), archived = coalesce(?, archived), heading = coalesce(?, heading)`,
        'id = ?',
        notes.name ?? null,
        notes.notes ?? null,
        notes.tags ? JSON.stringify(notes.tags) : null,
        notes.star === undefined ? null : Number(notes.star),
        notes.archived === undefined ? null : Number(notes.archived),
        notes.heading ?? null,
        runId,
      )
    },

    /** @returns whether the run has ended and nobody has said so before: then whoever asked does */
    claimNotice: (runId: number): boolean =>
      connection.run('UPDATE run SET noticed = 1 WHERE id = ? AND noticed = 0 AND ended IS NOT NULL', runId) > 0,

    /** Runs take these places among their neighbours, in this order. */
    placeRuns(runIds: readonly number[]): void {
      connection.transaction(() => {
        for (const [place, runId] of runIds.entries())
          touch('place = ?', 'id = ? AND place IS NOT ?', place, runId, place)
      })
    },

    /** What is kept with a run and not needed to list it. */
    record(runId: number): RunRecord | null {
      const row = connection.get(
        'SELECT environment, parent_id, notes, tags, star, archived FROM run WHERE id = ?',
        runId,
      )
      if (!row) return null
      return {
        environment: row['environment'] === null ? null : fromJson(RunEnvironment, row['environment']),
        parentId: row['parent_id'] === null ? null : Number(row['parent_id']),
        notes: String(row['notes']),
        tags: fromJson(v.array(v.string()), row['tags']),
        star: row['star'] === 1,
        archived: row['archived'] === 1,
      }
    },
  }
}

/** Specs never change but by `requeue`, and decoding one costs more than the rest of its row. */
class SpecCache {
  private readonly known = new Map<number, { text: string; spec: RunSpec }>()
  private readonly decoder = new SpecDecoder()

  decode(id: number, text: string): RunSpec {
    const known = this.known.get(id)
    if (known?.text === text) return known.spec
    const spec = this.decoder.decodeText(text)
    this.known.set(id, { text, spec })
    return spec
  }
}

function fromJson<S extends v.GenericSchema>(schema: S, text: unknown): v.InferOutput<S> {
  return v.parse(schema, JSON.parse(String(text)))
}

/**
 * A row but for its summaries. Thousands are read at once: each field is looked at by hand, which costs a fifth of what a
 * schema of the row does.
 * @param values in the order of `runColumns`
 * @throws TypeError naming the column whose value is of another kind
 */
function toRunRow(values: readonly SQLOutputValue[], specs: SpecCache): RunRow {
  let at = 0
  const wrong = (value: SQLOutputValue) =>
    new TypeError(
      `Column ${runColumns[at - 1]} of a run has ${value === null ? 'nothing' : `a ${typeof value}`} in it.`,
    )
  const text = (): string => {
    const value = values[at++]
    if (typeof value !== 'string') throw wrong(value)
    return value
  }
  const number = (): number => {
    const value = values[at++]
    if (typeof value !== 'number') throw wrong(value)
    return value
  }
  const orNull = <T>(read: () => T): T | null => (values[at] === null ? (at++, null) : read())
  const id = number()
  return {
    id,
    name: text(),
    experiment: text(),
    sweepId: orNull(number),
    status: oneOf(RunStatus.options, text()),
    wish: oneOf(RunWish.options, text()),
    attempt: number(),
    spec: specs.decode(id, text()),
    engine: orNull(text),
    created: number(),
    started: orNull(number),
    ended: orNull(number),
    epoch: number(),
    epochs: number(),
    step: number(),
    steps: number(),
    message: orNull(text),
    notes: text(),
    tags: tagsOf(text()),
    star: number() === 1,
    archived: number() === 1,
    heading: text(),
    place: orNull(number),
    summaries: {},
  }
}

const tagsOf = (text: string): string[] => (text === '[]' ? [] : fromJson(v.array(v.string()), text))

function oneOf<T extends string>(options: readonly T[], value: string): T {
  const found = options.find(option => option === value)
  if (found === undefined) throw new TypeError(`A run has an unknown state: ${value}.`)
  return found
}

function readSummaries(connection: Connection, runs: readonly RunRow[], metrics?: readonly string[]) {
  const byRun = new Map<number, Record<string, MetricSummary>>()
  if (metrics?.length === 0) return byRun
  const ids = JSON.stringify(runs.map(run => run.id))
  const rows = connection.all(
    `SELECT summary.*, metric.name FROM summary JOIN metric ON metric.id = summary.metric_id
     WHERE summary.run_id IN (SELECT value FROM json_each(?))
       ${metrics ? 'AND metric.name IN (SELECT value FROM json_each(?))' : ''}`,
    ids,
    ...(metrics ? [JSON.stringify(metrics)] : []),
  )
  for (const row of rows) {
    const runId = Number(row['run_id'])
    let summaries = byRun.get(runId)
    if (!summaries) byRun.set(runId, (summaries = {}))
    summaries[String(row['name'])] = toSummary(row)
  }
  return byRun
}

export function toSummary(row: Row): MetricSummary {
  return {
    last: Number(row['last']),
    lastStep: Number(row['last_step']),
    min: Number(row['min']),
    minStep: Number(row['min_step']),
    max: Number(row['max']),
    maxStep: Number(row['max_step']),
  }
}
