/** Points of curves: written in bulk by a run's trainer, read whole, thinned, or as what is new. */
import { emptyTable, setSummary, type SummaryTable } from '../../protocol/packedRuns.ts'
import type { MetricSummary, Series } from '../../protocol/runEvent.ts'
import { Extremes, thinned } from './extremes.ts'
import { nextRevision, toSummary } from './runs.ts'
import type { Connection, Value } from './sqlite.ts'

/** Values of one metric at ascending steps; `times` are milliseconds since 1970. */
export interface Points {
  readonly metric: string
  readonly steps: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly times: ArrayLike<number>
}

export interface SeriesQuery {
  /** All metrics of the run when not given. */
  readonly metrics?: readonly string[]
  /** First step wanted. */
  readonly fromStep?: number
  /** Last step wanted. */
  readonly toStep?: number
  /** At most about this many points a curve: the smallest and the largest of each bucket, and both ends; and its mean. */
  readonly maxPoints?: number
}

interface SummaryRow extends MetricSummary {
  readonly metricId: number
  readonly metric: string
  readonly count: number
  readonly firstStep: number
}

const insertPoints = (count: number): string =>
  `INSERT OR IGNORE INTO point(run_id, metric_id, step, value, time) VALUES ${Array(count).fill('(?, ?, ?, ?, ?)').join(', ')}`

/** Points that one statement inserts, and the statements: each call costs as much as a few points. */
const insertsOfMany = [64, 8].map(count => ({ count, sql: insertPoints(count) }))
const fewestTogether = 8

/** The values that `insertPoints` asks for. */
function rowsOf(
  runId: number,
  metric: number,
  { steps, values, times }: Points,
  first: number,
  count: number,
): Value[] {
  const rows: Value[] = []
  for (let i = first; i < first + count; i++) {
    const value = values[i] ?? NaN
    rows.push(runId, metric, steps[i] ?? 0, Number.isFinite(value) ? value : null, times[i] ?? 0)
  }
  return rows
}

function isAscending(steps: ArrayLike<number>): boolean {
  for (let i = 1; i < steps.length; i++) if ((steps[i] ?? 0) <= (steps[i - 1] ?? 0)) return false
  return true
}

