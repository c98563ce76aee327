/**
 * Deleting in two steps. A deleted run is in the trash: nobody sees it, nothing of it is gone, and every window knows at
 * once. Emptying the trash removes it for good. Each step is one statement with its condition in it, so that of two who
 * act at the same time the second one changes nothing.
 */
import * as v from 'valibot'
import { endedStatuses } from '../../protocol/runEvent.ts'
import { nextRevision } from './runs.ts'
import type { Connection } from './sqlite.ts'

/**
 * The run that is meant: by number and by the time when it was made. Numbers start again where a store was deleted and
 * made anew, and the run that has the number now is not the one that was meant.
 */
export interface RunReference {
  readonly id: number
  readonly created: number
}

/** A run of the trash as somebody was shown it: by number and by the time when it was deleted. */
export interface TrashReference {
  readonly id: number
  readonly trashed: number
}

const TrashedRun = v.object({ id: v.number(), name: v.string(), experiment: v.string(), trashed: v.number() })
export type TrashedRun = v.InferOutput<typeof TrashedRun>

const ended = [...endedStatuses].map(status => `'${status}'`).join()

export function trashQueries(connection: Connection) {
  const removeForGood = (id: number) => {
    connection.run(`INSERT OR REPLACE INTO removed_run(id, revision) VALUES (?, ${nextRevision})`, id)
    for (const table of ['point', 'extreme']) connection.run(`DELETE FROM ${table} WHERE run_id = ?`, id)
    connection.run("DELETE FROM origin WHERE kind = 'run' AND id = ?", id)
    connection.run('DELETE FROM run WHERE id = ?', id)
  }
  return {
    /**
     * Puts runs into the trash; those that still train, or were made at another time, stay.
     * @returns the ids of those that went
     */
    trashRuns: (runs: readonly RunReference[]): number[] =>
      connection.transaction(() =>
        runs.flatMap(({ id, created }) => {
          const changed = connection.run(
            `UPDATE run SET trashed = ?, revision = ${nextRevision}
             WHERE id = ? AND created = ? AND trashed IS NULL AND status IN (${ended})`,
            Date.now(),
            id,
            created,
          )
          return changed > 0 ? [id] : []
        }),
      ),

    /**
     * Takes out a run that has not begun: there is nothing of it to keep.
     * @returns whether there was such a run
     */
    dropQueued: (runId: number): boolean =>
      connection.transaction(() => {
        const gone = connection.run("DELETE FROM run WHERE id = ? AND status = 'queued' AND attempt = 0", runId) > 0
        if (gone) connection.run(`INSERT OR REPLACE INTO removed_run(id, revision) VALUES (?, ${nextRevision})`, runId)
        return gone
      }),

    /** @returns the ids of those that are back */
    restoreRuns: (runIds: readonly number[]): number[] =>
      connection.transaction(() =>
        runIds.filter(
          id =>
            connection.run(
              `UPDATE run SET trashed = NULL, revision = ${nextRevision} WHERE id = ? AND trashed IS NOT NULL`,
              id,
            ) > 0,
        ),
      ),

    /** What lies in the trash, last deleted first. */
    trash: (): TrashedRun[] =>
      connection
        .all('SELECT id, name, experiment, trashed FROM run WHERE trashed IS NOT NULL ORDER BY trashed DESC, id DESC')
        .map(row => v.parse(TrashedRun, row)),

    /**
     * Removes for good what was deleted before a time, with all of its points; their folders are the caller's to remove.
     * @param before milliseconds since 1970
     * @returns the ids of the runs
     */
    emptyTrash: (before: number): number[] =>
      connection.transaction(() => {
        const ids = connection
          .all('SELECT id FROM run WHERE trashed IS NOT NULL AND trashed < ? ORDER BY id', before)
          .map(row => Number(row['id']))
        for (const id of ids) removeForGood(id)
        return ids
      }),

    /**
     * The same of these runs alone; what was taken back since, or deleted at another time, stays.
     * @returns the ids of those that are gone
     */
    removeTrashed: (runs: readonly TrashReference[]): number[] =>
      connection.transaction(() =>
        runs.flatMap(({ id, trashed }) => {
          if (connection.all('SELECT id FROM run WHERE id = ? AND trashed = ?', id, trashed).length === 0) return []
          removeForGood(id)
          return [id]
        }),
      ),
  }
}
