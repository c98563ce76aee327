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

/** Points: the smallest and the largest, where these stand, how many there are, and their sum. */
class Gathered {
  low = Infinity
  lowStep = -1
  high = -Infinity
  highStep = -1
  count = 0
  sum = 0

  /** Of points that are as small, or as large, the first stays. */
  compare(step: number, value: number): void {
    if (value < this.low) {
      this.low = value
      this.lowStep = step
    }
    if (value > this.high) {
      this.high = value
      this.highStep = step
    }
  }

  add(count: number, sum: number): void {
    this.count += count
    this.sum += sum
  }
}

/** Takes in new points of one metric, steps ascending; `write` must be called at the end. */
export class Extremes {
  readonly #connection: Connection
  readonly #runId: number
  readonly #metricId: number
  #bucket = -1
  #own = new Gathered()

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
    this.#own.add(1, value)
    this.#own.compare(step, value)
  }

  write(): void {
    const { low, lowStep, high, highStep, count, sum } = this.#own
    if (lowStep < 0) return
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
      low,
      lowStep,
      high,
      highStep,
      count,
      sum,
    )
    this.#own = new Gathered()
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
  const curve: Curve = { connection, runId, metricId }
  const stretches = new Stretches(first, width)
  if (width < stepsPerBucket || from > to) addPoints(stretches, curve, first, last)
  else {
    // Whole buckets inside, and the points of the two that stick out at the ends.
    addPoints(stretches, curve, first, from * stepsPerBucket - 1)
    addBuckets(stretches, curve, from, to)
    addPoints(stretches, curve, (to + 1) * stepsPerBucket, last)
  }
  stretches.end()
  const byStep = new Map([...stretches.extremes, ...ends(curve, first, last)])
  const steps = [...byStep.keys()].sort((a, b) => a - b)
  const { means } = stretches
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

interface Curve {
  readonly connection: Connection
  readonly runId: number
  readonly metricId: number
}

/** Gathers points and buckets, ascending, into stretches of `width` steps from `origin` on. */
class Stretches {
  /** The smallest and the largest of each stretch. */
  readonly extremes: Point[] = []
  /** Step, value and weight of each stretch. */
  readonly means: (readonly [number, number, number])[] = []
  readonly #origin: number
  readonly #width: number
  #stretch = -1
  #own = new Gathered()
  /** Sum of the steps of all points. */
  #moment = 0

  constructor(origin: number, width: number) {
    this.#origin = origin
    this.#width = width
  }

  /** Goes on with the stretch that the step is in. */
  enter(step: number): void {
    const stretch = Math.floor((step - this.#origin) / this.#width)
    if (stretch === this.#stretch) return
    this.end()
    this.#stretch = stretch
  }

  addExtreme(step: number, value: number): void {
    this.#own.compare(step, value)
  }

  /** @param step the mean step of the points */
  addSum(count: number, sum: number, step: number): void {
    this.#own.add(count, sum)
    this.#moment += count * step
  }

  end(): void {
    const { low, lowStep, high, highStep, count, sum } = this.#own
    if (lowStep >= 0) this.extremes.push([lowStep, low], [highStep, high])
    if (count > 0) this.means.push([this.#moment / count, sum / count, count])
    this.#own = new Gathered()
    this.#moment = 0
  }
}

/** Numbers of the first and the last bucket that lie inside a stretch with all of their steps. */
function wholeBuckets(first: number, last: number): { from: number; to: number } {
  return { from: Math.ceil(first / stepsPerBucket), to: Math.floor((last + 1) / stepsPerBucket) - 1 }
}

/** Buckets of which several make a stretch. Read in order and gathered here: SQLite would sort them to group them. */
function addBuckets(stretches: Stretches, { connection, runId, metricId }: Curve, from: number, to: number): void {
  const rows = connection.lists(
    `SELECT bucket, min, min_step, max, max_step, count, sum FROM extreme
     WHERE run_id = ? AND metric_id = ? AND bucket BETWEEN ? AND ? ORDER BY bucket`,
    runId,
    metricId,
    from,
    to,
  )
  for (const row of rows) {
    const start = Number(row[0]) * stepsPerBucket
    stretches.enter(start)
    stretches.addExtreme(Number(row[2]), Number(row[1]))
    stretches.addExtreme(Number(row[4]), Number(row[3]))
    stretches.addSum(Number(row[5]), Number(row[6]), start + (stepsPerBucket - 1) / 2)
  }
}

function addPoints(stretches: Stretches, { connection, runId, metricId }: Curve, from: number, to: number): void {
  if (from > to) return
  const rows = connection.lists(
    `SELECT step, value FROM point
     WHERE run_id = ? AND metric_id = ? AND step BETWEEN ? AND ? AND value IS NOT NULL ORDER BY step`,
    runId,
    metricId,
    from,
    to,
  )
  for (const row of rows) {
    const [step, value] = [Number(row[0]), Number(row[1])]
    stretches.enter(step)
    stretches.addExtreme(step, value)
    stretches.addSum(1, value, step)
  }
}

/** The first and the last point. */
function ends({ connection, runId, metricId }: Curve, first: number, last: number): Point[] {
  return ['ASC', 'DESC'].flatMap(direction =>
    connection
      .lists(
        `SELECT step, value FROM point WHERE run_id = ? AND metric_id = ? AND value IS NOT NULL
         AND step BETWEEN ? AND ? ORDER BY step ${direction} LIMIT 1`,
        runId,
        metricId,
        first,
        last,
      )
      .map(([step, value]): Point => [Number(step), Number(value)]),
  )
}
