/**
 * The smallest and the largest value of each 256 steps of a curve, and their sum, kept beside its points: a run of a
 * million steps is thinned from four thousand rows, no spike is missed, and its means are those of all points.
 */
import type { Means } from '../../protocol/runEvent.ts'
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

export const addMeans = `
  ALTER TABLE extreme ADD COLUMN count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE extreme ADD COLUMN sum REAL NOT NULL DEFAULT 0;
  UPDATE extreme SET (count, sum) = (
    SELECT count(*), total(value) FROM point
    WHERE point.run_id = extreme.run_id AND point.metric_id = extreme.metric_id AND value IS NOT NULL
      AND point.step BETWEEN bucket * ${stepsPerBucket} AND bucket * ${stepsPerBucket} + ${stepsPerBucket - 1});
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
  #count = 0
  #sum = 0

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
    this.#count++
    this.#sum += value
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
      `INSERT INTO extreme(run_id, metric_id, bucket, min, min_step, max, max_step, count, sum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         min_step = CASE WHEN excluded.min < min THEN excluded.min_step ELSE min_step END,
         min = min(min, excluded.min),
         max_step = CASE WHEN excluded.max > max THEN excluded.max_step ELSE max_step END,
         max = max(max, excluded.max),
         count = count + excluded.count,
         sum = sum + excluded.sum`,
      this.#runId,
      this.#metricId,
      this.#bucket,
      this.#min,
      this.#minStep,
      this.#max,
      this.#maxStep,
      this.#count,
      this.#sum,
    )
    this.#min = Infinity
    this.#minStep = -1
    this.#max = -Infinity
    this.#maxStep = -1
    this.#count = 0
    this.#sum = 0
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
  const width = stretch(first, last, maxPoints)
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

/** Steps in each of about maxPoints / 2 stretches. */
function stretch(first: number, last: number, maxPoints: number): number {
  return Math.max(1, Math.ceil((last - first + 1) / Math.max(1, Math.floor((maxPoints - 2) / 2))))
}

/**
 * The mean of each of the stretches that `thinned` takes its extremes from, with the number of points that it stands for:
 * what a smoothed line is drawn from, since the extremes alone say nothing of what lies between.
 */
export function means(
  connection: Connection,
  runId: number,
  metricId: number,
  first: number,
  last: number,
  maxPoints: number,
): Means {
  const width = stretch(first, last, maxPoints)
  const ofPoints = (from: number, to: number) =>
    connection.all(
      `SELECT avg(step) AS step, avg(value) AS value, count(*) AS weight FROM point
       WHERE run_id = ?1 AND metric_id = ?2 AND step BETWEEN ?3 AND ?4 AND value IS NOT NULL
       GROUP BY CAST((step - ?5) / ?6 AS INTEGER) ORDER BY step`,
      runId,
      metricId,
      from,
      to,
      first,
      width,
    )
  const { from, to } = wholeBuckets(first, last)
  const rows =
    width < stepsPerBucket || from > to
      ? ofPoints(first, last)
      : [
          ...ofPoints(first, from * stepsPerBucket - 1),
          ...connection.all(
            `SELECT sum(count * (bucket * ${stepsPerBucket} + ${(stepsPerBucket - 1) / 2})) / sum(count) AS step,
               sum(sum) / sum(count) AS value, sum(count) AS weight FROM extreme
             WHERE run_id = ?1 AND metric_id = ?2 AND bucket BETWEEN ?3 AND ?4 AND count > 0
             GROUP BY CAST((bucket * ${stepsPerBucket} - ?5) / ?6 AS INTEGER) ORDER BY step`,
            runId,
            metricId,
            from,
            to,
            first,
            width,
          ),
          ...ofPoints((to + 1) * stepsPerBucket, last),
        ]
  return {
    steps: rows.map(row => Number(row['step'])),
    values: rows.map(row => Number(row['value'])),
    weights: rows.map(row => Number(row['weight'])),
  }
}

/** Numbers of the first and the last bucket that lie inside a stretch with all of their steps. */
function wholeBuckets(first: number, last: number): { from: number; to: number } {
  return { from: Math.ceil(first / stepsPerBucket), to: Math.floor((last + 1) / stepsPerBucket) - 1 }
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
  const { from, to } = wholeBuckets(first, last)
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
