/** What the live panel and the extension say to each other through postMessage. Both sides decode. */
import * as v from 'valibot'
import { DetailKind } from './details.ts'
import { Clock, RunDelta, RunEvent, RunRow, RunWish } from './runEvent.ts'
import { SeriesArrays } from './seriesArrays.ts'

/** Extension → panel. */
export const ToPanel = v.variant('kind', [
  v.object({
    kind: v.literal('show'),
    run: RunRow,
    series: v.array(SeriesArrays),
    events: v.array(RunEvent),
    clock: Clock,
  }),
  v.object({ kind: v.literal('deltas'), deltas: v.array(RunDelta) }),
  v.object({ kind: v.literal('missing'), message: v.string() }),
  v.object({
    kind: v.literal('closeUp'),
    runId: v.number(),
    fromStep: v.number(),
    toStep: v.number(),
    series: v.array(SeriesArrays),
  }),
  /** `steps`: those with something of this kind that the page did not know yet. */
  v.object({
    kind: v.literal('detail'),
    runId: v.number(),
    detail: DetailKind,
    found: v.nullable(v.object({ step: v.number(), data: v.unknown() })),
    steps: v.array(v.number()),
  }),
  /** Pictures that may be mislabelled, each with the number of epochs, of `epochs`, in which it was among the hardest. */
  v.object({
    kind: v.literal('suspects'),
    runId: v.number(),
    epochs: v.number(),
    pictures: v.array(v.object({ index: v.number(), epochs: v.number() })),
  }),
])
export type ToPanel = v.InferOutput<typeof ToPanel>

/** Changes to the experiment file that a finding suggests. */
export const Advice = v.picklist(['semi-hard', 'lower-rate', 'more-epochs', 'harder'])
export type Advice = v.InferOutput<typeof Advice>

/** Panel → extension. */
export const FromPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('wish'), runId: v.number(), wish: RunWish }),
  v.object({ kind: v.literal('closeUp'), runId: v.number(), fromStep: v.number(), toStep: v.number() }),
  v.object({
    kind: v.literal('detail'),
    runId: v.number(),
    detail: DetailKind,
    /** `null`: the newest. */
    step: v.nullable(v.number()),
    knownStep: v.number(),
    /** The one that is here already, and need not be sent again; -1: none. */
    shownStep: v.number(),
  }),
  v.object({ kind: v.literal('suspects'), runId: v.number() }),
  v.object({
    kind: v.literal('annotate'),
    runId: v.number(),
    name: v.optional(v.string()),
    notes: v.optional(v.string()),
    tags: v.optional(v.array(v.string())),
  }),
  v.object({ kind: v.literal('moreEpochs'), runId: v.number() }),
  /** Start another run from a checkpoint of this one. */
  v.object({ kind: v.literal('fork'), runId: v.number() }),
  /** Write what is advised into the experiment file. */
  v.object({ kind: v.literal('advice'), runId: v.number(), advice: Advice }),
  v.object({ kind: v.literal('openExperiment'), runId: v.number() }),
  v.object({ kind: v.literal('openPicture'), runId: v.number(), name: v.string() }),
  /** Ask where to, then write a file. */
  v.object({
    kind: v.literal('save'),
    name: v.string(),
    encoding: v.picklist(['text', 'base64']),
    content: v.string(),
  }),
  /** Ask where to, then write all stored points of a stretch, also those that the page does not hold. */
  v.object({
    kind: v.literal('saveCurves'),
    runId: v.number(),
    name: v.string(),
    metrics: v.array(v.string()),
    fromStep: v.number(),
    toStep: v.number(),
  }),
  v.object({ kind: v.literal('copy'), text: v.string() }),
])
export type FromPanel = v.InferOutput<typeof FromPanel>

export const PanelTab = v.picklist(['curves', 'hardest', 'embedding', 'verification', 'classes', 'log'])
export type PanelTab = v.InferOutput<typeof PanelTab>

/** What the horizontal axis of a curve counts. */
export const CurveAxis = v.picklist(['step', 'epoch', 'time'])
export type CurveAxis = v.InferOutput<typeof CurveAxis>

/** What a panel remembers over a reload of the window; unknown or broken parts fall back to the defaults. */
export const PanelState = v.object({
  runId: v.number(),
  tab: v.fallback(PanelTab, 'curves'),
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.95),
  axis: v.fallback(CurveAxis, 'step'),
  logX: v.fallback(v.boolean(), false),
  logY: v.fallback(v.boolean(), false),
  /** Steps in view; `null`: all. Of the run that it was chosen for. */
  range: v.fallback(v.nullable(v.tuple([v.number(), v.number()])), null),
  /** Distance up to which two pictures count as one class; `null`: where both errors are equal. */
  threshold: v.fallback(v.nullable(v.number()), null),
  /** What the histogram counts. */
  histogram: v.fallback(v.picklist(['gap', 'distances']), 'gap'),
  /** The embedding's map. */
  projection: v.fallback(v.picklist(['pca', 'umap']), 'pca'),
  dimensions: v.fallback(v.picklist([2, 3]), 2),
  /** Curves switched off in the legends. */
  hidden: v.fallback(v.array(v.string()), []),
})
export type PanelState = v.InferOutput<typeof PanelState>
