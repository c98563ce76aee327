/** Which runs are picked out on the axes: those that lie in every stretch that was marked. Pure. */
import type { ParallelAxis } from './parallel.ts'

/** From low to high, 0 to 1, by the axis's path. */
export type Brushes = ReadonlyMap<string, readonly [number, number]>

/** Whether each run is in all marked stretches; a run without a value is in none. */
export function passing(axes: readonly ParallelAxis[], brushes: Brushes, runs: number): boolean[] {
  return Array.from({ length: runs }, (_, run) =>
    axes.every(axis => {
      const stretch = brushes.get(axis.path)
      if (stretch === undefined) return true
      const at = axis.positions[run]
      return at !== null && at >= stretch[0] && at <= stretch[1]
    }),
  )
}

/** The stretch from one position to another; `null` when it is too short to be meant. */
export function stretch(from: number, to: number): readonly [number, number] | null {
  const low = Math.max(0, Math.min(from, to))
  const high = Math.min(1, Math.max(from, to))
  return high - low < 0.02 ? null : [low, high]
}
