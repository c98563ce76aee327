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

/** For many bounds at once, by sorting the distances in between them; what it needs is taken once. */
export class NearestBeyond {
  #order = new Int32Array(0)
  #sorted = new Float64Array(0)
  /** Position and distance of the nearest above each bound and not above the next. */
  #places = new Int32Array(0)
  #nearest = new Float64Array(0)

  /**
   * For each bound the position of the nearest of the first `count` distances that is farther, the first of equals;
   * −1 where there is none.
   */
  find(distances: Float64Array, count: number, bounds: Float64Array, boundCount: number, into: Int32Array): void {
    if (boundCount <= few) {
      for (let i = 0; i < boundCount; i++) into[i] = nearestBeyond(distances, count, bounds[i])
      return
    }
    this.#sort(bounds, boundCount)
    const [sorted, places, nearest] = [this.#sorted, this.#places, this.#nearest]
    places.fill(-1, 0, boundCount + 1)
    nearest.fill(Infinity, 0, boundCount + 1)
    for (let i = 0; i < count; i++) {
      const distance = distances[i]
      // How many bounds are nearer: a search without a branch that no processor could foresee.
      let below = 0
      for (let left = boundCount; left > 1;) {
        const half = left >> 1
        below += Number(sorted[below + half - 1] < distance) * half
        left -= half
      }
      below += Number(sorted[below] < distance)
      if (distance < nearest[below]) {
        nearest[below] = distance
        places[below] = i
      }
    }
    for (let i = boundCount, place = -1; i > 0; i--) {
      if (places[i] >= 0) place = places[i]
      into[this.#order[i - 1]] = place
    }
  }

  /** By insertion: a class has few pictures in a batch. */
  #sort(bounds: Float64Array, count: number): void {
    if (this.#order.length < count) {
      this.#order = new Int32Array(count)
      this.#sorted = new Float64Array(count)
      this.#places = new Int32Array(count + 1)
      this.#nearest = new Float64Array(count + 1)
    }
    const [order, sorted] = [this.#order, this.#sorted]
    for (let i = 0; i < count; i++) {
      const bound = bounds[i]
      let at = i
      for (; at > 0 && sorted[at - 1] > bound; at--) {
        sorted[at] = sorted[at - 1]
        order[at] = order[at - 1]
      }
      sorted[at] = bound
      order[at] = i
    }
  }
}

/** Bounds for which looking at all distances once each is quicker than sorting. */
const few = 4
