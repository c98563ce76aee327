/**
 * Where to look next. A search has no memory of its own: it sees the trials so far, running ones included, and answers
 * with a point. So it can be asked by any process, after any death, and answers the same for the same trials and seed.
 */
import { Random } from '../core/random.ts'
import { gridPoints, gridSize } from './grid.ts'
import { quasiRandom } from './quasiRandom.ts'
import { checkSpace, fits, pointKey, type Point, type Space, type Trial } from './space.ts'
import { tpe } from './tpe.ts'

export type Method = 'grid' | 'random' | 'bayes'

export interface Search {
  readonly method: Method
  readonly seed: number
  /** `random`: a grid in an order drawn from the seed, so that its first runs say something about all of it. */
  readonly order?: 'listed' | 'random'
}

/** Trials that are spread evenly before a density says anything. */
export const startupTrials = 10
/** Points of the sequence looked at, for one that was not tried. */
const attempts = 200

/**
 * The next point: never one that was tried already, where the space has finitely many.
 *
 * @param history oldest first; trials that no longer fit the space (it was changed) are passed over
 * @returns `null` when every point of the space was tried
 * @throws RangeError for a space that is no space, or a grid over a continuous axis
 */
export function suggest(space: Space, history: readonly Trial[], search: Search): Point | null {
  checkSpace(space)
  const trials = history.filter(trial => fits(space, trial.point))
  const taken = new Set(trials.map(trial => pointKey(space, trial.point)))
  const isTaken = (point: Point) => taken.has(pointKey(space, point))
  const size = gridSize(space)
  if (taken.size >= size) return null
  const random = Random.fromSeed(search.seed)
  switch (search.method) {
    case 'grid':
      return search.order === 'random' ? shuffled(space, random, isTaken) : firstFree(gridPoints(space), isTaken)
    case 'random':
      return spread(space, trials.length, random, isTaken)
    case 'bayes': {
      const scored = trials.filter(trial => trial.value !== null && trial.value !== Infinity).length
      const own = random.fork(`trial ${trials.length}`)
      const point = scored < Math.min(startupTrials, size) ? null : tpe(space, trials, own, isTaken)
      return point ?? spread(space, trials.length, random, isTaken)
    }
  }
}

/** The next free point of the sequence; where nearly all are taken, one of the free ones. */
function spread(space: Space, from: number, random: Random, isTaken: (point: Point) => boolean): Point | null {
  const at = quasiRandom(space, random.fork('sequence'))
  for (let i = from; i < from + attempts; i++) {
    const point = at(i)
    if (!isTaken(point)) return point
  }
  return gridSize(space) === Infinity ? at(from) : shuffled(space, random, isTaken)
}

/** The free point whose number, drawn from the seed and the point alone, is the smallest. */
function shuffled(space: Space, random: Random, isTaken: (point: Point) => boolean): Point | null {
  let best: Point | null = null
  let least = Infinity
  for (const point of gridPoints(space)) {
    if (isTaken(point)) continue
    const rank = random.fork(pointKey(space, point)).uniform()
    if (rank < least) [best, least] = [point, rank]
  }
  return best
}

function firstFree(points: Iterable<Point>, isTaken: (point: Point) => boolean): Point | null {
  for (const point of points) if (!isTaken(point)) return point
  return null
}