export function pointQueries(connection: Connection) {
  const ids = new Map<string, number>()

  function metricId(name: string): number {
    let id = ids.get(name)
    if (id === undefined) {
      connection.run('INSERT OR IGNORE INTO metric(name) VALUES (?)', name)
      id = Number(connection.get('SELECT id FROM metric WHERE name = ?', name)?.['id'])
      ids.set(name, id)
    }
    return id
  }

  /** Of all points, holes too. */
  function lastStep(runId: number, metric: number): number {
    const row = connection.get('SELECT max(step) AS step FROM point WHERE run_id = ? AND metric_id = ?', runId, metric)
    return row?.['step'] === null ? -Infinity : Number(row?.['step'])
  }

  function summaryRows(runId: number): SummaryRow[] {
    return connection
      .all(
        `SELECT summary.*, metric.name FROM summary JOIN metric ON metric.id = summary.metric_id
         WHERE summary.run_id = ? ORDER BY metric.id`,
        runId,
      )
      .map(row => ({
        ...toSummary(row),
        metricId: Number(row['metric_id']),
        metric: String(row['name']),
        count: Number(row['count']),
        firstStep: Number(row['first_step']),
      }))
  }

  return {
    /**
     * Adds points. A step that is already there keeps its value, so that a run repeated from its checkpoint changes
     * nothing. Values that are not finite are kept as holes.
     * @returns how many points were new
     */
    appendPoints(runId: number, batch: readonly Points[]): number {
      return connection.transaction(() => {
        const insert = connection.prepare(insertPoints(1))
        let added = 0
        for (const one of batch) {
          const { steps, values } = one
          const id = metricId(one.metric)
          const summary = new RunningSummary()
          const extremes = new Extremes(connection, runId, id)
          const take = (i: number): void => {
            added++
            const value = values[i] ?? NaN
            if (!Number.isFinite(value)) return
            summary.add(steps[i] ?? 0, value)
            extremes.add(steps[i] ?? 0, value)
          }
          let i = 0
          // What lies behind everything that is there is new, and goes in many at a time.
          if (steps.length >= fewestTogether && isAscending(steps) && steps[0] > lastStep(runId, id))
            for (const { count, sql } of insertsOfMany)
              for (; i + count <= steps.length; i += count) {
                connection.prepare(sql).run(...rowsOf(runId, id, one, i, count))
                for (let j = i; j < i + count; j++) take(j)
              }
          for (; i < steps.length; i++) if (Number(insert.run(...rowsOf(runId, id, one, i, 1)).changes) > 0) take(i)
          extremes.write()
          if (summary.count > 0) writeSummary(connection, runId, id, summary)
        }
        if (added > 0) connection.run(`UPDATE run SET revision = ${nextRevision} WHERE id = ?`, runId)
        return added
      })
    },

    /** A run's curves. */
    series(runId: number, query: SeriesQuery = {}): Series[] {
      const { metrics, fromStep = 0, toStep = Infinity, maxPoints = Infinity } = query
      return summaryRows(runId)
        .filter(row => !metrics || metrics.includes(row.metric))
        .map(row => {
          const first = Math.max(fromStep, row.firstStep)
          const last = Math.min(toStep, row.lastStep)
          const span = last - first + 1
          const share = span / (row.lastStep - row.firstStep + 1)
          if (row.count * share > maxPoints)
            return { metric: row.metric, ...thinned(connection, runId, row.metricId, first, last, maxPoints) }
          const points = connection.all(
            `SELECT step, value FROM point
             WHERE run_id = ? AND metric_id = ? AND step >= ? AND step <= ? AND value IS NOT NULL ORDER BY step`,
            runId,
            row.metricId,
            first,
            last,
          )
          return toSeries(row.metric, points)
        })
        .filter(series => series.steps.length > 0)
    },

    /** All points of one metric, ascending, holes (`NaN`) among them. */
    rawPoints(runId: number, metric: string): { steps: number[]; values: number[]; times: number[] } {
      const rows = connection.all(
        `SELECT step, value, time FROM point
         WHERE run_id = ? AND metric_id = (SELECT id FROM metric WHERE name = ?) ORDER BY step`,
        runId,
        metric,
      )
      return {
        steps: rows.map(row => Number(row['step'])),
        values: rows.map(row => (row['value'] === null ? NaN : Number(row['value']))),
        times: rows.map(row => Number(row['time'])),
      }
    },

    /** The metrics of a run that have points, holes alone too. */
    metricsOf: (runId: number): string[] =>
      connection
        .all(
          'SELECT name FROM metric WHERE EXISTS (SELECT 1 FROM point WHERE run_id = ? AND metric_id = metric.id) ORDER BY id',
          runId,
        )
        .map(row => String(row['name'])),

    /**
     * When steps were made: about `count` of them, evenly over the run. Found one by one through the index, so a run of
     * a million steps costs no more than a short one.
     */
    clock(runId: number, count: number): { steps: number[]; times: number[] } {
      const steps: number[] = []
      const times: number[] = []
      const row = summaryRows(runId).reduce<SummaryRow | null>(
        (longest, one) => (longest && longest.count >= one.count ? longest : one),
        null,
      )
      if (!row) return { steps, times }
      const stride = Math.max(1, (row.lastStep - row.firstStep) / count)
      const next = connection.prepare(
        'SELECT step, time FROM point WHERE run_id = ? AND metric_id = ? AND step >= ? ORDER BY step LIMIT 1',
      )
      for (let at = row.firstStep; at <= row.lastStep;) {
        const found = next.get(runId, row.metricId, Math.ceil(at))
        if (!found) break
        steps.push(Number(found['step']))
        times.push(Number(found['time']))
        at = Math.max(Number(found['step']) + 1, at + stride)
      }
      return { steps, times }
    },

    /** The last step of each metric, by name: where a reader of new points begins. */
    lastSteps: (runId: number): Map<string, number> =>
      new Map(summaryRows(runId).map(row => [row.metric, row.lastStep])),

    /** Points after the given steps, which are brought forward; at most `limit` a metric. */
    newPoints(runId: number, after: Map<string, number>, limit: number): Series[] {
      const found: Series[] = []
      for (const row of summaryRows(runId)) {
        const last = after.get(row.metric) ?? -1
        if (row.lastStep <= last) continue
        const points = connection.all(
          `SELECT step, value FROM point
           WHERE run_id = ? AND metric_id = ? AND step > ? AND value IS NOT NULL ORDER BY step LIMIT ?`,
          runId,
          row.metricId,
          last,
          limit,
        )
        const series = toSeries(row.metric, points)
        after.set(row.metric, series.steps.at(-1) ?? row.lastStep)
        if (series.steps.length > 0) found.push(series)
      }
      return found
    },

    /**
     * One metric over all runs that have it, ascending by id.
     * @param named the id by which a run of this store is known elsewhere
     */
    summaryTable(metric: string, named = (id: number) => id): SummaryTable {
      const rows = connection.lists(
        `SELECT run_id, last, last_step, min, min_step, max, max_step
         FROM summary WHERE metric_id = (SELECT id FROM metric WHERE name = ?) ORDER BY run_id`,
        metric,
      )
      const table = emptyTable(metric, rows.length)
      for (const [i, row] of rows.entries()) {
        setSummary(table, i, named(Number(row[0])), {
          last: Number(row[1]),
          lastStep: Number(row[2]),
          min: Number(row[3]),
          minStep: Number(row[4]),
          max: Number(row[5]),
          maxStep: Number(row[6]),
        })
      }
      return table
    },

    /** The metrics that any run has. */
    metricNames: (): string[] => connection.all('SELECT name FROM metric ORDER BY id').map(row => String(row['name'])),
  }
}

