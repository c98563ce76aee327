/** What is known of a run, and what changes: from the store, through the language server, to panels and the tree. */
import * as v from 'valibot'
import { RunSpec } from './runSpec.ts'

/**
 * queued → running ⇄ paused → done | stopped | failed | diverged.
 * A trainer that dies leaves `interrupted`; the training server queues it again from its checkpoint.
 */
export const RunStatus = v.picklist([
  'queued',
  'running',
  'paused',
  'interrupted',
  'done',
  'stopped',
  'failed',
  'diverged',
])
export type RunStatus = v.InferOutput<typeof RunStatus>

/** The statuses that nothing will change any more, unless someone asks for it. */
export const endedStatuses: ReadonlySet<RunStatus> = new Set(['done', 'stopped', 'failed', 'diverged'])

/** What someone wishes of a run; its trainer reads this before each batch. */
export const RunWish = v.picklist(['run', 'pause', 'stop'])
export type RunWish = v.InferOutput<typeof RunWish>

/** Last, smallest and largest value of a metric so far, and the steps where they stood. */
export const MetricSummary = v.object({
  last: v.number(),
  lastStep: v.number(),
  min: v.number(),
  minStep: v.number(),
  max: v.number(),
  maxStep: v.number(),
})
export type MetricSummary = v.InferOutput<typeof MetricSummary>

/** Times are milliseconds since 1970. */
export const RunRow = v.object({
  id: v.number(),
  /** Short, says what differs from its siblings; people may change it. */
  name: v.string(),
  /** Path of the experiment file, relative to the workspace folder, with `/`. */
  experiment: v.string(),
  sweepId: v.nullable(v.number()),
  status: RunStatus,
  wish: RunWish,
  /** Times a trainer was started for it. */
  attempt: v.number(),
  spec: RunSpec,
  engine: v.nullable(v.string()),
  created: v.number(),
  started: v.nullable(v.number()),
  ended: v.nullable(v.number()),
  epoch: v.number(),
  epochs: v.number(),
  step: v.number(),
  steps: v.number(),
  /** Why it failed or stopped, in a sentence for people; `null` when there is nothing to say. */
  message: v.nullable(v.string()),
  summaries: v.record(v.string(), MetricSummary),
  /** What people wrote on it. */
  notes: v.string(),
  tags: v.array(v.string()),
  star: v.boolean(),
  archived: v.boolean(),
  /** The heading below its experiment that it was put under; empty: none. */
  heading: v.string(),
  /** Its place among its neighbours, ascending, where a person has ordered them; `null`: not placed. */
  place: v.nullable(v.number()),
})
export type RunRow = v.InferOutput<typeof RunRow>

/** What is known of a metric; `undefined` before its first value. */
export function summaryOf(run: RunRow, metric: string): MetricSummary | undefined {
  return run.summaries[metric]
}

/** Something that happened at a step: shown on the curve and in the log. */
export const RunEventKind = v.picklist([
  'started',
  'resumed',
  'paused',
  'interrupted',
  'epoch',
  'evaluated',
  'miner',
  'margin',
  'collapsed',
  'diverged',
  'health',
  'stopped',
  'done',
  'failed',
  'warning',
])
export type RunEventKind = v.InferOutput<typeof RunEventKind>
export const RunEvent = v.object({
  id: v.number(),
  runId: v.number(),
  step: v.number(),
  time: v.number(),
  kind: RunEventKind,
  /** In words, ready to be shown. */
  message: v.string(),
})
export type RunEvent = v.InferOutput<typeof RunEvent>

/** Means of stretches of a curve: where each stretch is on average, its mean, and how many points it has. */
export const Means = v.object({
  steps: v.array(v.number()),
  values: v.array(v.number()),
  weights: v.array(v.number()),
})
export type Means = v.InferOutput<typeof Means>

/** Part of one metric's curve: steps ascending, `values` in step. */
export const Series = v.object({
  metric: v.string(),
  steps: v.array(v.number()),
  values: v.array(v.number()),
  /** Where points were left out, and only the extremes stayed: what a smoothed line is made from. */
  means: v.optional(Means),
})
export type Series = v.InferOutput<typeof Series>

/** When steps were made, milliseconds since 1970: a few hundred pairs, ascending. */
export const Clock = v.object({ steps: v.array(v.number()), times: v.array(v.number()) })
export type Clock = v.InferOutput<typeof Clock>

/** What changed since the last delta. Never a whole state. */
export const RunDelta = v.variant('kind', [
  v.object({ kind: v.literal('runs'), changed: v.array(RunRow), removed: v.array(v.number()) }),
  v.object({ kind: v.literal('points'), runId: v.number(), series: v.array(Series) }),
  v.object({ kind: v.literal('events'), runId: v.number(), events: v.array(RunEvent) }),
])
export type RunDelta = v.InferOutput<typeof RunDelta>
