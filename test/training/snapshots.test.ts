import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../server/training/datasets/dataset.ts'
import { chooseSample, hardestPictures, picturesDetail, sampleDetail } from '../../server/training/snapshots.ts'

function dataset(height: number, width: number, channels: number, value: (index: number) => number): Dataset {
  return {
    name: 'test',
    fingerprint: '',
    shape: { height, width, channels },
    classNames: ['ant', 'bee', 'cat'],
    labels: Int32Array.of(2, 0, 1, 2),
    classGroups: null,
    given: null,
    skipped: [],
    read(indices, into) {
      for (const [i, index] of indices.entries())
        into.fill(value(index), i * height * width * channels, (i + 1) * height * width * channels)
      return Promise.resolve()
    },
    describe: index => `picture ${index}`,
    close: () => undefined,
  }
}

describe('the sample', () => {
  test('takes classes with company, whole, up to its size', () => {
    const labels = Int32Array.from({ length: 5000 }, (_, i) => Math.floor(i / 7))
    const sample = chooseSample(labels)
    expect(sample.length).toBeGreaterThan(300)
    expect(sample.length).toBeLessThanOrEqual(400)
    const counts = Map.groupBy([...sample], position => labels[position])
    for (const members of counts.values()) expect(members).toHaveLength(7)
    // From the first classes to the last.
    expect(Math.max(...counts.keys())).toBeGreaterThan(600)
  })

  test('leaves out classes with a single picture and takes at most ten of a class', () => {
    expect([...chooseSample(Int32Array.of(0, 1, 1, 2))]).toEqual([1, 2])
    expect(chooseSample(new Int32Array(100))).toHaveLength(10)
    expect(chooseSample(new Int32Array(0))).toHaveLength(0)
  })

  test('its embeddings are those of its pictures', () => {
    const queries = { embeddings: Float32Array.of(1, 2, 3, 4, 5, 6), labels: Int32Array.of(0, 0, 1), count: 3, size: 2 }
    const { embeddings, size } = sampleDetail(4, queries, Int32Array.of(2, 0))
    const bytes = Buffer.from(embeddings, 'base64')
    expect(size).toBe(2)
    expect([0, 4, 8, 12].map(at => bytes.readFloatLE(at))).toEqual([5, 6, 1, 2])
  })
})

describe('kept pictures', () => {
  test('are bytes, with names and classes', async () => {
    const detail = await picturesDetail(
      dataset(2, 3, 1, index => index / 4),
      Int32Array.of(3, 1),
    )
    expect(detail).toMatchObject({ height: 2, width: 3, channels: 1, indices: [3, 1], classNames: ['cat', 'ant'] })
    expect(detail.classes).toEqual([0, 1])
    expect(detail.names).toEqual(['picture 3', 'picture 1'])
    expect([...Buffer.from(detail.pixels, 'base64')]).toEqual([191, 191, 191, 191, 191, 191, 64, 64, 64, 64, 64, 64])
  })

  test('are shrunk by whole factors when large', async () => {
    const detail = await picturesDetail(
      dataset(100, 50, 3, () => 0.5),
      Int32Array.of(0),
    )
    expect([detail.height, detail.width]).toEqual([34, 17])
    expect(new Set(Buffer.from(detail.pixels, 'base64'))).toEqual(new Set([128]))
  })

  test('of hardest triplets come once each', async () => {
    const triplet = { step: 1, anchor: 0, positive: 3, negative: 1, ap: 1, an: 0.5 }
    const detail = await hardestPictures(
      dataset(2, 2, 1, () => 0),
      [triplet, { ...triplet, anchor: 3, positive: 0 }],
    )
    expect(detail.indices).toEqual([0, 3, 1])
  })
})