/** Last, smallest and largest of the points that one call adds; NaN-free by construction. */
class RunningSummary {
  count = 0
  firstStep = Infinity
  last = 0
  lastStep = -1
  min = Infinity
  minStep = -1
  max = -Infinity
  maxStep = -1

  add(step: number, value: number): void {
    this.count++
    if (step < this.firstStep) this.firstStep = step
    if (step > this.lastStep) {
      this.last = value
      this.lastStep = step
    }
    if (value < this.min) {
      this.min = value
      this.minStep = step
    }
    if (value > this.max) {
      this.max = value
      this.maxStep = step
    }
  }
}

function writeSummary(connection: Connection, runId: number, metricId: number, summary: RunningSummary): void {
  connection.run(
    `INSERT INTO summary(metric_id, run_id, count, first_step, last, last_step, min, min_step, max, max_step)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET
       count = count + excluded.count,
       first_step = min(first_step, excluded.first_step),
       last = CASE WHEN excluded.last_step > last_step THEN excluded.last ELSE last END,
       last_step = max(last_step, excluded.last_step),
       min_step = CASE WHEN excluded.min < min THEN excluded.min_step ELSE min_step END,
       min = min(min, excluded.min),
       max_step = CASE WHEN excluded.max > max THEN excluded.max_step ELSE max_step END,
       max = max(max, excluded.max)`,
    metricId,
    runId,
    summary.count,
    summary.firstStep,
    summary.last,
    summary.lastStep,
    summary.min,
    summary.minStep,
    summary.max,
    summary.maxStep,
  )
}

function toSeries(metric: string, rows: readonly { step?: unknown; value?: unknown }[]): Series {
  return { metric, steps: rows.map(row => Number(row.step)), values: rows.map(row => Number(row.value)) }
}
