/** The definitions once more, as plain loops over all triplets: slow, short, and written without the code under test. */
import type { DistanceKind } from '../../server/core/distances/pairwise.ts'
import type { LossOptions } from '../../server/core/loss/tripletLoss.ts'
import type { MiningOptions } from '../../server/core/miners/miner.ts'

export type Triple = readonly [a: number, p: number, n: number]
export type Matrix = readonly (readonly number[])[]

export function distanceMatrix(x: Matrix, kind: DistanceKind): number[][] {
  return x.map((u, i) => x.map((v, j) => (i === j ? 0 : distance(u, v, kind))))
}

export function distance(u: readonly number[], v: readonly number[], kind: DistanceKind): number {
  const squares = u.reduce((sum, value, k) => sum + (value - v[k]) ** 2, 0)
  if (kind === 'squared-euclidean') return squares
  if (kind === 'euclidean') return Math.sqrt(squares)
  if (isZero(u) || isZero(v)) return 1
  const dot = u.reduce((sum, value, k) => sum + value * v[k], 0)
  return Math.max(0, 1 - dot / Math.hypot(...u) / Math.hypot(...v))
}

/** Too short to have a direction. */
export function isZero(u: readonly number[]): boolean {
  return Math.hypot(...u) < 1e-12
}

export function validTriplets(labels: readonly number[]): Triple[] {
  const all: Triple[] = []
  for (const [a, la] of labels.entries())
    for (const [p, lp] of labels.entries())
      for (const [n, ln] of labels.entries()) if (a !== p && la === lp && la !== ln) all.push([a, p, n])
  return all
}

export function tripletLoss(
  d: Matrix,
  triplets: readonly Triple[],
  loss: LossOptions,
): { loss: number; active: number; mined: number } {
  const losses = triplets.map(([a, p, n]) => {
    const an = loss.swap ? Math.min(d[a][n], d[p][n]) : d[a][n]
    const x = d[a][p] - an + loss.margin
    return loss.softMargin ? Math.log(1 + Math.exp(x)) : Math.max(0, x)
  })
  const active = losses.filter(value => value > 0).length
  const divisor = loss.reducer === 'mean' ? losses.length : active
  return { loss: divisor === 0 ? 0 : losses.reduce((sum, x) => sum + x, 0) / divisor, active, mined: losses.length }
}

type Deterministic = Exclude<MiningOptions, { strategy: 'random' | 'distance-weighted' | 'offline' }>

/** By filtering and sorting all valid triplets. `cosine` holds 1 − cos. */
export function minedTriplets(
  mining: Deterministic,
  d: Matrix,
  squared: Matrix,
  cosine: Matrix,
  labels: readonly number[],
  margin: number,
): Triple[] {
  const valid = validTriplets(labels)
  const gap = ([a, p, n]: Triple) => d[a][n] - d[a][p]
  const rows = [...labels.keys()]
  const positivesOf = (a: number) => rows.filter(p => p !== a && labels[p] === labels[a])
  const negativesOf = (a: number) => rows.filter(n => labels[n] !== labels[a])
  const first = (of: number[], by: (row: number) => number) => [...of].sort((x, y) => by(x) - by(y) || x - y)[0]
  const perPair = (choose: (a: number, p: number, negatives: number[]) => number | undefined) =>
    rows.flatMap(a =>
      positivesOf(a).flatMap((p): Triple[] => {
        const n = choose(a, p, negativesOf(a))
        return n === undefined ? [] : [[a, p, n]]
      }),
    )
  switch (mining.strategy) {
    case 'batch-all':
      return valid
    case 'batch-hard':
      return rows.flatMap((a): Triple[] => {
        const [positives, negatives] = [positivesOf(a), negativesOf(a)]
        if (positives.length === 0 || negatives.length === 0) return []
        return [[a, first(positives, p => -d[a][p]), first(negatives, n => d[a][n])]]
      })
    case 'semi-hard':
      return perPair((a, p, negatives) => {
        const beyond = negatives.filter(n => d[a][n] > d[a][p])
        if (beyond.length > 0) return first(beyond, n => d[a][n])
        return mining.fallback === 'skip' || negatives.length === 0 ? undefined : first(negatives, n => -d[a][n])
      })
    case 'triplet-margin':
      return valid.filter(t => {
        if (mining.select === 'easy') return gap(t) > margin
        if (gap(t) > margin) return false
        return mining.select === 'all' || (mining.select === 'hard' ? gap(t) <= 0 : gap(t) > 0)
      })
    case 'batch-easy-hard':
      return rows.flatMap((a): Triple[] => {
        const pick = (difficulty: string, of: number[], hardIs: 1 | -1, bound: (x: number) => boolean) => {
          const allowed = difficulty === 'semi-hard' ? of.filter(row => bound(d[a][row])) : of
          const sign = difficulty === 'easy' ? -hardIs : hardIs
          return allowed.length === 0 ? undefined : first(allowed, row => -sign * d[a][row])
        }
        // Hard positives are far (1), hard negatives near (−1).
        if (mining.positives === 'semi-hard') {
          const n = pick(mining.negatives, negativesOf(a), -1, () => true)
          const p = n === undefined ? undefined : pick(mining.positives, positivesOf(a), 1, x => x < d[a][n])
          return p === undefined || n === undefined ? [] : [[a, p, n]]
        }
        const p = pick(mining.positives, positivesOf(a), 1, () => true)
        const n = p === undefined ? undefined : pick(mining.negatives, negativesOf(a), -1, x => x > d[a][p])
        return p === undefined || n === undefined ? [] : [[a, p, n]]
      })
    case 'multi-similarity':
      return valid.filter(([a, p, n]) => {
        const leastSimilarPositive = Math.min(...positivesOf(a).map(row => 1 - cosine[a][row]))
        const mostSimilarNegative = Math.max(...negativesOf(a).map(row => 1 - cosine[a][row]))
        return (
          1 - cosine[a][n] + mining.epsilon > leastSimilarPositive &&
          1 - cosine[a][p] - mining.epsilon < mostSimilarNegative
        )
      })
    case 'angular':
      return valid.filter(([a, p, n]) => {
        const toCentre = Math.sqrt(Math.max(0, squared[a][n] / 2 + squared[p][n] / 2 - squared[a][p] / 4))
        const radians = squared[a][p] === 0 ? 0 : Math.atan(Math.sqrt(squared[a][p]) / (2 * toCentre))
        return (radians * 180) / Math.PI > mining.angle
      })
    case 'n-hard':
      return rows.flatMap(a => {
        const ranked = (of: number[], by: (row: number) => number) => {
          const order = [...of].sort((x, y) => by(x) - by(y) || x - y)
          return order.slice(Math.min(mining.from, order.length) - 1, mining.to)
        }
        const [positives, negatives] = [positivesOf(a), negativesOf(a)]
        if (positives.length === 0 || negatives.length === 0) return []
        const chosen = ranked(negatives, n => d[a][n])
        return ranked(positives, p => -d[a][p]).flatMap(p => chosen.map((n): Triple => [a, p, n]))
      })
    case 'closest-gap':
      return perPair((a, p, negatives) => first(negatives, n => Math.abs(d[a][n] - d[a][p])))
  }
}
