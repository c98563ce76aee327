/** What a training server tells a spare trainer. */
import * as v from 'valibot'
import { RunSpec } from './runSpec.ts'

const Count = v.pipe(v.number(), v.integer(), v.minValue(1))

/** A run that is likely to be started next. */
export const LikelyRun = v.object({
  spec: RunSpec,
  /** As in the run's placement. */
  threads: v.nullable(Count),
})
export type LikelyRun = v.InferOutput<typeof LikelyRun>

export const Assignment = v.variant('kind', [
  /** `null`: none in particular, any more. */
  v.object({ kind: v.literal('likely'), run: v.nullable(LikelyRun) }),
  v.object({ kind: v.literal('run'), runId: Count }),
])
export type Assignment = v.InferOutput<typeof Assignment>
