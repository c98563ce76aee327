import { expect, test } from 'vitest'
import { repeatedlyHard } from '../../webview/panel/repeatedlyHard.ts'

const triplet = (anchor: number, positive: number, negative: number) => ({
  step: 1,
  anchor,
  positive,
  negative,
  ap: 1,
  an: 0.5,
})

test('pictures that are hard in most epochs are suspicious, once an epoch', () => {
  const epochs = [[triplet(1, 2, 3), triplet(1, 4, 5)], [triplet(1, 6, 7)], [triplet(8, 1, 9)], [triplet(10, 11, 12)]]
  expect([...repeatedlyHard(epochs)]).toEqual([[1, 3]])
})

test('two epochs are too few to suspect anybody', () => {
  expect(repeatedlyHard([[triplet(1, 2, 3)], [triplet(1, 2, 3)]]).size).toBe(0)
})
