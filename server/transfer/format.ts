/**
 * What one Triplet Lab writes for another: JSON, one object a line. A run is its `run` line, then lines of points, events,
 * details and, if they were wanted, checkpoints, and an `end` line that counts them: a file that breaks off is noticed.
 */
import * as v from 'valibot'
import { RunEnvironment } from '../../protocol/environment.ts'
import { RunEventKind, RunRow } from '../../protocol/runEvent.ts'

/** Grows when a line changes its meaning; newer files are refused, not guessed at. */
export const transferFormat = 1

const run = v.number()
const number = v.nullable(v.number())

export const TransferLine = v.variant('kind', [
  v.object({ kind: v.literal('triplet-lab'), format: v.number(), version: v.string(), exported: v.number() }),
  /** `sweep` is its number in the store that it comes from; `origin` its name everywhere. */
  v.object({
    kind: v.literal('sweep'),
    sweep: v.number(),
    origin: v.string(),
    experiment: v.string(),
    plan: v.unknown(),
    created: v.number(),
  }),
  v.object({
    kind: v.literal('run'),
    run,
    origin: v.string(),
    row: RunRow,
    environment: v.nullable(RunEnvironment),
  }),
  /** Times are milliseconds since 1970; a value that was not finite is `null`. */
  v.object({
    kind: v.literal('points'),
    run,
    metric: v.string(),
    steps: v.array(v.number()),
    values: v.array(number),
    times: v.array(v.number()),
  }),
  v.object({
    kind: v.literal('event'),
    run,
    step: v.number(),
    time: v.number(),
    event: RunEventKind,
    message: v.string(),
  }),
  v.object({ kind: v.literal('detail'), run, detail: v.string(), step: v.number(), data: v.unknown() }),
  /** A file of the run's folder, base64. */
  v.object({
    kind: v.literal('checkpoint'),
    run,
    name: v.picklist(['last.checkpoint', 'best.checkpoint']),
    data: v.string(),
  }),
  v.object({ kind: v.literal('end'), run, points: v.number(), events: v.number(), details: v.number() }),
])
export type TransferLine = v.InferOutput<typeof TransferLine>
export type RunLine = Extract<TransferLine, { kind: 'run' }>

export const checkpointNames = ['last.checkpoint', 'best.checkpoint'] as const
