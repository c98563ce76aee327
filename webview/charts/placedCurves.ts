/** Curves with their positions on the axis and their smoothed values, made once and kept until a curve or the axis changes. */
import type { Curve } from '../data/curve.ts'
import { type AxisOf, place, placeMeans, type Placed, smoothed } from './layers.ts'

/** An axis; `key` changes when positions on it do. */
export interface PlacingAxis {
  readonly key: string
  readonly of: AxisOf
}

interface Entry {
  readonly version: number
  readonly axis: string
  readonly placed: Placed
  readonly means: Placed
  smoothing: number
  smoothed: Placed | undefined
}

export class PlacedCurves {
  readonly #entries = new WeakMap<Curve, Entry>()

  placed(curve: Curve, axis: PlacingAxis): Placed {
    return this.#entry(curve, axis).placed
  }

  means(curve: Curve, axis: PlacingAxis): Placed {
    return this.#entry(curve, axis).means
  }

  /** Without smoothing the points themselves. */
  smoothed(curve: Curve, axis: PlacingAxis, smoothing: number): Placed {
    const entry = this.#entry(curve, axis)
    if (smoothing === 0) return entry.placed
    if (entry.smoothed === undefined || entry.smoothing !== smoothing) {
      entry.smoothing = smoothing
      entry.smoothed = smoothed(entry.means, smoothing)
    }
    return entry.smoothed
  }

  #entry(curve: Curve, axis: PlacingAxis): Entry {
    const known = this.#entries.get(curve)
    if (known?.version === curve.version && known.axis === axis.key) return known
    const made = {
      version: curve.version,
      axis: axis.key,
      placed: place(curve, axis.of),
      means: placeMeans(curve, axis.of),
      smoothing: -1,
      smoothed: undefined,
    }
    this.#entries.set(curve, made)
    return made
  }
}
