/**
 * Runs of several workspace folders in one list. Each folder has its own store, which counts its runs from 1; what
 * leaves the language server carries the folder in the upper bits, so that ids stay apart. The first folder's are as stored.
 */
import type { RunDelta, RunRow } from '../../protocol/runEvent.ts'
import type { DescribedSweep } from '../sweeps/describe.ts'
import { assertNever } from '../../protocol/assertNever.ts'

const runsPerFolder = 2 ** 32

export function toPublicId(folder: number, id: number): number {
  return folder * runsPerFolder + id
}

export function fromPublicId(id: number): { folder: number; id: number } {
  const folder = Math.floor(id / runsPerFolder)
  return { folder, id: id - folder * runsPerFolder }
}

export function publicRun(folder: number, run: RunRow): RunRow {
  if (folder === 0) return run
  const sweepId = run.sweepId === null ? null : toPublicId(folder, run.sweepId)
  return { ...run, id: toPublicId(folder, run.id), sweepId }
}

export function publicSweep(folder: number, { sweep, trials }: DescribedSweep): DescribedSweep {
  return {
    sweep: { ...sweep, id: toPublicId(folder, sweep.id) },
    trials: trials.map(trial => ({ ...trial, runId: toPublicId(folder, trial.runId) })),
  }
}

export function publicDelta(folder: number, delta: RunDelta): RunDelta {
  if (folder === 0) return delta
  const of = (id: number) => toPublicId(folder, id)
  switch (delta.kind) {
    case 'runs':
      return { kind: 'runs', changed: delta.changed.map(run => publicRun(folder, run)), removed: delta.removed.map(of) }
    case 'points':
      return { ...delta, runId: of(delta.runId) }
    case 'events':
      return {
        ...delta,
        runId: of(delta.runId),
        events: delta.events.map(event => ({ ...event, runId: of(event.runId) })),
      }
    default:
      return assertNever(delta)
  }
}
