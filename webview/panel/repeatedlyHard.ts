/** Pictures that stand among the hardest in one epoch after another: their label may be wrong. */
import type { HardTripletDetail } from '../../protocol/details.ts'

/** Epochs in which a picture must have been hard, at the least, and the share of the epochs looked at. */
const leastEpochs = 3
const leastShare = 0.5

/**
 * @param epochs the hardest triplets of each epoch looked at
 * @returns the number of epochs by picture, for those that are suspicious
 */
export function repeatedlyHard(epochs: readonly (readonly HardTripletDetail[])[]): Map<number, number> {
  const times = new Map<number, number>()
  for (const triplets of epochs) {
    const pictures = new Set(triplets.flatMap(({ anchor, positive, negative }) => [anchor, positive, negative]))
    for (const picture of pictures) times.set(picture, (times.get(picture) ?? 0) + 1)
  }
  const least = Math.max(leastEpochs, leastShare * epochs.length)
  return new Map([...times].filter(([, count]) => count >= least))
}
