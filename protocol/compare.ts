/** What the comparison and the extension say to each other through postMessage. Both sides decode. */
import * as v from 'valibot'
import { CurveAxis } from './panel.ts'
import { Clock, RunRow } from './runEvent.ts'
import { SeriesArrays } from './seriesArrays.ts'

/** Extension → comparison. */
export const ToCompare = v.variant('kind', [
  /** The runs to compare, all of them, in the order of the sidebar. */
  v.object({ kind: v.literal('runs'), runs: v.array(RunRow) }),
  /** One metric of some runs. */
  v.object({
    kind: v.literal('curves'),
    metric: v.string(),
    curves: v.array(v.object({ runId: v.number(), series: v.nullable(SeriesArrays) })),
  }),
  /** A stretch of that metric in more detail, of each run the one that was asked for. */
  v.object({
    kind: v.literal('closeUp'),
    metric: v.string(),
    curves: v.array(
      v.object({ runId: v.number(), fromStep: v.number(), toStep: v.number(), series: v.nullable(SeriesArrays) }),
    ),
  }),
  v.object({ kind: v.literal('clocks'), clocks: v.array(v.object({ runId: v.number(), clock: Clock })) }),
])
export type ToCompare = v.InferOutput<typeof ToCompare>

/** Comparison → extension. */
export const FromCompare = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('curves'), metric: v.string(), runIds: v.array(v.number()) }),
  v.object({
    kind: v.literal('closeUp'),
    metric: v.string(),
    stretches: v.array(v.object({ runId: v.number(), fromStep: v.number(), toStep: v.number() })),
  }),
  /** When the steps of these runs were made. */
  v.object({ kind: v.literal('clocks'), runIds: v.array(v.number()) }),
  v.object({ kind: v.literal('open'), runId: v.number() }),
  /** Take a run out of the comparison: its checkbox in the sidebar is cleared. */
  v.object({ kind: v.literal('remove'), runId: v.number() }),
  /** Compare these alone: the sidebar's checkboxes follow. */
  v.object({ kind: v.literal('check'), runIds: v.array(v.number()) }),
  v.object({ kind: v.literal('use'), runId: v.number() }),
  v.object({ kind: v.literal('diff'), runIds: v.tuple([v.number(), v.number()]) }),
  v.object({
    kind: v.literal('save'),
    name: v.string(),
    encoding: v.picklist(['text', 'base64']),
    content: v.string(),
  }),
  v.object({ kind: v.literal('copy'), text: v.string() }),
])
export type FromCompare = v.InferOutput<typeof FromCompare>

/** What a comparison remembers over a reload of the window. */
export const CompareState = v.object({
  runIds: v.array(v.number()),
  metric: v.fallback(v.string(), 'test/recallAt1'),
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.9),
  allSettings: v.fallback(v.boolean(), false),
  groupSeeds: v.fallback(v.boolean(), false),
  baseline: v.fallback(v.nullable(v.number()), null),
  /** What the horizontal axis of the curves counts. */
  axis: v.fallback(CurveAxis, 'step'),
  logX: v.fallback(v.boolean(), false),
  logY: v.fallback(v.boolean(), false),
  /** The setting or metric that the runs are sorted by; `null`: as they were checked. */
  sort: v.fallback(v.nullable(v.object({ row: v.string(), descending: v.boolean() })), null),
  /** Metrics that the table leaves out. */
  hidden: v.fallback(v.array(v.string()), []),
  /** What the scatter has on its horizontal axis; `null`: the setting that matters most. */
  scatter: v.fallback(v.nullable(v.string()), null),
})
export type CompareState = v.InferOutput<typeof CompareState>
