import type { DistanceKind } from '../distances/pairwise.ts'
import type { LabelledEmbeddings } from './labelledEmbeddings.ts'
import { neighbourScores } from './neighbourScores.ts'

/**
 * Rank-1 identification from one gallery picture of each class: the probability that a picture is nearer to the gallery
 * picture of its own class than to that of every other, when each class's is drawn from its pictures at random.
 *
 *   1/|Q| Σ_q 1/R Σ_g Π_k P(d(q, x_k) > d(q, g)),  g over the R other pictures of q's class, x_k one picture of class k
 *
 * The expectation itself, over every choice of gallery at once, not an estimate from some draws. Closed-set
 * identification at rank 1: Phillips et al. 2000, The FERET Evaluation Methodology, §2.2. A distance that is equal counts
 * as not nearer.
 *
 * @returns NaN when no class has two pictures
 * @throws RangeError when sizes do not agree
 */
export function identification(pictures: LabelledEmbeddings, distance: DistanceKind): number {
  const { labels, count } = pictures
  const sizes = classSizes(labels, count)
  let sum = 0
  let queries = 0
  for (const block of neighbourScores(pictures, pictures, distance)) {
    for (let q = 0; q < block.count; q++) {
      const query = block.first + q
      if ((sizes.get(labels[query]) ?? 0) < 2) continue
      queries++
      sum += chanceOf(query, block.scores.subarray(q * count, (q + 1) * count), labels, sizes)
    }
  }
  return queries === 0 ? NaN : sum / queries
}

/** Probability that the query is identified; `scores` ascend with the distance to it. */
function chanceOf(query: number, scores: Float64Array, labels: Int32Array, sizes: ReadonlyMap<number, number>): number {
  const own = scores.filter((_, i) => i !== query && labels[i] === labels[query]).sort()
  const farthest = own[own.length - 1]
  // Of each other class: how many pictures are nearer than the first, the second, … own picture, or as near.
  const nearer = new Map<number, Int32Array>()
  for (let i = 0; i < scores.length; i++) {
    if (!(scores[i] <= farthest) || labels[i] === labels[query]) continue
    let counts = nearer.get(labels[i])
    if (counts === undefined) nearer.set(labels[i], (counts = new Int32Array(own.length)))
    for (let g = own.length - 1; g >= 0 && own[g] >= scores[i]; g--) counts[g]++
  }
  let sum = 0
  for (let g = 0; g < own.length; g++) {
    let chance = 1
    for (const [label, counts] of nearer) chance *= 1 - counts[g] / (sizes.get(label) ?? 1)
    sum += chance
  }
  return sum / own.length
}

function classSizes(labels: Int32Array, count: number): Map<number, number> {
  const sizes = new Map<number, number>()
  for (let i = 0; i < count; i++) sizes.set(labels[i], (sizes.get(labels[i]) ?? 0) + 1)
  return sizes
}
