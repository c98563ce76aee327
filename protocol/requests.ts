/**
 * Every message of ours between the extension (client) and the language server, typed and decoded once.
 * What the Language Server Protocol already has (diagnostics, lenses, hovers) is not repeated here.
 */
import * as v from 'valibot'
import { DetailKind } from './details.ts'
import { ExportFormat } from './exportFormat.ts'
import { PackedRuns, SummaryTable } from './packedRuns.ts'
import { SweepInfo, SweepTrial, SweepWish } from './sweeps.ts'
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
  /** Whether the client brings the commands that start training and open panels. To others the server starts it itself. */
  panels: v.optional(v.boolean(), false),
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
  v.object({
    uri: v.string(),
    /** Only this axis is varied, the others stand at what did best so far. */
    axis: v.optional(v.string()),
  }),
  v.variant('kind', [
    v.object({ kind: v.literal('started'), runIds: v.array(v.number()), sweepId: v.nullable(v.number()) }),
    v.object({ kind: v.literal('refused'), problems: v.array(Problem) }),
  ]),
)

/** Client → server: what a file would do when it was started; duration in milliseconds, `null` before a first run. */
export const describeExperiment = request(
  'triplet/describeExperiment',
  v.object({ uri: v.string() }),
  v.object({ engine: v.nullable(v.string()), runs: v.number(), duration: v.nullable(v.number()) }),
)

/**
 * Client → server: all runs of all workspace folders, newest first, each with the summaries of these metrics alone: there
 * may be thousands. Deltas bring rows whole.
 */
export const listRuns = request('triplet/runs', v.object({ metrics: v.array(v.string()) }), PackedRuns)

/** Client → server: some rows whole, with the summaries of all their metrics. */
export const readRows = request(
  'triplet/rows',
  v.object({ runIds: v.array(v.number()) }),
  v.object({ runs: v.array(RunRow) }),
)

/** Client → server: metrics of all runs. */
export const readSummaries = request(
  'triplet/summaries',
  v.object({ metrics: v.array(v.string()) }),
  v.object({ summaries: v.array(SummaryTable) }),
)

/** Client → server: the metrics that any run has. */
export const listMetrics = request('triplet/metrics', v.object({}), v.object({ metrics: v.array(v.string()) }))

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

/** Client → server: when the steps of runs were made; of each run that is there. */
export const readClocks = request(
  'triplet/clocks',
  v.object({ runIds: v.array(v.number()) }),
  v.object({ clocks: v.array(v.object({ runId: v.number(), clock: Clock })) }),
)

/**
 * Client → server: what is kept of a run besides numbers, the newest at or before `step` (`null`: the newest of all), and
 * the steps after `knownStep` that have something of this kind. `data` is as protocol/details describes it.
 */
export const readDetail = request(
  'triplet/readDetail',
  v.object({
    runId: v.number(),
    detail: DetailKind,
    step: v.nullable(v.number()),
    knownStep: v.number(),
    shownStep: v.number(),
  }),
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
    heading: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200))),
  }),
  v.object({}),
)

/** Client → server: runs stand in this order in the sidebar, where it is ordered by hand. */
export const placeRuns = request('triplet/placeRuns', v.object({ runIds: v.array(v.number()) }), v.object({}))

