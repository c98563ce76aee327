/** Rows of `sweep` and `trial`: which runs belong to a sweep, and what it has decided about them. */
import * as v from 'valibot'
import { SweepStatus } from '../../protocol/sweeps.ts'
import type { Json } from '../catalog/entry.ts'
import type { Connection } from './sqlite.ts'

const SweepRow = v.object({
  id: v.number(),
  experiment: v.string(),
  status: SweepStatus,
  wish: v.picklist(['run', 'pause']),
  /** Of the runs that it adds. */
  priority: v.number(),
  message: v.nullable(v.string()),
  created: v.number(),
  ended: v.nullable(v.number()),
})
/** `plan` is what whoever started the sweep gave: this layer does not look into it. */
export type SweepRow = v.InferOutput<typeof SweepRow> & { readonly plan: unknown }

/** One run of a sweep. */
const TrialRow = v.object({
  runId: v.number(),
  /** Which combination, from 0 in the order in which they were suggested, and which repeat of it. */
  number: v.number(),
  repeat: v.number(),
  /** Times that the run was tried again after it failed. */
  retries: v.number(),
  /** The highest rung that it may pass; -1: none. */
  rung: v.number(),
  /** Why the sweep has stopped it, in a sentence; `null`: it has not. */
  held: v.nullable(v.string()),
  /** Somebody let it go on after the sweep had stopped it: then the sweep leaves it alone. */
  released: v.pipe(
    v.number(),
    v.transform(flag => flag === 1),
  ),
})
/** `assignment`: its value at each axis, by path. */
export type TrialRow = v.InferOutput<typeof TrialRow> & { readonly assignment: Readonly<Record<string, Json>> }

const Assignment = v.record(
  v.string(),
  v.custom<Json>(value => value !== undefined),
)

export function sweepQueries(connection: Connection) {
  const columns = 'id, experiment, plan, status, wish, priority, message, created, ended'
  const toSweep = (row: Record<string, unknown>): SweepRow => ({
    ...v.parse(SweepRow, row),
    plan: JSON.parse(String(row['plan'])) as unknown,
  })

  return {
    /** @returns its id, which its runs have as `sweepId` */
    addSweep(experiment: string, plan: object, priority = 0): number {
      return connection.transaction(() => {
        // Runs of sweeps from before there was this table keep their numbers.
        const next = connection.get(
          'SELECT max(coalesce((SELECT max(sweep_id) FROM run), 0), coalesce((SELECT max(id) FROM sweep), 0)) + 1 AS id',
        )
        const id = Number(next?.['id'])
        connection.run(
          `INSERT INTO sweep(id, experiment, plan, status, wish, priority, created)
           VALUES (?, ?, ?, 'running', 'run', ?, ?)`,
          id,
          experiment,
          JSON.stringify(plan),
          priority,
          Date.now(),
        )
        return id
      })
    },

    sweep(sweepId: number): SweepRow | null {
      const row = connection.get(`SELECT ${columns} FROM sweep WHERE id = ?`, sweepId)
      return row ? toSweep(row) : null
    },

    /** Highest priority first, then oldest; only those that have not ended, unless all are asked for. */
    sweeps: (all = false): SweepRow[] =>
      connection
        .all(`SELECT ${columns} FROM sweep ${all ? '' : "WHERE status = 'running'"} ORDER BY priority DESC, id`)
        .map(toSweep),

    newestSweep(experiment: string): SweepRow | null {
      const row = connection.get(
        `SELECT ${columns} FROM sweep WHERE experiment = ? ORDER BY id DESC LIMIT 1`,
        experiment,
      )
      return row ? toSweep(row) : null
    },

    setSweepStatus(sweepId: number, status: SweepStatus, message: string | null = null): void {
      const ended = status === 'running' ? null : Date.now()
      connection.run(
        'UPDATE sweep SET status = ?, message = ?, ended = ? WHERE id = ?',
        status,
        message,
        ended,
        sweepId,
      )
    },

    setSweepPlan: (sweepId: number, plan: object): void =>
      void connection.run('UPDATE sweep SET plan = ? WHERE id = ?', JSON.stringify(plan), sweepId),

    setSweepPriority: (sweepId: number, priority: number): void =>
      void connection.run('UPDATE sweep SET priority = ? WHERE id = ?', priority, sweepId),

    setSweepWish: (sweepId: number, wish: 'run' | 'pause'): void =>
      void connection.run('UPDATE sweep SET wish = ? WHERE id = ?', wish, sweepId),

    /** @throws Error when this repeat of the combination has a run already: no combination is run twice */
    addTrial(sweepId: number, number: number, repeat: number, runId: number, assignment: object): void {
      connection.run(
        'INSERT INTO trial(sweep_id, number, repeat, run_id, assignment) VALUES (?, ?, ?, ?, ?)',
        sweepId,
        number,
        repeat,
        runId,
        JSON.stringify(assignment),
      )
    },

    /** In the order in which they were suggested; a run that was removed has no trial any more. */
    trials: (sweepId: number): TrialRow[] =>
      connection
        .all(
          `SELECT run_id AS "runId", number, repeat, assignment, retries, rung, held, released FROM trial
           WHERE sweep_id = ? ORDER BY number, repeat`,
          sweepId,
        )
        .map(row => ({
          ...v.parse(TrialRow, row),
          assignment: v.parse(Assignment, JSON.parse(String(row['assignment']))),
        })),

    updateTrial(
      runId: number,
      change: { retries?: number; rung?: number; held?: string | null; released?: true; assignment?: object },
    ): void {
      const { held } = change
      connection.run(
        `UPDATE trial SET retries = coalesce(?, retries), rung = coalesce(?, rung), released = coalesce(?, released),
         assignment = coalesce(?, assignment), held = CASE WHEN ? THEN ? ELSE held END WHERE run_id = ?`,
        change.retries ?? null,
        change.rung ?? null,
        change.released === undefined ? null : 1,
        change.assignment === undefined ? null : JSON.stringify(change.assignment),
        held === undefined ? 0 : 1,
        held ?? null,
        runId,
      )
    },
  }
}
