/** What the searches are compared on: functions whose smallest value is known. */
import type { Point, Space } from '../../server/search/space.ts'

export interface Problem {
  readonly name: string
  readonly space: Space
  /** The smallest value there is. */
  readonly least: number
  value(point: Point): number
}

const uniform = (name: string, min: number, max: number) =>
  ({ kind: 'number', name, min, max, scale: 'linear', step: null, condition: null }) as const

/** Three valleys. Dixon and Szegö, Towards Global Optimisation 2, 1978. */
const branin: Problem = {
  name: 'Branin',
  space: [uniform('x', -5, 10), uniform('y', 0, 15)],
  least: 0.397887,
  value: ({ x, y }) =>
    (y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10,
}

const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
const hartmannC = [1, 1.2, 3, 3.2]

/** Six axes, six valleys. Dixon and Szegö 1978. */
const hartmann6: Problem = {
  name: 'Hartmann-6',
  space: Array.from({ length: 6 }, (_, i) => uniform(`x${i}`, 0, 1)),
  least: -3.32237,
  value: point =>
    -hartmannC.reduce((sum, c, i) => {
      const exponent = hartmannA[i].reduce((inner, a, j) => inner + a * (point[`x${j}`] - hartmannP[i][j]) ** 2, 0)
      return sum + c * Math.exp(-exponent)
    }, 0),
}

/**
 * As a sweep of triplet training looks: a rate over powers of ten, a margin whose best value depends on the miner, a
 * whole number, a miner, and a setting that only one miner has.
 */
const mixed: Problem = {
  name: 'mixed',
  space: [
    { kind: 'number', name: 'rate', min: 1e-5, max: 1, scale: 'log', step: null, condition: null },
    { kind: 'choice', name: 'miner', count: 4, condition: null },
    {
      kind: 'number',
      name: 'cutoff',
      min: 0.1,
      max: 1,
      scale: 'linear',
      step: null,
      condition: { axis: 'miner', options: [2] },
    },
    uniform('margin', 0.01, 1),
    { kind: 'number', name: 'size', min: 8, max: 256, scale: 'log', step: 8, condition: null },
    { kind: 'number', name: 'layers', min: 1, max: 6, scale: 'linear', step: 1, condition: null },
  ],
  least: 0,
  value({ rate, miner, margin, size, layers, ...rest }) {
    const wantedMargin = [0.2, 0.4, 0.6, 0.8][miner]
    const ofMiner = [0.6, 0.3, 0, 0.5][miner] + (miner === 2 ? 2 * (rest['cutoff'] - 0.5) ** 2 : 0)
    const wantedRate = -3 - 0.25 * (layers - 3)
    return (
      0.3 * (Math.log10(rate) - wantedRate) ** 2 +
      ofMiner +
      4 * (margin - wantedMargin) ** 2 +
      0.2 * (Math.log2(size) - 6) ** 2 +
      0.1 * (layers - 3) ** 2
    )
  },
}

export const problems: readonly Problem[] = [branin, hartmann6, mixed]
