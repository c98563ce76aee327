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

/** A point: its step and its value. */
type Point = readonly [number, number]

/**
 * A curve in about maxPoints / 2 stretches of equal length: the smallest and the largest of each, and both ends, so that no
 * spike is lost; and the mean of each with the number of points that it stands for, which is what a smoothed line is drawn
 * from, since the extremes alone say nothing of what lies between.
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
): { steps: number[]; values: number[]; means: Means } {
  const width = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, Math.floor((maxPoints - 2) / 2))))
  const { from, to } = wholeBuckets(first, last)
  const points = new PointReader(connection, runId, metricId, first, width)
  const parts =
    width < stepsPerBucket || from > to
      ? [points.between(first, last)]
      : [
          // Whole buckets inside, and the points of the two that stick out at the ends.
          points.between(first, from * stepsPerBucket - 1),
          ofBuckets(connection, runId, metricId, from, to, first, width),
          points.between((to + 1) * stepsPerBucket, last),
        ]
  const byStep = new Map([...parts.flatMap(part => part.extremes), ...points.ends(first, last)])
  const steps = [...byStep.keys()].sort((a, b) => a - b)
  const means = parts.flatMap(part => part.means)
  return {
    steps,
    values: steps.map(step => byStep.get(step) ?? NaN),
    means: {
      steps: means.map(([step]) => step),
      values: means.map(([, value]) => value),
      weights: means.map(([, , weight]) => weight),
    },
  }
}

interface Part {
  readonly extremes: Point[]
  /** Step, value and weight of each stretch. */
  readonly means: (readonly [number, number, number])[]
}

/** Numbers of the first and the last bucket that lie inside a stretch with all of their steps. */
function wholeBuckets(first: number, last: number): { from: number; to: number } {
  return { from: Math.ceil(first / stepsPerBucket), to: Math.floor((last + 1) / stepsPerBucket) - 1 }
}

/** Buckets of which several make a stretch: read once and in order, since SQLite would sort them anew for each question. */
function ofBuckets(
  connection: Connection,
  runId: number,
  metricId: number,
  from: number,
  to: number,
  origin: number,
  width: number,
): Part {
  const rows = connection.lists(
    `SELECT bucket, min, min_step, max, max_step, count, sum FROM extreme
     WHERE run_id = ? AND metric_id = ? AND bucket BETWEEN ? AND ? ORDER BY bucket`,
    runId,
    metricId,
    from,
    to,
  )
  const part: Part = { extremes: [], means: [] }
  let [low, lowStep, high, highStep, count, sum, moment] = [Infinity, -1, -Infinity, -1, 0, 0, 0]
  const end = () => {
    if (lowStep >= 0) part.extremes.push([lowStep, low], [highStep, high])
    if (count > 0) part.means.push([moment / count, sum / count, count])
    ;[low, lowStep, high, highStep, count, sum, moment] = [Infinity, -1, -Infinity, -1, 0, 0, 0]
  }
  let stretch = -1
  for (const row of rows) {
    const [bucket, min, minStep, max, maxStep, ownCount, ownSum] = row.map(Number)
    const own = Math.floor((bucket * stepsPerBucket - origin) / width)
    if (own !== stretch) end()
    stretch = own
    if (min < low) [low, lowStep] = [min, minStep]
    if (max > high) [high, highStep] = [max, maxStep]
    count += ownCount
    sum += ownSum
    moment += ownCount * (bucket * stepsPerBucket + (stepsPerBucket - 1) / 2)
  }
  end()
  return part
}

/** Points of a metric, put into stretches of `width` steps from `origin` on. */
class PointReader {
  readonly #connection: Connection
  readonly #curve: readonly [number, number]
  readonly #stretches: readonly [number, number]

  constructor(connection: Connection, runId: number, metricId: number, origin: number, width: number) {
    this.#connection = connection
    this.#curve = [runId, metricId]
    this.#stretches = [origin, width]
  }

  between(from: number, to: number): Part {
    if (from > to) return { extremes: [], means: [] }
    // SQLite takes the bare column "step" from the row that holds the minimum or maximum.
    const extremes = ['min', 'max'].flatMap(aggregate => this.#read(`step, ${aggregate}(value)`, from, to))
    const means = this.#read('avg(step) AS mean_step, avg(value), count(*)', from, to, 'mean_step')
    return {
      extremes: extremes.map(([step, value]) => [Number(step), Number(value)]),
      means: means.map(([step, value, weight]) => [Number(step), Number(value), Number(weight)]),
    }
  }

  /** The first and the last point. */
  ends(first: number, last: number): Point[] {
    return ['ASC', 'DESC'].flatMap(direction =>
      this.#connection
        .lists(
          `SELECT step, value FROM point WHERE run_id = ? AND metric_id = ? AND value IS NOT NULL
           AND step BETWEEN ? AND ? ORDER BY step ${direction} LIMIT 1`,
          ...this.#curve,
          first,
          last,
        )
        .map(([step, value]): Point => [Number(step), Number(value)]),
    )
  }

  #read(columns: string, from: number, to: number, order = 'step') {
    return this.#connection.lists(
      `SELECT ${columns} FROM point
       WHERE run_id = ?1 AND metric_id = ?2 AND step BETWEEN ?3 AND ?4 AND value IS NOT NULL
       GROUP BY CAST((step - ?5) / ?6 AS INTEGER) ORDER BY ${order}`,
      ...this.#curve,
      from,
      to,
      ...this.#stretches,
    )
  }
}
