/**
 * The tree-structured Parzen estimator: two densities, one of the good trials and one of the others, and a point where
 * the first is large and the second small. Bergstra et al., Algorithms for Hyper-Parameter Optimization, NeurIPS 2011, §4;
 * what the details do is measured by Watanabe, arXiv:2304.11127.
 *
 * Trials that still run count among the others (the constant liar): the search does not go where somebody is already.
 */
import type { Random } from '../core/random.ts'
import { Parzen } from './parzen.ts'
import type { Point, Space, Trial } from './space.ts'

/** Points drawn from the density of the good; the best of them is tried. */
const candidates = 24
/** At most this many trials count as good, and about this share of all. */
const mostGood = 25
const goodShare = 0.1

/** @param history oldest first, at least one of them with a value */
export function tpe(
  space: Space,
  history: readonly Trial[],
  random: Random,
  isTaken: (point: Point) => boolean,
): Point | null {
  const known = history.filter(trial => trial.value !== null)
  const good = new Set(
    known
      .toSorted((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity))
      .slice(0, Math.min(mostGood, Math.ceil(goodShare * known.length)))
      .filter(trial => trial.value !== Infinity),
  )
  const points = (isGood: boolean) => history.filter(trial => good.has(trial) === isGood).map(trial => trial.point)
  // The more is known, the finer the search: bench/search compares this with widths by the good trials' number alone.
  const sharpness = Math.min(100, known.length / 2)
  const better = new Parzen(space, points(true), sharpness)
  const others = new Parzen(space, points(false), sharpness)
  let best: Point | null = null
  let bestGain = -Infinity
  for (let i = 0; i < candidates; i++) {
    const point = better.sample(random)
    if (isTaken(point)) continue
    const gain = better.logDensity(point) - others.logDensity(point)
    if (gain > bestGain) [best, bestGain] = [point, gain]
  }
  return best
}
