/**
 * A density over a space, made of what was observed: one kernel a trial and a wide one for what is still unknown, mixed
 * by weights. A kernel covers all axes together, so that what only works in combination is found in combination
 * (the multivariate estimator of Falkner et al., BOHB, ICML 2018, §4.1, arXiv:1807.01774).
 *
 * An axis that was inactive in a trial says nothing about it: there its kernel is the wide one.
 */
import type { Random } from '../core/random.ts'
import { logNormalDensity, normalMass } from './normal.ts'
import { cell, coordinateRange, fromCoordinate, toCoordinate } from './numberAxis.ts'
import { atShare } from './quasiRandom.ts'
import { isActive, type NumberAxis, type Point, type SearchAxis, type Space } from './space.ts'

/** The kernels of one axis. A centre that is NaN stands for the wide kernel. */
interface AxisKernels {
  readonly centres: Float64Array
  /** Widths of a number's kernels, in its coordinate. */
  readonly widths: Float64Array
  /** The coordinate's ends. */
  readonly low: number
  readonly high: number
  /** Share of each kernel that lies between the ends. */
  readonly inside: Float64Array
}

export class Parzen {
  readonly #space: Space
  readonly #logWeights: readonly number[]
  readonly #cumulative: readonly number[]
  readonly #axes = new Map<string, AxisKernels>()
  /** How much of a kernel over options goes to all options alike. */
  readonly #leak: number

  /**
   * @param observed oldest first
   * @param sharpness no kernel is narrower than the axis divided by this
   */
  constructor(space: Space, observed: readonly Point[], sharpness: number) {
    this.#space = space
    const weights = [...ages(observed.length), 1]
    const total = weights.reduce((a, b) => a + b, 0)
    let sum = 0
    this.#logWeights = weights.map(weight => Math.log(weight / total))
    this.#cumulative = weights.map(weight => (sum += weight / total))
    this.#leak = 1 / (2 + observed.length)
    for (const axis of space) {
      const values = [...observed.map(point => (axis.name in point ? point[axis.name] : NaN)), NaN]
      this.#axes.set(axis.name, axis.kind === 'choice' ? choiceKernels(values) : bells(axis, values, sharpness))
    }
  }

  sample(random: Random): Point {
    const share = random.uniform()
    const kernel = Math.max(
      0,
      this.#cumulative.findIndex(sum => share < sum),
    )
    const point: Record<string, number> = {}
    for (const axis of this.#space)
      if (isActive(axis, point)) point[axis.name] = this.#sampleAxis(axis, this.#kernels(axis), kernel, random)
    return point
  }

  /** Natural logarithm of the density (the probability, where an axis is discrete) at a point. */
  logDensity(point: Point): number {
    const logs = Float64Array.from(this.#logWeights)
    for (const axis of this.#space) {
      if (!(axis.name in point)) continue
      if (axis.kind === 'choice') this.#addChoice(logs, axis.count, this.#kernels(axis), point[axis.name])
      else addNumber(logs, axis, this.#kernels(axis), point[axis.name])
    }
    const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity)
    return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0))
  }

  #kernels(axis: SearchAxis): AxisKernels {
    const kernels = this.#axes.get(axis.name)
    if (!kernels) throw new RangeError(`${axis.name} is no axis of this space`)
    return kernels
  }

  #sampleAxis(axis: SearchAxis, { centres, widths, low, high }: AxisKernels, kernel: number, random: Random): number {
    const centre = centres[kernel]
    if (Number.isNaN(centre)) return atShare(axis, random.uniform())
    if (axis.kind === 'choice') return random.uniform() < this.#leak ? random.below(axis.count) : centre
    // The centre is inside and the width at most the interval: at least a third of the draws stay inside.
    for (;;) {
      const coordinate = centre + widths[kernel] * random.normal()
      if (coordinate >= low && coordinate <= high) return fromCoordinate(axis, coordinate)
    }
  }

  #addChoice(logs: Float64Array, count: number, { centres }: AxisKernels, value: number): void {
    const wide = Math.log(1 / count)
    const miss = Math.log(this.#leak / count)
    const hit = Math.log(this.#leak / count + 1 - this.#leak)
    for (let i = 0; i < logs.length; i++) logs[i] += Number.isNaN(centres[i]) ? wide : centres[i] === value ? hit : miss
  }
}

/** Adds the logarithm of each kernel at a number. */
function addNumber(logs: Float64Array, axis: NumberAxis, kernels: AxisKernels, value: number): void {
  const { centres, widths, low, high, inside } = kernels
  // An axis of one number says nothing.
  if (low === high) return
  const at = toCoordinate(axis, value)
  const own = cell(axis, value)
  const wide = Math.log((own === null ? 1 : own.high - own.low) / (high - low))
  for (let i = 0; i < logs.length; i++) {
    const centre = centres[i]
    const width = widths[i]
    if (Number.isNaN(centre)) logs[i] += wide
    else if (own === null) logs[i] += logNormalDensity((at - centre) / width) - Math.log(width * inside[i])
    else logs[i] += Math.log(normalMass((own.low - centre) / width, (own.high - centre) / width) / inside[i])
  }
}

function choiceKernels(values: readonly number[]): AxisKernels {
  const none = new Float64Array()
  return { centres: Float64Array.from(values), widths: none, low: 0, high: 0, inside: none }
}

/** Normals cut off at the ends of the axis, as wide as the way to the further neighbour (Bergstra et al., §4.2). */
function bells(axis: NumberAxis, values: readonly number[], sharpness: number): AxisKernels {
  const { low, high } = coordinateRange(axis)
  const centres = Float64Array.from(values, value => toCoordinate(axis, value))
  const sorted = [...centres.keys()].filter(i => !Number.isNaN(centres[i])).sort((a, b) => centres[a] - centres[b])
  const widths = new Float64Array(centres.length)
  const narrowest = (high - low) / sharpness
  for (const [rank, i] of sorted.entries()) {
    const left = rank === 0 ? -Infinity : centres[sorted[rank - 1]]
    const right = rank === sorted.length - 1 ? Infinity : centres[sorted[rank + 1]]
    const ways = [centres[i] - left, right - centres[i]].filter(Number.isFinite)
    const way = ways.length === 0 ? high - low : Math.max(...ways)
    widths[i] = Math.max(narrowest, way)
  }
  const inside = centres.map((centre, i) => normalMass((low - centre) / widths[i], (high - centre) / widths[i]))
  return { centres, widths, low, high, inside }
}

/** The newest 25 trials count fully, older ones less the older they are. */
function ages(count: number): number[] {
  const fresh = 25
  const old = Math.max(0, count - fresh)
  return Array.from({ length: count }, (_, i) => (i >= old ? 1 : Math.max(1 / count, i / old)))
}
