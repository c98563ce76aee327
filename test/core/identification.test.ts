import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DistanceKind } from '../../server/core/distances/pairwise.ts'
import { identification } from '../../server/core/metrics/identification.ts'
import type { LabelledEmbeddings } from '../../server/core/metrics/labelledEmbeddings.ts'
import { retrieval } from '../../server/core/metrics/retrieval.ts'
import { type LabelledRows, flat } from './arbitraries.ts'
import { distance } from './oracles.ts'

const labelled = ({ rows, labels }: LabelledRows): LabelledEmbeddings => ({
  embeddings: flat(rows),
  labels: Int32Array.from(labels),
  count: labels.length,
  size: 2,
})

/** Every gallery, one after the other: what the formula expects, counted. */
function byEveryGallery({ rows, labels }: LabelledRows, kind: DistanceKind): number {
  const classes = [...new Set(labels)]
  const perQuery = labels.flatMap((label, query) => {
    const choices = classes.map(one => labels.flatMap((l, i) => (l === one && i !== query ? [i] : [])))
    if (choices[classes.indexOf(label)].length === 0) return []
    const galleries = choices.reduce<number[][]>((all, of) => all.flatMap(some => of.map(i => [...some, i])), [[]])
    const right = galleries.filter(gallery => {
      const d = (i: number) => distance(rows[query], rows[i], kind)
      const own = gallery.filter(i => labels[i] === label).map(d)[0]
      return gallery.every(i => labels[i] === label || d(i) > own)
    })
    return [right.length / galleries.length]
  })
  return perQuery.length === 0 ? NaN : perQuery.reduce((sum, share) => sum + share, 0) / perQuery.length
}

/** Multiples of 1/4: squared distances are exact in both computations, and ties are common. */
const coordinate = fc.integer({ min: -4, max: 4 }).map(x => x / 4)
const pictures: fc.Arbitrary<LabelledRows> = fc
  .array(fc.tuple(fc.tuple(coordinate, coordinate), fc.integer({ min: 0, max: 3 })), { maxLength: 11 })
  .map(all => ({ rows: all.map(([row]) => row), labels: all.map(([, label]) => label) }))

describe('identification from one picture of each class', () => {
  test.each(['euclidean', 'squared-euclidean'] as const)('is the mean over every gallery: %s', kind => {
    fc.assert(
      fc.property(pictures, data => {
        const expected = byEveryGallery(data, kind)
        const found = identification(labelled(data), kind)
        if (Number.isNaN(expected)) expect(found).toBeNaN()
        else expect(found).toBeCloseTo(expected, 12)
      }),
      { numRuns: 300 },
    )
  })

  test('is certain where classes are apart, and never where all pictures are one point', () => {
    const labels = [0, 0, 1, 1, 2, 2]
    const apart = labels.map(label => [label, 0.01 * label])
    expect(identification(labelled({ rows: apart, labels }), 'euclidean')).toBe(1)
    for (const kind of ['euclidean', 'squared-euclidean', 'cosine'] as const)
      expect(identification(labelled({ rows: labels.map(() => [1, 1]), labels }), kind)).toBe(0)
  })

  test('with two pictures of each class is R@1 of the pictures with one impostor', () => {
    const data = {
      rows: [
        [0, 0],
        [3, 0],
        [1, 0],
      ],
      labels: [5, 5, 7],
    }
    // Both of class 5 have the one of class 7 nearer; that one has no other picture of its own and is no query.
    expect(identification(labelled(data), 'euclidean')).toBe(0)
    expect(retrieval(labelled(data), { distance: 'euclidean', gallery: null }).precisionAt1).toBe(0)
  })

  test('is not a number where no class has two pictures', () => {
    expect(identification(labelled({ rows: [], labels: [] }), 'cosine')).toBeNaN()
    expect(
      identification(
        labelled({
          rows: [
            [0, 1],
            [1, 0],
          ],
          labels: [0, 1],
        }),
        'cosine',
      ),
    ).toBeNaN()
  })
})
