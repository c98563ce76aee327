/** Verification on a sample: are two pictures of one class? All pairs, their distances, and what a threshold does. */
import type { HistogramDetail } from '../../protocol/details.ts'
import type { Distance } from '../../protocol/runSpec.ts'
import { type Codes, distanceBetween } from './distance.ts'

/** Pairs in ascending order of distance. */
export interface Pairs {
  readonly distances: Float64Array
  readonly first: Uint16Array
  readonly second: Uint16Array
  /** 1 where both are of one class. */
  readonly same: Uint8Array
  readonly sameCount: number
  readonly differentCount: number
}

/** @param labels class of each code */
export function allPairs(codes: Codes, labels: ArrayLike<number>, distance: Distance): Pairs {
  const { count } = codes
  const total = (count * (count - 1)) / 2
  const distances = new Float64Array(total)
  const first = new Uint16Array(total)
  const second = new Uint16Array(total)
  let at = 0
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) {
      distances[at] = distanceBetween(codes, a, b, distance)
      first[at] = a
      second[at] = b
      at++
    }
  const order = Uint32Array.from({ length: total }, (_, i) => i).sort((x, y) => distances[x] - distances[y])
  const same = new Uint8Array(total)
  let sameCount = 0
  for (let i = 0; i < total; i++) {
    same[i] = labels[first[order[i]]] === labels[second[order[i]]] ? 1 : 0
    sameCount += same[i]
  }
  return {
    distances: Float64Array.from(order, i => distances[i]),
    first: Uint16Array.from(order, i => first[i]),
    second: Uint16Array.from(order, i => second[i]),
    same,
    sameCount,
    differentCount: total - sameCount,
  }
}

export interface Decision {
  /** Pairs of two classes taken for one, as a share of all such pairs. */
  readonly falseAccepts: number
  /** Pairs of one class taken for two, as a share of all such pairs. */
  readonly falseRejects: number
}

/** Pairs at a distance up to `threshold` count as the same. */
export function decide(pairs: Pairs, threshold: number): Decision {
  const accepted = countUpTo(pairs.distances, threshold)
  let sameAccepted = 0
  for (let i = 0; i < accepted; i++) sameAccepted += pairs.same[i]
  return {
    falseAccepts: (accepted - sameAccepted) / Math.max(1, pairs.differentCount),
    falseRejects: (pairs.sameCount - sameAccepted) / Math.max(1, pairs.sameCount),
  }
}

/** How many of the ascending distances are at most `threshold`. */
export function countUpTo(distances: Float64Array, threshold: number): number {
  let low = 0
  let high = distances.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (distances[middle] <= threshold) low = middle + 1
    else high = middle
  }
  return low
}

export interface Roc {
  /** Share of different pairs accepted, and of same pairs accepted, as the threshold grows; both from 0 to 1. */
  readonly falseAccepts: Float64Array
  readonly trueAccepts: Float64Array
  readonly area: number
  /** Where as many are falsely accepted as falsely rejected, and the threshold there. */
  readonly equalErrorRate: number
  readonly equalErrorThreshold: number
}

/** Equal distances are one step of the curve: no order among them is better than another. */
export function roc(pairs: Pairs): Roc {
  const falseAccepts = [0]
  const trueAccepts = [0]
  const { distances, same, sameCount, differentCount } = pairs
  let area = 0
  let wrong = 0
  let right = 0
  let best = { gap: Infinity, rate: 1, threshold: 0 }
  for (let i = 0; i < distances.length;) {
    let j = i
    for (; j < distances.length && distances[j] === distances[i]; j++) {
      right += same[j]
      wrong += 1 - same[j]
    }
    const x = wrong / Math.max(1, differentCount)
    const y = right / Math.max(1, sameCount)
    area += ((x - (falseAccepts.at(-1) ?? 0)) * (y + (trueAccepts.at(-1) ?? 0))) / 2
    falseAccepts.push(x)
    trueAccepts.push(y)
    const gap = Math.abs(x - (1 - y))
    if (gap < best.gap) best = { gap, rate: (x + 1 - y) / 2, threshold: distances[i] }
    i = j
  }
  return {
    falseAccepts: Float64Array.from(falseAccepts),
    trueAccepts: Float64Array.from(trueAccepts),
    area,
    equalErrorRate: best.rate,
    equalErrorThreshold: best.threshold,
  }
}

/** Counts of distances in equal bins from 0 to the largest, for pairs of one class and of two. */
export function histogramsOf(pairs: Pairs, bins: number): { same: HistogramDetail; different: HistogramDetail } {
  const high = pairs.distances.at(-1) ?? 1
  const same = new Array<number>(bins).fill(0)
  const different = new Array<number>(bins).fill(0)
  for (let i = 0; i < pairs.distances.length; i++) {
    const bin = high > 0 ? Math.min(bins - 1, Math.floor((pairs.distances[i] / high) * bins)) : 0
    if (pairs.same[i] === 1) same[bin]++
    else different[bin]++
  }
  const top = high > 0 ? high : 1
  return { same: { low: 0, high: top, counts: same }, different: { low: 0, high: top, counts: different } }
}
