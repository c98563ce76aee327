/**
 * Pictures that are hard again and again. A triplet that stays hard while the others become easy is often a wrong label:
 * the picture is far from its own class and near to another one.
 */
import type { HardTripletDetail } from '../../protocol/details.ts'

/** Index of a picture in the dataset, and in how many epochs it was among the hardest. */
export type HardEpochs = readonly (readonly [number, number])[]

/** A picture has to be among the hardest in this share of the epochs, and in this many at least. */
const suspiciousShare = 0.5
const suspiciousEpochs = 3
const mostReported = 10
/** Where so large a share of all pictures is on the list of an epoch, being on it says nothing. */
const crowdedShare = 0.05

/** Adds an epoch. Only the pair that should be near and is far counts, and only where the negative is nearer. */
export function countHardEpochs(before: HardEpochs, hardest: readonly HardTripletDetail[]): [number, number][] {
  const counts = new Map(before)
  const hard = hardest.filter(({ ap, an }) => an <= ap)
  const pictures = new Set(hard.flatMap(({ anchor, positive }) => [anchor, positive]))
  for (const index of pictures) counts.set(index, (counts.get(index) ?? 0) + 1)
  return [...counts]
}

/**
 * Those that may be mislabelled, the most frequent first.
 *
 * @param pictures how many there are to train with
 */
export function likelyMislabelled(counts: HardEpochs, epochs: number, pictures: number): [number, number][] {
  const listed = counts.reduce((sum, [, count]) => sum + count, 0)
  if (listed > crowdedShare * epochs * pictures) return []
  const least = Math.max(suspiciousEpochs, Math.ceil(suspiciousShare * epochs))
  return counts
    .filter(([, count]) => count >= least)
    .map(([index, count]): [number, number] => [index, count])
    .toSorted(([a, countA], [b, countB]) => countB - countA || a - b)
    .slice(0, mostReported)
}
