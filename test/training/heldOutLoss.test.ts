import { describe, expect, test } from 'vitest'
import { heldOutLoss } from '../../server/training/heldOutLoss.ts'
import { spec } from '../store/helpers.ts'

const lesson = { mining: { strategy: 'batch-all' as const }, margin: 0.2 }
const plain = {
  ...spec,
  batch: { classes: 2, samplesPerClass: 2 },
  loss: { ...spec.loss, normalize: false, distance: 'euclidean' as const, reducer: 'mean' as const },
}
/** Numbers on a line, one a picture. */
const codes = (values: readonly number[], labels: readonly number[]) => ({
  embeddings: Float32Array.from(values),
  labels: Int32Array.from(labels),
  count: values.length,
  size: 1,
})

describe('heldOutLoss', () => {
  test('is the mean over batches of the triplets that a loop finds', () => {
    // Two pictures of two classes: every batch holds all of them, in some order.
    const [values, labels] = [
      [0, 0.3, 0.35, 1],
      [0, 0, 1, 1],
    ]
    const losses: number[] = []
    for (let a = 0; a < 4; a++)
      for (let p = 0; p < 4; p++)
        for (let n = 0; n < 4; n++)
          if (a !== p && labels[a] === labels[p] && labels[a] !== labels[n])
            losses.push(Math.max(0, Math.abs(values[a] - values[p]) - Math.abs(values[a] - values[n]) + 0.2))
    const found = heldOutLoss(plain, lesson, codes(values, labels))
    expect(found['test/loss']).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 5)
    expect(found['test/activeFraction']).toBeCloseTo(losses.filter(loss => loss > 0).length / losses.length, 6)
  })

  test('classes that are apart have none', () => {
    const found = heldOutLoss(plain, lesson, codes([0, 0.01, 9, 9.01], [0, 0, 1, 1]))
    expect(found).toEqual({ 'test/loss': 0, 'test/activeFraction': 0 })
  })

  test('takes fewer classes where there are fewer, and says nothing where none has two pictures', () => {
    const many = { ...plain, batch: { classes: 32, samplesPerClass: 4 } }
    expect(Object.keys(heldOutLoss(many, lesson, codes([0, 0.5, 1, 2], [0, 0, 1, 1])))).toHaveLength(2)
    expect(heldOutLoss(plain, lesson, codes([0, 1, 2], [0, 1, 2]))).toEqual({})
    expect(heldOutLoss(plain, lesson, codes([], []))).toEqual({})
  })

  test('the same pictures are drawn each time', () => {
    const pictures = codes(
      Array.from({ length: 40 }, (_, i) => Math.sin(i)),
      Array.from({ length: 40 }, (_, i) => i % 10),
    )
    expect(heldOutLoss(plain, lesson, pictures)).toEqual(heldOutLoss(plain, lesson, pictures))
  })
})
