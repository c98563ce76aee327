/** A sweep as the store has it → as it is shown. */
import type { SweepAxis, SweepInfo, SweepTrial } from '../../protocol/sweeps.ts'
import { inspect } from '../experiment/inspect.ts'
import { parseExperiment } from '../experiment/parse.ts'
import { toJson } from '../experiment/tree.ts'
import type { Store } from '../store/store.ts'
import type { SweepRow } from '../store/sweeps.ts'
import { planIn, type SweepPlan } from './plan.ts'

export interface DescribedSweep {
  readonly sweep: SweepInfo
  readonly trials: readonly SweepTrial[]
}

/** @returns `null` when there is no such sweep */
export function describeSweep(store: Store, sweepId: number): DescribedSweep | null {
  const row = store.sweep(sweepId)
  if (row === null) return null
  const trials = store.trials(sweepId).map(({ runId, number, repeat, assignment, retries, held }): SweepTrial => ({
    runId,
    number,
    repeat,
    values: assignment,
    retries,
    stoppedEarly: held,
  }))
  return { sweep: infoOf(row), trials }
}

function infoOf(row: SweepRow): SweepInfo {
  const plan = planIn(row)
  return { ...headOf(row, plan), axes: axesOf(plan) }
}

/** All but the axes, for which the plan's text has to be read. */
export function headOf(row: SweepRow, plan: SweepPlan): Omit<SweepInfo, 'axes'> {
  const { id, experiment, status, wish, message, created, ended } = row
  const { method, metric, goal, runCap, repeats, earlyTerminate } = plan
  return {
    ...{ id, experiment, status, wish, message, created, ended },
    ...{ method, metric, goal, runCap, repeats },
    earlyTerminate: earlyTerminate?.type ?? null,
  }
}

function axesOf({ text }: SweepPlan): SweepAxis[] {
  return inspect(parseExperiment(text).tree).axes.map(({ path, domain, setting }): SweepAxis => {
    if (domain.kind === 'values') {
      const log = setting.kind === 'number' && setting.logarithmic === true
      return { path, values: domain.values.map(toJson), min: null, max: null, log }
    }
    const { min, max, distribution } = domain
    return { path, values: null, min, max, log: distribution.includes('log') }
  })
}
