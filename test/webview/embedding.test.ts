import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distanceBetween, neighbours, type Codes } from '../../webview/embedding/distance.ts'
import { placeOnScreen, pointAt, startView } from '../../webview/embedding/mapView.ts'
import { allPairs, countUpTo, decide, histogramsOf, roc } from '../../webview/embedding/pairs.ts'
import { pca } from '../../webview/embedding/pca.ts'
import { Projector } from '../../webview/embedding/projection.ts'
import { UmapLayout } from '../../webview/embedding/umapLayout.ts'

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

  const twoGroups = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 0 : 8, Math.sin(i), Math.cos(i * 2)])

  test('UMAP settles in small portions, the same way each time, and keeps groups apart', () => {
    const settle = () => {
      const layout = new UmapLayout(codesOf(twoGroups), 2)
      let time = 0
      for (let portions = 0; layout.done < 1; portions++) {
        expect(portions).toBeLessThan(10_000)
        layout.settle(1, () => (time += 0.4))
      }
      return [...layout.points]
    }
    const points = settle()
    expect(points.every(Number.isFinite)).toBe(true)
    expect(points).toEqual(settle())
    const xOf = (i: number) => points.slice(i * 3, i * 3 + 2)
    const far = (a: number, b: number) => Math.hypot(xOf(a)[0] - xOf(b)[0], xOf(a)[1] - xOf(b)[1])
    let [within, between] = [0, 0]
    for (let a = 0; a < 40; a++)
      for (let b = 0; b < a; b++)
        if (a % 2 === b % 2) within += far(a, b) / 380
        else between += far(a, b) / 400
    expect(between).toBeGreaterThan(2 * within)
  })

  test('a map shows PCA until UMAP has points, and drops what an ended job still sends', () => {
    const jobs: { send: (message: unknown) => void; stopped: boolean }[] = []
    let changes = 0
    const projector = new Projector(
      () => changes++,
      (_codes, _dimensions, send) => {
        const job = { send, stopped: false }
        jobs.push(job)
        return () => (job.stopped = true)
      },
    )
    const codes = codesOf(twoGroups)
    const atOnce = projector.project(codes, 'pca', 2)
    expect(projector.isBusy).toBe(false)
    expect(projector.project(codes, 'umap', 2)).toEqual({ points: atOnce.points, done: 0 })
    const points = new Float32Array(120).fill(3)
    jobs[0].send({ points, done: 0.5 })
    expect([changes, projector.project(codes, 'umap', 2)]).toEqual([1, { points, done: 0.5 }])
    expect(projector.isBusy).toBe(true)
    jobs[0].send({ points, done: 1 })
    expect(projector.isBusy).toBe(false)
    projector.project(codes, 'umap', 3)
    expect([jobs.length, jobs[0].stopped]).toEqual([2, true])
    expect(() => jobs[1].send({ points: [1], done: 1 })).toThrow()
    expect(projector.isBusy).toBe(true)
    projector.rest()
    expect(projector.isBusy).toBe(false)
  })
})
