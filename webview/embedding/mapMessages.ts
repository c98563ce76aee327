/** What the page and the worker that computes maps say to each other. Both sides decode. */
import * as v from 'valibot'

const floats = v.instance(Float32Array)
const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** Fewer codes have no neighbourhoods to speak of. */
export const leastForUmap = 5

/** Page → worker: codes [count, size] to be laid out. A worker does one map and is ended for the next. */
export const MapJob = v.object({ data: floats, count, size: count, dimensions: v.picklist([2, 3]) })
export type MapJob = v.InferOutput<typeof MapJob>

/** Worker → page: points [count, 3] as they are now, and the share of the work done. */
export const MapProgress = v.object({ points: floats, done: v.number() })
export type MapProgress = v.InferOutput<typeof MapProgress>
