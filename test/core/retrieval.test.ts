import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DistanceKind } from '../../server/core/distances/pairwise.ts'
import { recallDepths, retrieval, retrievalInBlocks } from '../../server/core/metrics/retrieval.ts'
import type { LabelledEmbeddings } from '../../server/core/metrics/labelledEmbeddings.ts'
import { Random } from '../../server/core/random.ts'
import { selectSmallest } from '../../server/core/select.ts'
import { type LabelledRows, distanceKinds, flat, normalRows } from './arbitraries.ts'
import { distance } from './oracles.ts'

function labelled(data: LabelledRows): LabelledEmbeddings {
  const count = data.labels.length
  return {
    embeddings: flat(data.rows),
    labels: Int32Array.from(data.labels),
    count,
    size: count === 0 ? 1 : data.rows[0].length,
  }
}

/** By sorting the whole list of each query; equal distances with the irrelevant first. */
function bySorting(queries: LabelledRows, gallery: LabelledRows | null, kind: DistanceKind) {
  const references = gallery ?? queries
  const perQuery = queries.rows.flatMap((row, q) => {
    const ranked = references.rows
      .map((other, i) => ({ i, d: distance(row, other, kind), hit: references.labels[i] === queries.labels[q] }))
      .filter(({ i }) => gallery !== null || i !== q)
      .sort((x, y) => x.d - y.d || Number(x.hit) - Number(y.hit))
      .map(({ hit }) => hit)
    const R = ranked.filter(Boolean).length
    if (R === 0) return []
    let hits = 0
    let precisions = 0
    for (let i = 0; i < R; i++) if (ranked[i]) precisions += ++hits / (i + 1)
    return [
      {
        recall: recallDepths.map(k => Number(ranked.slice(0, k).some(Boolean))),
        rPrecision: hits / R,
        mapAtR: precisions / R,
      },
    ]
  })
  const mean = (of: (query: (typeof perQuery)[number]) => number) =>
    perQuery.length === 0 ? NaN : perQuery.reduce((sum, query) => sum + of(query), 0) / perQuery.length
  return {
    queries: perQuery.length,
    recall: recallDepths.map((_, k) => mean(query => query.recall[k])),
    rPrecision: mean(query => query.rPrecision),
    mapAtR: mean(query => query.mapAtR),
  }
}

const rows: fc.Arbitrary<LabelledRows> = fc.integer({ min: 0, max: 40 }).chain(n =>
  fc.record({
    // Multiples of 1/4: squared distances are exact in both computations, and ties are common.
    rows: fc.array(
      fc.array(
        fc.integer({ min: -4, max: 4 }).map(x => x / 4),
        { minLength: 3, maxLength: 3 },
      ),
      { minLength: n, maxLength: n },
    ),
    labels: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: n, maxLength: n }),
  }),
)