/** Client → server: train on from the last checkpoint until `epochs` epochs stand in all. */
export const moreEpochs = request(
  'triplet/moreEpochs',
  v.object({ runId: v.number(), epochs: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  v.object({ known: v.boolean() }),
)

/** A checkpoint that a run can go on from as another run: its last one, or that of its best epoch. */
const ForkPoint = v.picklist(['last', 'best'])

/**
 * Client → server: the checkpoints of a run, and what its experiment file as it is now would change: settings as
 * `loss.margin 0.2 → 0.5`, or why the file gives no settings.
 */
export const readForkOffer = request(
  'triplet/forkOffer',
  v.object({ runId: v.number() }),
  v.object({
    points: v.array(v.object({ point: ForkPoint, step: v.number(), epoch: v.number() })),
    file: v.variant('kind', [
      v.object({ kind: v.literal('changes'), changes: v.array(v.string()), epochs: v.number() }),
      v.object({ kind: v.literal('unusable'), why: v.string() }),
    ]),
  }),
)

/** Client → server: a new run that goes on from a checkpoint of a run, until `epochs` epochs stand in all. */
export const forkRun = request(
  'triplet/fork',
  v.object({
    runId: v.number(),
    point: ForkPoint,
    /** Whose settings it gets: the experiment file's as it is now, or the run's own. */
    settings: v.picklist(['file', 'run']),
    epochs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  v.variant('kind', [
    v.object({ kind: v.literal('started'), runId: v.number() }),
    v.object({ kind: v.literal('refused'), message: v.string() }),
  ]),
)

/**
 * Client → server: puts runs into the trash. `created` is the time of each run's row: a run that has its number by now, in
 * a store made anew, is left. So are runs that still train.
 */
export const trashRuns = request(
  'triplet/trashRuns',
  v.object({ runs: v.array(v.object({ id: v.number(), created: v.number() })) }),
  v.object({ trashed: v.array(v.number()) }),
)

/** Client → server: takes runs out of the trash. */
export const restoreRuns = request(
  'triplet/restoreRuns',
  v.object({ runIds: v.array(v.number()) }),
  v.object({ restored: v.array(v.number()) }),
)

/** Client → server: what lies in the trash, last deleted first; `trashed`: when, milliseconds since 1970. */
export const listTrash = request(
  'triplet/trash',
  v.object({}),
  v.object({
    runs: v.array(v.object({ id: v.number(), name: v.string(), experiment: v.string(), trashed: v.number() })),
  }),
)

/**
 * Client → server: removes runs of the trash for good. `trashed` is when each of them was deleted, as the list of the trash
 * has it: what another window deletes, or takes back and deletes again, while one is asked is left.
 */
export const emptyTrash = request(
  'triplet/emptyTrash',
  v.object({ runs: v.array(v.object({ id: v.number(), trashed: v.number() })) }),
  v.object({ removed: v.number() }),
)

/** Client → server: writes runs to a file or into a new folder. `trouble`: why that failed, for people. */
export const exportRuns = request(
  'triplet/export',
  v.object({
    runIds: v.array(v.number()),
    format: ExportFormat,
    /** Absolute. */
    path: v.string(),
    checkpoints: v.optional(v.boolean(), false),
  }),
  v.object({ exported: v.number(), trouble: v.nullable(v.string()) }),
)

/** Client → server: takes in a file that another Triplet Lab exported, into the first workspace folder. */
export const importRuns = request(
  'triplet/import',
  v.object({ path: v.string() }),
  v.object({ added: v.number(), known: v.number(), trouble: v.nullable(v.string()) }),
)

/** Client → server: runs the same settings again, or as changed, under the same experiment. */
export const startAgain = request(
  'triplet/startAgain',
  v.object({ runIds: v.array(v.number()) }),
  v.object({ runIds: v.array(v.number()), trouble: v.nullable(v.string()) }),
)

/** Client → server: whether this window is the one that says that the run has ended: of all that ask, the first. */
export const claimNotice = request(
  'triplet/claimNotice',
  v.object({ runId: v.number() }),
  v.object({ isOurs: v.boolean() }),
)

/** Client → server: the experiment file of a run, as a URI, whether or not it is there; `null`: there is no such run. */
export const runFile = request(
  'triplet/runFile',
  v.object({ runId: v.number() }),
  v.object({ uri: v.nullable(v.string()) }),
)

/** Client → server: a run's settings as an experiment file; what has its default is left out. */
export const experimentText = request(
  'triplet/experimentText',
  v.object({ runId: v.number() }),
  v.object({ text: v.nullable(v.string()) }),
)

/** Client → server: the text that a file must have to ask for what a run did; `null`: there is nothing to change. */
export const settingsOfRun = request(
  'triplet/settingsOfRun',
  v.object({ uri: v.string(), runId: v.number() }),
  v.object({ text: v.nullable(v.string()) }),
)

/** Client → server: deltas of this run's points and events are wanted, or no longer. Rows of all runs always come. */
export const watchRun = request('triplet/watchRun', v.object({ runId: v.number(), watch: v.boolean() }), v.object({}))

/** Client → server: pause, resume or stop. */
export const wishRun = request(
  'triplet/wishRun',
  v.object({ runId: v.number(), wish: RunWish }),
  v.object({ known: v.boolean() }),
)

/** Client → server: a sweep and its runs, oldest first; the rows of the runs are known already. */
export const readSweep = request(
  'triplet/readSweep',
  v.object({ sweepId: v.number() }),
  v.object({ sweep: v.nullable(SweepInfo), trials: v.array(SweepTrial) }),
)

/** Client → server: pause, resume or stop a sweep with all its runs. */
export const wishSweep = request(
  'triplet/wishSweep',
  v.object({ sweepId: v.number(), wish: SweepWish }),
  v.object({ known: v.boolean() }),
)

/** Client → server: go on with a sweep as its file is now. `null`: the newest sweep of the file. */
export const changeSweep = request(
  'triplet/changeSweep',
  v.object({ uri: v.string(), sweepId: v.nullable(v.number()) }),
  v.variant('kind', [
    v.object({ kind: v.literal('changed'), added: v.number(), dropped: v.number(), kept: v.number() }),
    v.object({ kind: v.literal('refused'), problems: v.array(Problem) }),
  ]),
)

/** Client → server: these runs, or the waiting runs of these sweeps, are trained before all others. */
export const runFirst = request(
  'triplet/runFirst',
  v.object({ runIds: v.array(v.number()), sweepIds: v.array(v.number()) }),
  v.object({}),
)

/** Client → server: how many runs train at the same time in a folder; without `set` it is only asked. `null`: as many as suit the machine. */
export const runSlots = request(
  'triplet/slots',
  v.object({ set: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))) }),
  v.object({ slots: v.nullable(v.number()) }),
)

const Position = v.object({ line: v.number(), character: v.number() })
/** Client → server: turn the value at a place, or the values of a selection, into a sweep, and the sweep at a place back. */
export const sweepValue = request(
  'triplet/sweepValue',
  v.object({ uri: v.string(), start: Position, end: Position }),
  v.object({ done: v.boolean() }),
)

/** Server → client, notification: what changed in the store, at most every 100 ms. */
export const runEvents = { method: 'triplet/runEvents', params: v.object({ deltas: v.array(RunDelta) }) } as const
