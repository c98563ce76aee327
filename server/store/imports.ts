/** Runs that come from another store: under which name they are known everywhere, and writing them as they were. */
import type { RunEnvironment } from '../../protocol/environment.ts'
import type { RunRow } from '../../protocol/runEvent.ts'
import { nextRevision } from './runs.ts'
import type { Connection } from './sqlite.ts'

/** A run as it was in its store; its points, events and details are written with the calls that a trainer uses. */
export interface ForeignRun {
  readonly row: Omit<RunRow, 'id' | 'summaries' | 'wish' | 'sweepId' | 'place'>
  readonly environment: RunEnvironment | null
  readonly sweepId: number | null
}

export function importQueries(connection: Connection) {
  function identity(): string {
    return String(connection.get('SELECT store FROM identity')?.['store'])
  }

  function originOf(kind: 'run' | 'sweep', id: number, created: number): string {
    const known = connection.get('SELECT origin FROM origin WHERE kind = ? AND id = ?', kind, id)?.['origin']
    // The time tells runs apart that copies of one store have made since under the same number.
    return known === undefined ? `${identity()}/${kind}/${id}/${created}` : String(known)
  }

  return {
    /** The name of a run that no other run of any store has, and that it keeps through exports and imports. */
    runOrigin: (runId: number, created: number): string => originOf('run', runId, created),
    sweepOrigin: (sweepId: number, created: number): string => originOf('sweep', sweepId, created),

    /** The run or sweep of this store that has this origin, also one in the trash; `null` when there is none. */
    withOrigin(kind: 'run' | 'sweep', origin: string): number | null {
      const imported = connection.get('SELECT id FROM origin WHERE kind = ? AND origin = ?', kind, origin)?.['id']
      if (imported !== undefined) return Number(imported)
      const [store, itsKind, id, created] = origin.split('/')
      if (store !== identity() || itsKind !== kind) return null
      const own = connection.get(`SELECT id FROM ${kind} WHERE id = ? AND created = ?`, Number(id), Number(created))
      return own === undefined ? null : Number(own['id'])
    },

    /** Adds a run as it was, under a number of this store. @returns the number */
    addForeignRun(origin: string, { row, environment, sweepId }: ForeignRun): number {
      return connection.transaction(() => {
        const inserted = connection.get(
          `INSERT INTO run(name, experiment, sweep_id, status, wish, attempt, spec, engine, environment, created, started,
             ended, epoch, epochs, step, steps, message, notes, tags, star, archived, heading, revision)
           VALUES (?, ?, ?, ?, 'run', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${nextRevision}) RETURNING id`,
          row.name,
          row.experiment,
          sweepId,
          row.status,
          row.attempt,
          JSON.stringify(row.spec),
          row.engine,
          environment === null ? null : JSON.stringify(environment),
          row.created,
          row.started,
          row.ended,
          row.epoch,
          row.epochs,
          row.step,
          row.steps,
          row.message,
          row.notes,
          JSON.stringify(row.tags),
          Number(row.star),
          Number(row.archived),
          row.heading,
        )
        const id = Number(inserted?.['id'])
        connection.run("INSERT INTO origin(kind, id, origin) VALUES ('run', ?, ?)", id, origin)
        return id
      })
    },

    /** Adds a sweep that has ended, so that nobody goes on with it here. @returns its number */
    addForeignSweep(origin: string, experiment: string, plan: unknown, created: number): number {
      return connection.transaction(() => {
        const next = connection.get(
          'SELECT max(coalesce((SELECT max(sweep_id) FROM run), 0), coalesce((SELECT max(id) FROM sweep), 0)) + 1 AS id',
        )
        const id = Number(next?.['id'])
        connection.run(
          `INSERT INTO sweep(id, experiment, plan, status, wish, created, ended)
           VALUES (?, ?, ?, 'stopped', 'run', ?, ?)`,
          id,
          experiment,
          JSON.stringify(plan),
          created,
          Date.now(),
        )
        connection.run("INSERT INTO origin(kind, id, origin) VALUES ('sweep', ?, ?)", id, origin)
        return id
      })
    },

    /** An event with the time that it had. */
    addForeignEvent: (runId: number, event: { step: number; time: number; kind: string; message: string }): void =>
      void connection.run(
        'INSERT INTO event(run_id, step, time, kind, message) VALUES (?, ?, ?, ?, ?)',
        runId,
        event.step,
        event.time,
        event.kind,
        event.message,
      ),
  }
}