describe('retrieval', () => {
  test('equals sorting every list, among the queries and in a gallery, ties included', () => {
    fc.assert(
      fc.property(
        rows,
        fc.option(rows),
        fc.constantFrom<DistanceKind>('euclidean', 'squared-euclidean'),
        (queries, gallery, kind) => {
          const found = retrieval(
            { ...labelled(queries), size: 3 },
            { distance: kind, gallery: gallery === null ? null : { ...labelled(gallery), size: 3 } },
          )
          const expected = bySorting(queries, gallery, kind)
          expect(found.queries).toBe(expected.queries)
          const pairs: [number, number][] = [
            [found.precisionAt1, expected.recall[0]],
            [found.rPrecision, expected.rPrecision],
            [found.mapAtR, expected.mapAtR],
            ...recallDepths.map((k, i): [number, number] => [found.recallAt[k], expected.recall[i]]),
          ]
          for (const [actual, wanted] of pairs) {
            if (expected.queries === 0) expect(actual).toBeNaN()
            else expect(actual).toBeCloseTo(wanted, 12)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('equals sorting for cosine and for blocks of odd sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 90 }),
        fc.integer({ min: 1, max: 9 }),
        distanceKinds,
        fc.nat(),
        (n, d, kind, seed) => {
          const random = Random.fromSeed(seed)
          const data = {
            rows: normalRows(random, n, d + 1, false),
            labels: Array.from({ length: n }, () => random.below(5)),
          }
          const found = retrieval(labelled(data), { distance: kind, gallery: null })
          const expected = bySorting(data, null, kind)
          if (expected.queries > 0) expect(found.mapAtR).toBeCloseTo(expected.mapAtR, 10)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a perfect and a collapsed embedding', () => {
    const labels = [0, 0, 0, 1, 1, 1]
    const perfect = labelled({ rows: labels.map((label, i) => [label * 10, i / 100]), labels })
    expect(retrieval(perfect, { distance: 'euclidean', gallery: null })).toEqual({
      queries: 6,
      precisionAt1: 1,
      recallAt: { 1: 1, 2: 1, 4: 1, 8: 1 },
      rPrecision: 1,
      mapAtR: 1,
      perClass: [0, 1].map(label => ({ label, queries: 3, precisionAt1: 1, rPrecision: 1, mapAtR: 1 })),
    })
    const collapsed = labelled({ rows: labels.map(() => [1, 1]), labels })
    expect(retrieval(collapsed, { distance: 'euclidean', gallery: null })).toMatchObject({ precisionAt1: 0, mapAtR: 0 })
  })

  test('class by class it is the same as asking for the queries of that class alone', () => {
    const random = Random.fromSeed(12)
    const all = { rows: normalRows(random, 40, 3, false), labels: Array.from({ length: 40 }, () => random.below(4)) }
    const gallery = labelled({
      rows: normalRows(random, 30, 3, false),
      labels: Array.from({ length: 30 }, (_, i) => i % 4),
    })
    const { perClass } = retrieval(labelled(all), { distance: 'euclidean', gallery })
    expect(perClass.map(({ label }) => label)).toEqual([0, 1, 2, 3])
    for (const { label, queries, precisionAt1, rPrecision, mapAtR } of perClass) {
      const mine = [...all.labels.keys()].filter(i => all.labels[i] === label)
      const alone = { rows: mine.map(i => all.rows[i]), labels: mine.map(() => label) }
      const expected = retrieval(labelled(alone), { distance: 'euclidean', gallery })
      expect(queries).toBe(mine.length)
      expect(precisionAt1).toBeCloseTo(expected.precisionAt1, 12)
      expect(rPrecision).toBeCloseTo(expected.rPrecision, 12)
      expect(mapAtR).toBeCloseTo(expected.mapAtR, 12)
    }
  })

  test('reports progress block by block', () => {
    const data = labelled({
      rows: normalRows(Random.fromSeed(1), 50, 3, false),
      labels: Array.from({ length: 50 }, (_, i) => i % 5),
    })
    const done = [...retrievalInBlocks(data, { distance: 'euclidean', gallery: null })]
    expect(done.at(-1)).toBe(50)
    expect(done.length).toBeGreaterThan(1)
  })

  test('sizes that do not agree are refused', () => {
    const a = labelled({ rows: [[1, 2]], labels: [0] })
    const b = labelled({ rows: [[1, 2, 3]], labels: [0] })
    expect(() => retrieval(a, { distance: 'euclidean', gallery: b })).toThrow(RangeError)
    expect(() => retrieval({ ...a, count: 2 }, { distance: 'euclidean', gallery: null })).toThrow(RangeError)
  })
})

test('selection finds the k smallest', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 }),
      fc.nat(),
      (numbers, pick) => {
        const k = (pick % numbers.length) + 1
        const values = Float64Array.from(numbers)
        const ascending = Float64Array.from(numbers).sort()
        expect(selectSmallest(values, values.length, k)).toBe(ascending[k - 1])
        expect([...values.subarray(0, k).toSorted()]).toEqual([...ascending.subarray(0, k)])
      },
    ),
  )
  expect(() => selectSmallest(new Float64Array(2), 2, 0)).toThrow(RangeError)
  expect(() => selectSmallest(new Float64Array(2), 2, 3)).toThrow(RangeError)
})
