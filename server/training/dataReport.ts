/** What a run says of its pictures when it starts: what was left out, and what is on both sides of the split. */
import { findLeaks } from './datasets/leaks.ts'
import type { OpenRun } from './openRun.ts'
import type { Tracker } from './tracker.ts'
import * as words from './words.ts'

/** Pictures that could not be read, and lines of a triplet file that name none of the training side. */
export function reportSkipped({ dataset, triplets }: OpenRun, tracker: Tracker): void {
  if (dataset.skipped.length > 0) tracker.event(0, 'warning', words.skipped(dataset.skipped, dataset.labels.length))
  if (triplets !== null && triplets.skipped.length > 0)
    tracker.event(0, 'warning', words.tripletsLeftOut(triplets.skipped, triplets.positions.length / 3))
}

/**
 * Looks for equal pictures on both sides of the split, beside the training.
 *
 * @returns to be called when the run ends: nothing is said any more
 */
export function searchLeaks({ dataset, split }: OpenRun, tracker: Tracker): () => void {
  let ended = false
  findLeaks(dataset, split).then(
    leaks => {
      if (!ended && leaks.length > 0) tracker.event(0, 'warning', words.leaks(dataset, leaks))
    },
    (error: unknown) => {
      // The run has ended, and closed what was being read.
      if (!ended) throw error
    },
  )
  return () => {
    ended = true
  }
}
