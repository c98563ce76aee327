/** Whether a run ended, or stands, collapsed: by its last values, since a line in a list has no events at hand. */
import { type RunRow, summaryOf } from './runEvent.ts'

/** How near to nothing distances must be, and how near to the margin the loss, as a share of the margin. */
const tolerance = 0.05

/** Loss at the margin while all distances are nothing: every picture is at the same point. */
export function isCollapsed(run: RunRow): boolean {
  const { margin, softMargin } = run.spec.loss
  const [loss, ap, an] = ['loss', 'dApMean', 'dAnMean'].map(metric => summaryOf(run, metric)?.last)
  if (loss === undefined || ap === undefined || an === undefined) return false
  const plateau = softMargin ? Math.log(1 + Math.exp(margin)) : margin
  const near = tolerance * margin
  return ap < near && an < near && Math.abs(loss - plateau) < near
}
