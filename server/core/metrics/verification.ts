/** Same or not, by a threshold on the distance: what face verification reports. */
import { type DistanceKind, type Floats, inverseNorms } from '../distances/pairwise.ts'
import { Random } from '../random.ts'

export interface VerificationScores {
  /** Pairs of the same class and of different classes that were compared. All scores are NaN when either is 0. */
  readonly samePairs: number
  readonly differentPairs: number
  /** Probability that a pair of the same class is closer than a pair of different classes; ties count half. */
  readonly rocAuc: number
  /** Mean of false accept and false reject rate at the threshold where they differ least. */
  readonly eer: number
  /** Largest share of same pairs accepted while at most this share of different pairs is, and the threshold for it. */
  readonly tarAtFar: readonly { readonly far: number; readonly tar: number; readonly threshold: number }[]
  readonly bestAccuracy: number
  /** Accepts distances up to it, in units of the distance; −Infinity when nothing is best accepted. */
  readonly bestThreshold: number
}

export interface VerificationOptions {
  readonly distance: DistanceKind
  readonly fars: readonly number[]
  /**
   * Beyond this many pairs on one side, that side is drawn at random (with replacement). Rates do not depend on the
   * number of pairs; accuracy is weighted by how many there really are.
   */
  readonly maxPairs: number
  readonly seed: number
}

export const defaultVerification: Omit<VerificationOptions, 'distance'> = {
  fars: [0.1, 0.01, 0.001],
  maxPairs: 1_000_000,
  seed: 0,
}

/**
 * @param embeddings row-major [n, d]
 * @throws RangeError when an array is too short or a false accept rate is outside 0 to 1
 */
export function verification(
  embeddings: Floats,
  n: number,
  d: number,
  labels: Int32Array,
  options: VerificationOptions,
): VerificationScores {
  if (embeddings.length < n * d || labels.length < n) throw new RangeError(`fewer numbers or labels than ${n} × ${d}`)
  for (const far of options.fars) if (!(far >= 0 && far <= 1)) throw new RangeError(`no false accept rate: ${far}`)
  const pairs = pairDistances(embeddings, n, d, labels, options)
  return rates(pairs.same.sort(), pairs.different.sort(), pairs.sameTotal, pairs.differentTotal, options.fars)
}

/** Walks both sorted lists together, threshold by threshold. */
function rates(
  same: Float64Array,
  different: Float64Array,
  sameTotal: number,
  differentTotal: number,
  fars: readonly number[],
): VerificationScores {
  const counts = { samePairs: same.length, differentPairs: different.length }
  if (same.length === 0 || different.length === 0) {
    const tarAtFar = fars.map(far => ({ far, tar: NaN, threshold: NaN }))
    return { ...counts, rocAuc: NaN, eer: NaN, tarAtFar, bestAccuracy: NaN, bestThreshold: NaN }
  }
  let accepted = 0
  let wronglyAccepted = 0
  let area = 0
  let eer = 0.5
  let smallestDifference = Infinity
  const tarAtFar = fars.map(far => ({ far, tar: 0, threshold: -Infinity }))
  let bestAccuracy = differentTotal / (sameTotal + differentTotal)
  let bestThreshold = -Infinity
  while (accepted < same.length || wronglyAccepted < different.length) {
    const threshold = Math.min(
      accepted < same.length ? same[accepted] : Infinity,
      wronglyAccepted < different.length ? different[wronglyAccepted] : Infinity,
    )
    const before = accepted
    while (accepted < same.length && same[accepted] === threshold) accepted++
    const wrongBefore = wronglyAccepted
    while (wronglyAccepted < different.length && different[wronglyAccepted] === threshold) wronglyAccepted++
    // Nothing moves past a distance that is not a number.
    if (before === accepted && wrongBefore === wronglyAccepted) break
    area += (wronglyAccepted - wrongBefore) * (before + accepted)
    const tar = accepted / same.length
    const far = wronglyAccepted / different.length
    if (Math.abs(far - (1 - tar)) < smallestDifference) {
      smallestDifference = Math.abs(far - (1 - tar))
      eer = (far + 1 - tar) / 2
    }
    for (const entry of tarAtFar) {
      if (far <= entry.far && tar > entry.tar) {
        entry.tar = tar
        entry.threshold = threshold
      }
    }
    const accuracy = (tar * sameTotal + (1 - far) * differentTotal) / (sameTotal + differentTotal)
    if (accuracy > bestAccuracy) {
      bestAccuracy = accuracy
      bestThreshold = threshold
    }
  }
  return { ...counts, rocAuc: area / 2 / same.length / different.length, eer, tarAtFar, bestAccuracy, bestThreshold }
}

interface PairDistances {
  readonly same: Float64Array
  readonly different: Float64Array
  /** How many there are, drawn or not. */
  readonly sameTotal: number
  readonly differentTotal: number
}

function pairDistances(
  embeddings: Floats,
  n: number,
  d: number,
  labels: Int32Array,
  options: VerificationOptions,
): PairDistances {
  const between = distanceBetween(embeddings, n, d, options.distance)
  const groups = new Map<number, number[]>()
  for (let i = 0; i < n; i++) {
    const group = groups.get(labels[i])
    if (group === undefined) groups.set(labels[i], [i])
    else group.push(i)
  }
  const classes = [...groups.values()]
  const sameTotal = classes.reduce((sum, group) => sum + (group.length * (group.length - 1)) / 2, 0)
  const differentTotal = (n * (n - 1)) / 2 - sameTotal
  const random = Random.fromSeed(options.seed)
  const same = new Float64Array(Math.min(sameTotal, options.maxPairs))
  const different = new Float64Array(Math.min(differentTotal, options.maxPairs))

  let filled = 0
  if (sameTotal <= options.maxPairs) {
    for (const group of classes) {
      for (let i = 0; i < group.length; i++) {
        for (let j = 0; j < i; j++) same[filled++] = between(group[i], group[j])
      }
    }
  } else {
    // A class by its number of pairs, then two different members.
    const upTo: number[] = []
    let total = 0
    for (const group of classes) upTo.push((total += (group.length * (group.length - 1)) / 2))
    for (; filled < same.length; filled++) {
      const at = random.uniform() * total
      const group = classes[upTo.findIndex(end => end > at)]
      const i = random.below(group.length)
      const j = random.below(group.length - 1)
      same[filled] = between(group[i], group[j < i ? j : j + 1])
    }
  }

  filled = 0
  if (differentTotal <= options.maxPairs) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) if (labels[i] !== labels[j]) different[filled++] = between(i, j)
    }
  } else {
    while (filled < different.length) {
      const i = random.below(n)
      const j = random.below(n)
      if (labels[i] !== labels[j]) different[filled++] = between(i, j)
    }
  }
  return { same, different, sameTotal, differentTotal }
}

function distanceBetween(x: Floats, n: number, d: number, kind: DistanceKind): (i: number, j: number) => number {
  const scale = kind === 'cosine' ? inverseNorms(x, n, d) : new Float64Array(n).fill(1)
  return (i, j) => {
    const si = scale[i]
    const sj = scale[j]
    if (si === 0 || sj === 0) return 1
    let sum = 0
    for (let k = 0; k < d; k++) {
      const difference = x[i * d + k] * si - x[j * d + k] * sj
      sum += difference * difference
    }
    return kind === 'euclidean' ? Math.sqrt(sum) : kind === 'cosine' ? sum / 2 : sum
  }
}
