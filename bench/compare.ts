/** Contenders take turns, so that a busy moment hits all of them. */
import { execFileSync } from 'node:child_process'
import type { Contender } from './contender.ts'
import { median } from './table.ts'

export interface Result {
  readonly label: string
  readonly firstStepMs: number
  /** Median of all steps, in milliseconds. */
  readonly ms: number
  readonly meanMs: number
  readonly bestMs: number
  readonly peakMegabytes: number
  /** Median of what training waited for a checkpoint; NaN where none was written. */
  readonly saveMs: number
  /** Share of the time in which the engine waited for pictures; NaN where it was not measured. */
  readonly waiting: number
  /** Share of the time that went into statistics and tracking; NaN where it was not measured. */
  readonly spent: number
  /** How many times as fast as the last contender: turn against turn, the median. */
  readonly ratio: number
}

/** Gives each contender its turns, and stops them. The last one is what the others are compared with. */
export async function compare(
  contenders: readonly Contender[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Result[]> {
  const steps = contenders.map((): number[] => [])
  const medians = contenders.map((): number[] => [])
  const saves = contenders.map((): number[] => [])
  const waited = contenders.map(() => NaN)
  const spent = contenders.map(() => NaN)
  const peaks = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const turn = await contender.turn(seconds)
      steps[i].push(...turn.steps)
      medians[i].push(median(turn.steps))
      if (turn.saveMs !== undefined) saves[i].push(turn.saveMs)
      if (turn.waitedMs !== undefined) waited[i] = (waited[i] || 0) + turn.waitedMs
      if (turn.spentMs !== undefined) spent[i] = (spent[i] || 0) + turn.spentMs
      peaks[i] = Math.max(peaks[i], turn.peakMegabytes)
    }
  }
  await Promise.all(contenders.map(contender => contender.stop()))
  return contenders.map(({ label, firstStepMs }, i) => ({
    label,
    firstStepMs,
    ms: median(steps[i]),
    meanMs: steps[i].reduce((sum, ms) => sum + ms, 0) / steps[i].length,
    bestMs: Math.min(...steps[i]),
    peakMegabytes: peaks[i],
    saveMs: saves[i].length > 0 ? median(saves[i]) : NaN,
    waiting: waited[i] / steps[i].reduce((sum, ms) => sum + ms, 0),
    spent: spent[i] / steps[i].reduce((sum, ms) => sum + ms, 0),
    ratio: median(medians[i].map((own, round) => (medians.at(-1)?.[round] ?? NaN) / own)),
  }))
}

/** Whether a Python has a package. */
export function hasPython(python: string, name: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
