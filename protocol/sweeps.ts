/** What is known of a sweep: for its panel, its lines in the sidebar, and the terminal. */
import * as v from 'valibot'
import { metricIds } from './metrics.ts'

export const SweepStatus = v.picklist(['running', 'done', 'stopped', 'failed'])
export type SweepStatus = v.InferOutput<typeof SweepStatus>

export const SweepWish = v.picklist(['run', 'pause', 'stop'])
export type SweepWish = v.InferOutput<typeof SweepWish>

/** A setting that varies. */
export const SweepAxis = v.object({
  /** As in the experiment file: `loss.margin`. */
  path: v.string(),
  /** Listed values, as they are written; `null`: any number from `min` to `max`. */
  values: v.nullable(v.array(v.unknown())),
  min: v.nullable(v.number()),
  max: v.nullable(v.number()),
  /** Whether only ratios matter. */
  log: v.boolean(),
})
export type SweepAxis = v.InferOutput<typeof SweepAxis>

/** Times are milliseconds since 1970. */
export const SweepInfo = v.object({
  id: v.number(),
  experiment: v.string(),
  status: SweepStatus,
  wish: v.picklist(['run', 'pause']),
  /** Why it failed, for people. */
  message: v.nullable(v.string()),
  created: v.number(),
  ended: v.nullable(v.number()),
  method: v.picklist(['grid', 'random', 'bayes']),
  /** What makes one run better than another. */
  metric: v.picklist(metricIds),
  goal: v.picklist(['minimize', 'maximize']),
  /** Most runs; `null`: all combinations. */
  runCap: v.nullable(v.number()),
  repeats: v.number(),
  earlyTerminate: v.nullable(v.picklist(['asha', 'hyperband', 'median'])),
  axes: v.array(SweepAxis),
})
export type SweepInfo = v.InferOutput<typeof SweepInfo>

/** One run of a sweep. */
export const SweepTrial = v.object({
  runId: v.number(),
  /** Which combination, in the order in which they were suggested, and which repeat of it. */
  number: v.number(),
  repeat: v.number(),
  /** What it has at each axis that is active in it, as it would be written. */
  values: v.record(v.string(), v.unknown()),
  /** Times that it was tried again after it failed. */
  retries: v.number(),
  /** Why the sweep stopped it early, for people; `null`: it did not. */
  stoppedEarly: v.nullable(v.string()),
})
export type SweepTrial = v.InferOutput<typeof SweepTrial>
