/** Evaluations whose products come in single precision, from outside of the core, give what they give without. */
import { describe, expect, test } from 'vitest'
import type { MatrixProduct } from '../../server/core/metrics/approximateScores.ts'
import { identification } from '../../server/core/metrics/identification.ts'
import { kMeansInSteps } from '../../server/core/metrics/kMeans.ts'
import type { LabelledEmbeddings } from '../../server/core/metrics/labelledEmbeddings.ts'
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import { Random } from '../../server/core/random.ts'

/** Adds up in single precision, in another order than the core does. */
const singlePrecision: MatrixProduct = (x, y, m, n, k, into) => {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let l = k - 1; l >= 0; l--) sum = Math.fround(sum + Math.fround(x[i * k + l] * y[j * k + l]))
      into[i * n + j] = sum
    }
}

/** Classes of very different sizes around centres, as single precision; some rows are there twice, some nearly. */
function clusters(seed: number, count: number, size: number, spread: number): LabelledEmbeddings {
  const random = Random.fromSeed(seed)
  const centres = Float32Array.from({ length: 12 * size }, () => random.uniform() - 0.5)
  const labels = Int32Array.from({ length: count }, () => Math.floor(12 * random.uniform() ** 3))
  const embeddings = Float32Array.from(
    { length: count * size },
    (_, i) => centres[labels[Math.floor(i / size)] * size + (i % size)] + spread * (random.uniform() - 0.5),
  )
  for (let i = 3; i < count; i += 7) embeddings.copyWithin(i * size, (i - 3) * size, (i - 2) * size)
  for (let i = 5; i < count; i += 11) {
    embeddings.copyWithin(i * size, (i - 2) * size, (i - 1) * size)
    embeddings[i * size] += 1e-7
  }
  return { embeddings, labels, count, size }
}

const labels = Int32Array.from({ length: 40 }, (_, i) => i % 4)
const of = (value: (i: number) => number): LabelledEmbeddings => ({
  embeddings: Float32Array.from({ length: 120 }, (_, i) => value(i)),
  labels,
  count: 40,
  size: 3,
})
/** A collapsed embedding, zeros, numbers that are none or too large, and nothing at all. */
const oddities = [of(() => 0.3), of(() => 0), of(i => (i === 50 ? NaN : i % 5)), of(i => (i % 9) * 1e30)]
const nothing = { ...of(() => 1), count: 0 }

describe('retrieval with products in single precision', () => {
  test.each(['euclidean', 'squared-euclidean', 'cosine'] as const)('has the same scores to the last bit: %s', kind => {
    for (const [spread, count] of [
      [0, 300],
      [0.3, 300],
      [2, 300],
      [1, 2500],
    ]) {
      const all = clusters(1, count, 9, spread)
      const gallery = clusters(2, count + 40, 9, spread)
      for (const options of [{ gallery: null }, { gallery }].map(one => ({ ...one, distance: kind }))) {
        const queries = { ...all, count: Math.min(count, 300) }
        const asked = options.gallery === null ? all : queries
        expect(retrieval(asked, { ...options, product: singlePrecision }), `${spread}`).toEqual(
          retrieval(asked, options),
        )
      }
    }
  })

  test.each(['euclidean', 'cosine'] as const)('also of odd embeddings: %s', distance => {
    for (const data of [...oddities, nothing])
      expect(retrieval(data, { distance, gallery: null, product: singlePrecision })).toEqual(
        retrieval(data, { distance, gallery: null }),
      )
  })
})

describe('identification with products in single precision', () => {
  test.each(['euclidean', 'squared-euclidean', 'cosine'] as const)('is the same to the last bit: %s', kind => {
    for (const [spread, count] of [
      [0, 300],
      [0.3, 300],
      [2, 300],
      [1, 1500],
    ]) {
      const pictures = clusters(1, count, 9, spread)
      expect(identification(pictures, kind, singlePrecision), `${spread}`).toBe(identification(pictures, kind))
    }
    for (const data of [...oddities, nothing])
      expect(identification(data, kind, singlePrecision)).toEqual(identification(data, kind))
  })
})

describe('k-means with products in single precision', () => {
  const found = ({ embeddings, count, size }: LabelledEmbeddings, k: number, product: MatrixProduct | null) => {
    const steps = kMeansInSteps(embeddings, count, size, k, Random.fromSeed(5), 20, product)
    let step = steps.next()
    while (step.done !== true) step = steps.next()
    return step.value
  }

  test('makes the same clusters', () => {
    for (const [spread, count, k] of [
      [0, 300, 12],
      [0.3, 300, 12],
      [2, 300, 40],
      [1, 1500, 100],
    ]) {
      const rows = clusters(3, count, 9, spread)
      expect(found(rows, k, singlePrecision), `${spread}`).toEqual(found(rows, k, null))
    }
    for (const rows of oddities) expect(found(rows, 4, singlePrecision)).toEqual(found(rows, 4, null))
  })
})
