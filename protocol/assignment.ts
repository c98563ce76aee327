/** What a training server tells a spare trainer. */
import * as v from 'valibot'

export const Assignment = v.object({ runId: v.pipe(v.number(), v.integer(), v.minValue(1)) })
export type Assignment = v.InferOutput<typeof Assignment>
