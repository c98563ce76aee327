/** What the panel of a sweep and the extension say to each other through postMessage. Both sides decode. */
import * as v from 'valibot'
import { RunRow } from './runEvent.ts'
import { SweepInfo, SweepTrial, SweepWish } from './sweeps.ts'

/** Extension → panel. */
export const ToSweep = v.variant('kind', [
  /** The sweep and which runs belong to it: at first, and when either changes. */
  v.object({ kind: v.literal('sweep'), sweep: SweepInfo, trials: v.array(SweepTrial) }),
  /** Rows of its runs: all at first, then those that changed. */
  v.object({ kind: v.literal('runs'), changed: v.array(RunRow), removed: v.array(v.number()) }),
  v.object({ kind: v.literal('missing'), message: v.string() }),
])
export type ToSweep = v.InferOutput<typeof ToSweep>

/** Panel → extension. */
export const FromSweep = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('wish'), wish: SweepWish }),
  /** Let a single run go on, one that the sweep has stopped early for instance. */
  v.object({ kind: v.literal('resume'), runId: v.number() }),
  v.object({ kind: v.literal('open'), runId: v.number() }),
  v.object({ kind: v.literal('use'), runId: v.number() }),
  v.object({ kind: v.literal('openExperiment') }),
  v.object({ kind: v.literal('copy'), text: v.string() }),
])
export type FromSweep = v.InferOutput<typeof FromSweep>

/** What the panel of a sweep remembers over a reload of the window. */
export const SweepState = v.object({
  sweepId: v.number(),
  /** The axes of the contour. */
  across: v.fallback(v.nullable(v.string()), null),
  up: v.fallback(v.nullable(v.string()), null),
})
export type SweepState = v.InferOutput<typeof SweepState>
