/** What the live panel and the extension say to each other through postMessage. Both sides decode. */
import * as v from 'valibot'
import { RunDelta, RunEvent, RunRow, RunWish, Series } from './runEvent.ts'

/** Extension → panel. */
export const ToPanel = v.variant('kind', [
  v.object({ kind: v.literal('show'), run: RunRow, series: v.array(Series), events: v.array(RunEvent) }),
  v.object({ kind: v.literal('deltas'), deltas: v.array(RunDelta) }),
  v.object({ kind: v.literal('missing'), message: v.string() }),
])
export type ToPanel = v.InferOutput<typeof ToPanel>

/** Panel → extension. */
export const FromPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('wish'), runId: v.number(), wish: RunWish }),
])
export type FromPanel = v.InferOutput<typeof FromPanel>

export const PanelTab = v.picklist(['curves', 'hardest', 'embedding', 'verification', 'log'])
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
  /** Curves switched off in the legends. */
  hidden: v.fallback(v.array(v.string()), []),
})
export type PanelState = v.InferOutput<typeof PanelState>
