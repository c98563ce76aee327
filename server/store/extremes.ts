/**
 * The smallest and the largest value of each 256 steps of a curve, kept beside its points: a run of a million steps is
 * thinned from four thousand rows, and no spike is missed.
 */
import type { Connection } from './sqlite.ts'

const stepsPerBucket = 256

export const createExtremes = `
  CREATE TABLE extreme (
    run_id INTEGER NOT NULL,
    metric_id INTEGER NOT NULL,
    -- step / ${stepsPerBucket}
    bucket INTEGER NOT NULL,
    min REAL NOT NULL, min_step INTEGER NOT NULL,
    max REAL NOT NULL, max_step INTEGER NOT NULL,
    PRIMARY KEY (run_id, metric_id, bucket)
  ) STRICT, WITHOUT ROWID;

  -- SQLite takes the bare column "step" from the row that holds the minimum or maximum.
  INSERT INTO extreme
    SELECT low.run_id, low.metric_id, low.bucket, low.value, low.step, high.value, high.step
    FROM (SELECT run_id, metric_id, step / ${stepsPerBucket} AS bucket, min(value) AS value, step
          FROM point WHERE value IS NOT NULL GROUP BY 1, 2, 3) AS low
    JOIN (SELECT run_id, metric_id, step / ${stepsPerBucket} AS bucket, max(value) AS value, step
          FROM point WHERE value IS NOT NULL GROUP BY 1, 2, 3) AS high USING (run_id, metric_id, bucket);
  `

/** Takes in new points of one metric, steps ascending; `write` must be called at the end. */
export class Extremes {
  readonly #connection: Connection
  readonly #runId: number
  readonly #metricId: number
  #bucket = -1
  #min = Infinity
  #minStep = -1
  #max = -Infinity
  #maxStep = -1

  constructor(connection: Connection, runId: number, metricId: number) {
    this.#connection = connection
    this.#runId = runId
    this.#metricId = metricId
  }

  add(step: number, value: number): void {
    const bucket = Math.floor(step / stepsPerBucket)
    if (bucket !== this.#bucket) {
      this.write()
      this.#bucket = bucket
    }
    if (value < this.#min) {
      this.#min = value
      this.#minStep = step
    }
    if (value > this.#max) {
      this.#max = value
      this.#maxStep = step
    }
  }

  write(): void {
    if (this.#minStep < 0) return
    this.#connection.run(
      `INSERT INTO extreme(run_id, metric_id, bucket, min, min_step, max, max_step) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         min_step = CASE WHEN excluded.min < min THEN excluded.min_step ELSE min_step END,
         min = min(min, excluded.min),
         max_step = CASE WHEN excluded.max > max THEN excluded.max_step ELSE max_step END,
         max = max(max, excluded.max)`,
      this.#runId,
      this.#metricId,
      this.#bucket,
      this.#min,
      this.#minStep,
      this.#max,
      this.#maxStep,
    )
    this.#min = Infinity
    this.#minStep = -1
    this.#max = -Infinity
    this.#maxStep = -1
  }
}

type StepRow = Readonly<Record<string, unknown>>

/**
 * Smallest and largest of each of about maxPoints / 2 stretches of equal length, and both ends, so that no spike is lost.
 * @param first first step wanted
 * @param last last step wanted
 */
export function thinned(
  connection: Connection,
  runId: number,
  metricId: number,
  first: number,
  last: number,
  maxPoints: number,
): StepRow[] {
  const width = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, Math.floor((maxPoints - 2) / 2))))
  const found =
    width < stepsPerBucket
      ? fromPoints(connection, runId, metricId, first, last, first, width)
      : fromBuckets(connection, runId, metricId, first, last, width)
  const end = 'SELECT step, value FROM point WHERE run_id = ? AND metric_id = ? AND value IS NOT NULL AND step'
  const ends = [
    ...connection.all(`${end} BETWEEN ? AND ? ORDER BY step LIMIT 1`, runId, metricId, first, last),
    ...connection.all(`${end} BETWEEN ? AND ? ORDER BY step DESC LIMIT 1`, runId, metricId, first, last),
  ]
  const byStep = new Map([...found, ...ends].map(row => [Number(row['step']), row]))
  return [...byStep.values()].sort((a, b) => Number(a['step']) - Number(b['step']))
}

/** Whole buckets inside, and the points of the two that stick out at the ends. */
function fromBuckets(
  connection: Connection,
  runId: number,
  metricId: number,
  first: number,
  last: number,
  width: number,
): StepRow[] {
  const from = Math.ceil(first / stepsPerBucket)
  const to = Math.floor((last + 1) / stepsPerBucket) - 1
  const inside = (step: string, aggregate: 'min' | 'max') =>
    connection.all(
      `SELECT ${step} AS step, ${aggregate}(${aggregate}) AS value FROM extreme
       WHERE run_id = ?1 AND metric_id = ?2 AND bucket BETWEEN ?3 AND ?4
       GROUP BY CAST((bucket * ${stepsPerBucket} - ?5) / ?6 AS INTEGER)`,
      runId,
      metricId,
      from,
      to,
      first,
      width,
    )
  return [
    ...fromPoints(connection, runId, metricId, first, from * stepsPerBucket - 1, first, width),
    ...inside('min_step', 'min'),
    ...inside('max_step', 'max'),
    ...fromPoints(connection, runId, metricId, (to + 1) * stepsPerBucket, last, first, width),
  ]
}

function fromPoints(
  connection: Connection,
  runId: number,
  metricId: number,
  from: number,
  to: number,
  origin: number,
  width: number,
): StepRow[] {
  if (from > to) return []
  return ['min', 'max'].flatMap(aggregate =>
    connection.all(
      `SELECT step, ${aggregate}(value) AS value FROM point
       WHERE run_id = ?1 AND metric_id = ?2 AND step BETWEEN ?3 AND ?4 AND value IS NOT NULL
       GROUP BY CAST((step - ?5) / ?6 AS INTEGER)`,
      runId,
      metricId,
      from,
      to,
      origin,
      width,
    ),
  )
}
