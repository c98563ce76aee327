import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distanceBetween, neighbours, type Codes } from '../../webview/embedding/distance.ts'
import { placeOnScreen, pointAt, startView } from '../../webview/embedding/mapView.ts'
import { allPairs, countUpTo, decide, histogramsOf, roc } from '../../webview/embedding/pairs.ts'
import { pca } from '../../webview/embedding/pca.ts'
import { Projector } from '../../webview/embedding/projection.ts'

const codesOf = (rows: readonly (readonly number[])[]): Codes => ({
  data: Float32Array.from(rows.flat()),
  count: rows.length,
  size: rows.length === 0 ? 0 : rows[0].length,
})
const value = fc.float({ min: -4, max: 4, noNaN: true })
const someCodes = fc
  .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 5 }))
  .chain(([count, size]) =>
    fc.tuple(
      fc.array(fc.array(value, { minLength: size, maxLength: size }), { minLength: count, maxLength: count }),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count }),
    ),
  )

describe('distances', () => {
  const codes = codesOf([
    [0, 0],
    [3, 4],
    [0, 2],
  ])
  test('are those of the settings', () => {
    expect(distanceBetween(codes, 0, 1, 'euclidean')).toBe(5)
    expect(distanceBetween(codes, 0, 1, 'squared-euclidean')).toBe(25)
    expect(distanceBetween(codes, 1, 2, 'cosine')).toBeCloseTo(1 - 4 / 5)
    expect(distanceBetween(codes, 0, 1, 'cosine')).toBe(1)
  })

  test('order the neighbours', () => {
    expect(neighbours(codes, 0, 5, 'euclidean').map(one => one.index)).toEqual([2, 1])
  })
})

describe('pca', () => {
  test('puts the direction of the largest spread first and keeps distances of flat data', () => {
    const rows = Array.from({ length: 50 }, (_, i) => [Math.cos(i) * 10, Math.sin(i) * 2, 0, 5])
    const projected = pca(codesOf(rows))
    const spread = (k: number) => Math.max(...rows.map((_, i) => Math.abs(projected[i * 3 + k])))
    expect(spread(0)).toBeGreaterThan(8)
    expect(spread(1)).toBeGreaterThan(1.5)
    expect(spread(2)).toBeLessThan(1e-3)
    const between = Math.hypot(projected[0] - projected[3], projected[1] - projected[4])
    expect(between).toBeCloseTo(Math.hypot(rows[0][0] - rows[1][0], rows[0][1] - rows[1][1]), 3)
  })

  test('turns like an earlier map', () => {
    const codes = codesOf(Array.from({ length: 20 }, (_, i) => [i, (i * 7) % 5, (i * 3) % 4]))
    const mirrored = pca(codes).map(coordinate => -coordinate)
    const again = pca(codes, mirrored)
    for (let i = 0; i < again.length; i++) expect(again[i]).toBeCloseTo(mirrored[i], 4)
  })

  test('of codes that are all the same is one point', () => {
    for (const coordinate of pca(
      codesOf([
        [1, 2],
        [1, 2],
        [1, 2],
      ]),
    ))
      expect(coordinate).toBe(0)
  })
})

describe('pairs', () => {
  test('a threshold decides as counting by hand does', () => {
    fc.assert(
      fc.property(someCodes, fc.double({ min: 0, max: 10, noNaN: true }), ([rows, labels], threshold) => {
        const codes = codesOf(rows)
        const pairs = allPairs(codes, labels, 'euclidean')
        let [wrong, missed, same, different] = [0, 0, 0, 0]
        for (let a = 0; a < codes.count; a++)
          for (let b = a + 1; b < codes.count; b++) {
            const accepted = distanceBetween(codes, a, b, 'euclidean') <= threshold
            if (labels[a] === labels[b]) {
              same++
              if (!accepted) missed++
            } else {
              different++
              if (accepted) wrong++
            }
          }
        expect(decide(pairs, threshold)).toEqual({
          falseAccepts: wrong / Math.max(1, different),
          falseRejects: missed / Math.max(1, same),
        })
        expect([...pairs.distances]).toEqual([...pairs.distances].sort((x, y) => x - y))
      }),
    )
  })

  test('the area under the ROC is the chance that a same pair is closer, ties counting half', () => {
    fc.assert(
      fc.property(someCodes, ([rows, labels]) => {
        const pairs = allPairs(codesOf(rows), labels, 'squared-euclidean')
        if (pairs.sameCount === 0 || pairs.differentCount === 0) return
        const of = (kind: number) => [...pairs.distances].filter((_, i) => pairs.same[i] === kind)
        let wins = 0
        for (const same of of(1)) for (const other of of(0)) wins += same < other ? 1 : same === other ? 0.5 : 0
        expect(roc(pairs).area).toBeCloseTo(wins / (pairs.sameCount * pairs.differentCount), 6)
      }),
    )
  })

  test('perfect codes have no error', () => {
    const pairs = allPairs(codesOf([[0], [0.1], [5], [5.1]]), [0, 0, 1, 1], 'euclidean')
    const curve = roc(pairs)
    expect(curve.area).toBe(1)
    expect(curve.equalErrorRate).toBe(0)
    expect(decide(pairs, curve.equalErrorThreshold)).toEqual({ falseAccepts: 0, falseRejects: 0 })
  })

  test('histograms count every pair once', () => {
    const pairs = allPairs(codesOf([[0], [1], [2], [9]]), [0, 0, 1, 1], 'euclidean')
    const { same, different } = histogramsOf(pairs, 9)
    const sum = (counts: readonly number[]) => counts.reduce((total, one) => total + one, 0)
    expect([sum(same.counts), sum(different.counts)]).toEqual([2, 4])
    expect(same.high).toBe(9)
    expect(countUpTo(pairs.distances, 1)).toBe(2)
  })
})

describe('the map', () => {
  test('fills the view whatever the scale of the codes', () => {
    const placed = placeOnScreen(Float32Array.of(-1e6, 0, 0, 1e6, 0, 0), startView, 400, 200)
    expect(placed[0]).toBeCloseTo(200 - 92)
    expect(placed[3]).toBeCloseTo(200 + 92)
  })

  test('turned by a quarter, depth becomes width', () => {
    const placed = placeOnScreen(Float32Array.of(0, 0, -1, 0, 0, 1), { ...startView, yaw: Math.PI / 2 }, 200, 200)
    expect(placed[0]).toBeCloseTo(8)
    expect(placed[3]).toBeCloseTo(192)
  })

  test('finds the point under the pointer, and none far away', () => {
    const placed = Float32Array.of(10, 10, 0, 50, 50, 0)
    expect(pointAt(placed, 48, 52, 16)).toBe(1)
    expect(pointAt(placed, 150, 150, 16)).toBe(-1)
  })

  test('UMAP settles in small portions, the same way each time', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 0 : 8, Math.sin(i), Math.cos(i * 2)])
    const settle = () => {
      const projector = new Projector()
      const codes = codesOf(rows)
      while (projector.project(codes, 'umap', 2).done < 1) projector.work()
      return [...projector.project(codes, 'umap', 2).points]
    }
    const points = settle()
    expect(points.every(Number.isFinite)).toBe(true)
    expect(points).toEqual(settle())
  })
})
