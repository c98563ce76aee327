/** What happened in a run, in words, and what is larger than a number. */
import * as v from 'valibot'
import { RunEvent, type RunEventKind } from '../../protocol/runEvent.ts'
import { nextRevision } from './runs.ts'
import type { Connection, Row } from './sqlite.ts'

export interface NewEvent {
  readonly step: number
  readonly kind: RunEventKind
  /** In words, ready to be shown. */
  readonly message: string
}

const columns = 'id, run_id AS "runId", step, time, kind, message'

export function eventQueries(connection: Connection) {
  const toEvents = (rows: Row[]): RunEvent[] => rows.map(row => v.parse(RunEvent, row))

  function addEvent(runId: number, event: NewEvent): void {
    connection.transaction(() => {
      connection.run(
        'INSERT INTO event(run_id, step, time, kind, message) VALUES (?, ?, ?, ?, ?)',
        runId,
        event.step,
        Date.now(),
        event.kind,
        event.message,
      )
      connection.run(`UPDATE run SET revision = ${nextRevision} WHERE id = ?`, runId)
    })
  }

  return {
    addEvent,

    /** For events that belong to a step of the training: repeated from a checkpoint, they are not said twice. */
    addEventOnce(runId: number, event: NewEvent): void {
      const known = connection.get(
        'SELECT 1 FROM event WHERE run_id = ? AND step = ? AND kind = ? AND message = ?',
        runId,
        event.step,
        event.kind,
        event.message,
      )
      if (!known) addEvent(runId, event)
    },

    /** In the order in which they happened, after an event's id. */
    events: (runId: number, afterId = 0): RunEvent[] =>
      toEvents(connection.all(`SELECT ${columns} FROM event WHERE run_id = ? AND id > ? ORDER BY id`, runId, afterId)),

    /** Keeps something larger than a number for a step: the first one given stays. */
    putDetail(runId: number, kind: string, step: number, data: Uint8Array): void {
      connection.run(
        'INSERT OR IGNORE INTO detail(run_id, kind, step, data) VALUES (?, ?, ?, ?)',
        runId,
        kind,
        step,
        data,
      )
    },

    /** The newest detail of a kind at or before a step; `null` when there is none. */
    detail(runId: number, kind: string, step = Number.MAX_SAFE_INTEGER): { step: number; data: Uint8Array } | null {
      const row = connection.get(
        'SELECT step, data FROM detail WHERE run_id = ? AND kind = ? AND step <= ? ORDER BY step DESC LIMIT 1',
        runId,
        kind,
        step,
      )
      return row && row['data'] instanceof Uint8Array ? { step: Number(row['step']), data: row['data'] } : null
    },

    /** All details of a run, without their data. */
    details: (runId: number): { kind: string; step: number }[] =>
      connection
        .all('SELECT kind, step FROM detail WHERE run_id = ? ORDER BY kind, step', runId)
        .map(row => ({ kind: String(row['kind']), step: Number(row['step']) })),

    /** Steps that have a detail of this kind, ascending. */
    detailSteps: (runId: number, kind: string): number[] =>
      connection
        .all('SELECT step FROM detail WHERE run_id = ? AND kind = ? ORDER BY step', runId, kind)
        .map(row => Number(row['step'])),
  }
}
