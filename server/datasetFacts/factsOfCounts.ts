import type { KnownFacts } from '../catalog/datasets.ts'

/** Facts from the number of pictures of each class. */
export function factsOfCounts(counts: readonly number[]): KnownFacts {
  let images = 0
  let smallestClass = Infinity
  let largestClass = 0
  for (const count of counts) {
    images += count
    smallestClass = Math.min(smallestClass, count)
    largestClass = Math.max(largestClass, count)
  }
  return {
    classes: counts.length,
    images,
    smallestClass,
    largestClass,
    shape: null,
    hasGivenSplit: false,
    givenTraining: null,
  }
}
