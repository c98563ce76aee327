/**
 * Every message of ours between the extension (client) and the language server, typed and decoded once.
 * What the Language Server Protocol already has (diagnostics, lenses, hovers) is not repeated here.
 */
import * as v from 'valibot'
import { DetailKind } from './details.ts'
import { Clock, RunDelta, RunEvent, RunRow, RunWish, Series } from './runEvent.ts'

/** A request: decoders for what is asked and for what is answered. */
export interface RequestType<P extends v.GenericSchema, R extends v.GenericSchema> {
  readonly method: string
  readonly params: P
  readonly result: R
}
function request<P extends v.GenericSchema, R extends v.GenericSchema>(
  method: string,
  params: P,
  result: R,
): RequestType<P, R> {
  return { method, params, result }
}

/** What the client tells the server at the start (`initializationOptions`). A server without such a client uses the defaults. */
export const InitializationOptions = v.object({
  /** Of the editor, as `en` or `zh-cn`. */
  locale: v.optional(v.string(), 'en'),
  /** File with the translations of that locale; `null`: English. */
  bundle: v.optional(v.nullable(v.string()), null),
  /** Whether the workspace is trusted. Where it is not, no process is started. */
  trusted: v.optional(v.boolean(), true),
})
export type InitializationOptions = v.InferOutput<typeof InitializationOptions>

/** A finding of `check`: zero-based line and character, as in the Language Server Protocol. */
export const Problem = v.object({
  code: v.string(),
  severity: v.picklist(['error', 'warning', 'information']),
  message: v.string(),
  start: v.object({ line: v.number(), character: v.number() }),
  end: v.object({ line: v.number(), character: v.number() }),
})
export type Problem = v.InferOutput<typeof Problem>

/** Client → server: queue the runs of an experiment file, as the editor shows it now, and see that a training server is up. */
export const startTraining = request(
  'triplet/start',
  v.object({ uri: v.string() }),
  v.variant('kind', [
    v.object({ kind: v.literal('started'), runIds: v.array(v.number()) }),
    v.object({ kind: v.literal('refused'), problems: v.array(Problem) }),
  ]),
)

/** Client → server: what a file would do when it was started; duration in milliseconds, `null` before a first run. */
export const describeExperiment = request(
  'triplet/describeExperiment',
  v.object({ uri: v.string() }),
  v.object({ engine: v.nullable(v.string()), runs: v.number(), duration: v.nullable(v.number()) }),
)

/** Client → server: all runs of a workspace folder, newest first. */
export const listRuns = request('triplet/runs', v.object({}), v.object({ runs: v.array(RunRow) }))

/** Client → server: a run's curves and events so far, each curve thinned to at most `maxPoints` (min and max of each bucket are kept). */
export const readRun = request(
  'triplet/readRun',
  v.object({ runId: v.number(), maxPoints: v.number() }),
  v.object({
    run: v.nullable(RunRow),
    series: v.array(Series),
    events: v.array(RunEvent),
    clock: Clock,
  }),
)

/** Client → server: a stretch of a run's curves in more detail, for who looks closer. Both ends belong to it. */
export const readCurves = request(
  'triplet/readCurves',
  v.object({
    runId: v.number(),
    metrics: v.nullable(v.array(v.string())),
    fromStep: v.number(),
    toStep: v.number(),
    maxPoints: v.number(),
  }),
  v.object({ series: v.array(Series) }),
)

/**
 * Client → server: what is kept of a run besides numbers, the newest at or before `step` (`null`: the newest of all), and
 * the steps after `knownStep` that have something of this kind. `data` is as protocol/details describes it.
 */
export const readDetail = request(
  'triplet/readDetail',
  v.object({ runId: v.number(), detail: DetailKind, step: v.nullable(v.number()), knownStep: v.number() }),
  v.object({
    found: v.nullable(v.object({ step: v.number(), data: v.unknown() })),
    steps: v.array(v.number()),
  }),
)

/** Client → server: pictures that may be mislabelled, by the hardest triplets of all epochs so far; indices in the dataset. */
export const readSuspects = request(
  'triplet/readSuspects',
  v.object({ runId: v.number() }),
  v.object({
    epochs: v.number(),
    pictures: v.array(v.object({ index: v.number(), epochs: v.number() })),
  }),
)

/** Client → server: what people write on runs; what is not given stays. */
export const annotateRuns = request(
  'triplet/annotateRuns',
  v.object({
    runIds: v.array(v.number()),
    name: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200))),
    notes: v.optional(v.pipe(v.string(), v.maxLength(100_000))),
    tags: v.optional(v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)))),
    star: v.optional(v.boolean()),
    archived: v.optional(v.boolean()),
  }),
  v.object({}),
)

/** Client → server: train on from the last checkpoint until `epochs` epochs stand in all. */
export const moreEpochs = request(
  'triplet/moreEpochs',
  v.object({ runId: v.number(), epochs: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  v.object({ known: v.boolean() }),
)

/** Client → server: removes runs with all that is kept of them, for good. Runs that still train are left. */
export const removeRuns = request(
  'triplet/removeRuns',
  v.object({ runIds: v.array(v.number()) }),
  v.object({ removed: v.array(v.number()) }),
)

/** Client → server: deltas of this run's points and events are wanted, or no longer. Rows of all runs always come. */
export const watchRun = request('triplet/watchRun', v.object({ runId: v.number(), watch: v.boolean() }), v.object({}))

/** Client → server: pause, resume or stop. */
export const wishRun = request(
  'triplet/wishRun',
  v.object({ runId: v.number(), wish: RunWish }),
  v.object({ known: v.boolean() }),
)

/** Server → client, notification: what changed in the store, at most every 100 ms. */
export const runEvents = { method: 'triplet/runEvents', params: v.object({ deltas: v.array(RunDelta) }) } as const
