/** Random search, spread evenly: point i of a scrambled Halton sequence, brought to the axes. */
import type { Random } from '../core/random.ts'
import { Halton } from './halton.ts'
import { coordinateRange, fromCoordinate } from './numberAxis.ts'
import { isActive, type Point, type SearchAxis, type Space } from './space.ts'

/** Any point of the sequence, each by itself: `index` 0, 1, 2 … */
export function quasiRandom(space: Space, random: Random): (index: number) => Point {
  const sequence = new Halton(space.length, random)
  return index => {
    const point: Record<string, number> = {}
    for (const [dimension, axis] of space.entries())
      if (isActive(axis, point)) point[axis.name] = atShare(axis, sequence.at(index, dimension))
    return point
  }
}

/** The value below which this share of the axis lies. */
export function atShare(axis: SearchAxis, share: number): number {
  if (axis.kind === 'choice') return Math.min(axis.count - 1, Math.floor(share * axis.count))
  const { low, high } = coordinateRange(axis)
  return fromCoordinate(axis, low + share * (high - low))
}
