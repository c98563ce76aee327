import { expect, it } from 'vitest'
import { countHardEpochs, likelyMislabelled } from '../../server/training/hardPictures.ts'

const triplet = (anchor: number, positive: number, negative: number) => ({
  step: 1,
  anchor,
  positive,
  negative,
  ap: 1,
  an: 0,
})

it('counts a picture once an epoch, as anchor or positive', () => {
  let counts = countHardEpochs([], [triplet(1, 2, 3), triplet(4, 1, 3)])
  expect(counts).toEqual([
    [1, 1],
    [2, 1],
    [4, 1],
  ])
  counts = countHardEpochs(counts, [triplet(1, 5, 2)])
  expect(new Map(counts).get(1)).toBe(2)
  expect(new Map(counts).get(2)).toBe(1)
})

it('suspects what was hard in half of the epochs and in three at least, the most frequent first', () => {
  const counts: [number, number][] = [
    [7, 3],
    [8, 5],
    [9, 2],
  ]
  expect(likelyMislabelled(counts, 6, 1000)).toEqual([
    [8, 5],
    [7, 3],
  ])
  expect(likelyMislabelled(counts, 3, 1000)).toHaveLength(2)
  expect(likelyMislabelled(counts, 9, 1000)).toEqual([[8, 5]])
  // Among thirty pictures, some are always among the hardest.
  expect(likelyMislabelled(counts, 6, 30)).toEqual([])
})
