/** Reading on as other processes write: what changed since the last look, never the whole. */
import type { RunDelta } from '../../protocol/runEvent.ts'
import { eventQueries } from './events.ts'
import { pointQueries } from './points.ts'
import { runQueries } from './runs.ts'
import type { Connection } from './sqlite.ts'

export interface Tail {
  /**
   * Deltas of this run's points and events from now on. Watch first and read the run afterwards: then nothing is
   * missed, and a point that comes twice is known by its step.
   */
  watch(runId: number): void
  unwatch(runId: number): void
  /** What changed since the last call. Costs some microseconds when nothing did: call it every 20 to 100 ms. */
  poll(): RunDelta[]
  close(): void
}

interface Cursor {
  readonly steps: Map<string, number>
  eventId: number
}

/** Points of a metric in one poll; the rest comes with the next one. */
const pointsPerPoll = 10_000

/** @param connection its own one, since a connection does not see its own writes as changes */
export function createTail(connection: Connection): Tail {
  const runs = runQueries(connection)
  const points = pointQueries(connection)
  const events = eventQueries(connection)
  const cursors = new Map<number, Cursor>()
  const behind = new Set<number>()
  const dataVersion = () => Number(connection.get('PRAGMA data_version')?.['data_version'])
  let version = dataVersion()
  let revision = runs.revision()

  function changesOf(runId: number, cursor: Cursor, deltas: RunDelta[]): void {
    const series = points.newPoints(runId, cursor.steps, pointsPerPoll)
    if (series.length > 0) deltas.push({ kind: 'points', runId, series })
    if (series.some(one => one.steps.length === pointsPerPoll)) behind.add(runId)
    else behind.delete(runId)
    const news = events.events(runId, cursor.eventId)
    const last = news.at(-1)
    if (!last) return
    cursor.eventId = last.id
    deltas.push({ kind: 'events', runId, events: news })
  }

  return {
    watch(runId) {
      if (cursors.has(runId)) return
      connection.snapshot(() => {
        const lastEvent = events.events(runId).at(-1)
        cursors.set(runId, { steps: points.lastSteps(runId), eventId: lastEvent?.id ?? 0 })
      })
    },

    unwatch(runId) {
      cursors.delete(runId)
      behind.delete(runId)
    },

    poll() {
      const now = dataVersion()
      if (now === version && behind.size === 0) return []
      version = now
      return connection.snapshot(() => {
        const { changed, removed } = runs.runsSince(revision)
        revision = runs.revision()
        const deltas: RunDelta[] = []
        if (changed.length > 0 || removed.length > 0) deltas.push({ kind: 'runs', changed, removed })
        const due = new Set([...changed.map(run => run.id), ...behind])
        for (const [runId, cursor] of cursors) if (due.has(runId)) changesOf(runId, cursor, deltas)
        return deltas
      })
    },

    close: () => connection.close(),
  }
}
