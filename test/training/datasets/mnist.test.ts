import { describe, expect, it } from 'vitest'
import { openDataset } from '../../../server/training/datasets/open.ts'
import { splitDataset } from '../../../server/training/datasets/split.ts'

const workspace = import.meta.dirname

describe('mnist', () => {
  it('has the published sizes, its own test set, and the digits where they belong', async () => {
    const dataset = await openDataset({ kind: 'mnist' }, { size: null, channels: null }, { workspace })
    expect(dataset.shape).toEqual({ height: 28, width: 28, channels: 1 })
    expect(dataset.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    const split = splitDataset(dataset, { by: 'given', test: 0.5, seed: 1 })
    expect(split.train).toHaveLength(60_000)
    expect(split.test).toHaveLength(10_000)
    // The first labels of both files, as everybody's copy has them.
    expect([...dataset.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    expect([...dataset.labels.subarray(60_000, 60_010)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])

    const picture = new Float32Array(28 * 28)
    let sum = 0
    for (let index = 0; index < 2000; index++) {
      await dataset.read(Int32Array.of(index), picture)
      sum += picture.reduce((a, b) => a + b, 0)
    }
    // The mean of the whole training set is 0.1307.
    expect(sum / (2000 * 28 * 28)).toBeCloseTo(0.1307, 2)
    expect(dataset.describe(60_003)).toBe('t10k-images-idx3-ubyte #3')
    dataset.close()
  })

  it('is brought to another size and to colour', async () => {
    const dataset = await openDataset({ kind: 'mnist' }, { size: 14, channels: 3 }, { workspace })
    expect(dataset.shape).toEqual({ height: 14, width: 14, channels: 3 })
    const picture = new Float32Array(2 * 14 * 14 * 3)
    await dataset.read(Int32Array.of(0, 60_000), picture)
    for (let i = 0; i < picture.length; i += 3) {
      expect(picture[i]).toBe(picture[i + 1])
      expect(picture[i]).toBe(picture[i + 2])
    }
    expect(Math.max(...picture)).toBeGreaterThan(0.8)
    dataset.close()
  })
})
