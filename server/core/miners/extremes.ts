/** Positions of the smallest and largest of the first `count` values; the first of equals, −1 when there is none. */

export function nearest(distances: Float64Array, count: number): number {
  let best = -1
  let bestDistance = Infinity
  for (let i = 0; i < count; i++) {
    if (distances[i] < bestDistance) {
      bestDistance = distances[i]
      best = i
    }
  }
  return best
}

export function farthest(distances: Float64Array, count: number): number {
  let best = -1
  let bestDistance = -Infinity
  for (let i = 0; i < count; i++) {
    if (distances[i] > bestDistance) {
      bestDistance = distances[i]
      best = i
    }
  }
  return best
}

/** The nearest that is farther than `bound`. */
export function nearestBeyond(distances: Float64Array, count: number, bound: number): number {
  let best = -1
  let bestDistance = outOfReach
  for (let i = 0; i < count; i++) {
    // Those that are too near are moved out of reach, without a branch that no processor could foresee.
    const distance = distances[i] + Number(distances[i] <= bound) * outOfReach
    if (distance < bestDistance) {
      bestDistance = distance
      best = i
    }
  }
  return best
}

/** Beyond all distances. */
const outOfReach = 1e300

/** The farthest that is nearer than `bound`. */
export function farthestWithin(distances: Float64Array, count: number, bound: number): number {
  let best = -1
  let bestDistance = -Infinity
  for (let i = 0; i < count; i++) {
    const distance = distances[i]
    if (distance < bound && distance > bestDistance) {
      bestDistance = distance
      best = i
    }
  }
  return best
}
