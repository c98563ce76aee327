/** What a panel of several runs and the extension say to each other through postMessage. Both sides decode. */
import * as v from 'valibot'
import { CurveAxis, ToPanel } from './panel.ts'
import { RunWish } from './runEvent.ts'

/** Extension → group: which runs, in their order; then for each of them what a live panel is told of its run. */
export const ToGroup = v.variant('kind', [
  v.object({ kind: v.literal('members'), runIds: v.array(v.number()) }),
  ...ToPanel.options,
])
export type ToGroup = v.InferOutput<typeof ToGroup>

/** Group → extension. */
export const FromGroup = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('open'), runId: v.number() }),
  v.object({ kind: v.literal('wish'), runId: v.number(), wish: RunWish }),
  v.object({
    kind: v.literal('save'),
    name: v.string(),
    encoding: v.picklist(['text', 'base64']),
    content: v.string(),
  }),
  v.object({ kind: v.literal('copy'), text: v.string() }),
])
export type FromGroup = v.InferOutput<typeof FromGroup>

/** What a panel of several runs remembers over a reload of the window. */
export const GroupState = v.object({
  runIds: v.pipe(v.array(v.number()), v.minLength(1)),
  smoothing: v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(0.999)), 0.95),
  axis: v.fallback(CurveAxis, 'step'),
  logX: v.fallback(v.boolean(), false),
  logY: v.fallback(v.boolean(), false),
  /** Runs whose curves are switched off. */
  hidden: v.fallback(v.array(v.number()), []),
})
export type GroupState = v.InferOutput<typeof GroupState>
