/** What a run's new row means to those who had the old one. */
import { endedStatuses, type RunRow } from '../protocol/runEvent.ts'

/** Whether the tree is another one: the run's line now stands elsewhere, or other lines say what tells them from it. */
export function moved(before: RunRow, now: RunRow): boolean {
  return (
    before.experiment !== now.experiment ||
    before.heading !== now.heading ||
    before.place !== now.place ||
    before.archived !== now.archived ||
    before.star !== now.star ||
    before.name !== now.name
  )
}

export function hasEnded(before: RunRow | undefined, now: RunRow): boolean {
  return before !== undefined && !endedStatuses.has(before.status) && endedStatuses.has(now.status)
}

/** Whether an end may not be the last word: a sweep trains its failed runs once more. */
export function mayGoOn(run: RunRow): boolean {
  return run.sweepId !== null && run.status === 'failed'
}

/** Whether a run stands as it ended; `now` is its row a while later. */
export function isStillEnded(ended: RunRow, now: RunRow | undefined): boolean {
  return now !== undefined && endedStatuses.has(now.status) && now.ended === ended.ended
}
