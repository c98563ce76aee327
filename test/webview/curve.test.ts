import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Curve } from '../../webview/data/curve.ts'

describe('Curve', () => {
  test('holds what is appended, once and in order', () => {
    const curve = new Curve()
    curve.append([1, 2, 3], [0.5, 0.4, 0.3])
    curve.append([2, 3, 4], [9, 9, 0.2])
    expect([...curve.steps]).toEqual([1, 2, 3, 4])
    expect([...curve.values]).toEqual([0.5, 0.4, 0.3, 0.2])
    expect(curve.lastStep).toBe(4)
    expect(curve.last).toBe(0.2)
  })

  test('an empty curve has no last point', () => {
    const curve = new Curve()
    expect(curve.lastStep).toBe(-1)
    expect(curve.last).toBeUndefined()
    expect(curve.indexAt(10)).toBe(-1)
  })

  test('indexAt finds the last point at or before a step', () => {
    const curve = new Curve()
    curve.append([10, 20, 30], [1, 2, 3])
    expect([5, 10, 19, 20, 30, 99].map(step => curve.indexAt(step))).toEqual([-1, 0, 0, 1, 2, 2])
  })

  test('stays within its capacity over a long run and keeps every spike', () => {
    const capacity = 256
    const curve = new Curve(capacity)
    const spikes = new Map([
      [7, 100],
      [50_000, -100],
      [99_999, 200],
    ])
    for (let step = 0; step < 100_000; step++) curve.append([step], [spikes.get(step) ?? Math.sin(step)])
    expect(curve.length).toBeLessThanOrEqual(capacity)
    for (const [step, value] of spikes) expect(curve.values[curve.indexAt(step)]).toBe(value)
  })

  test('keeps its resolution even from the first to the last step', () => {
    const curve = new Curve(512)
    for (let step = 0; step < 200_000; step++) curve.append([step], [Math.sin(step * step)])
    const gaps = [...curve.steps].slice(1).map((step, i) => step - (curve.steps[i] ?? 0))
    expect(Math.max(...gaps)).toBeLessThan((200_000 / 128) * 4)
  })

  test('its means are those of all points, however many were left out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 400 }),
        values => {
          const curve = new Curve(64)
          for (const [step, value] of values.entries()) curve.append([step], [value])
          const { steps, values: means, weights } = curve.means
          const sum = (of: Iterable<number>) => [...of].reduce((total, one) => total + one, 0)
          expect(steps.length).toBeLessThanOrEqual(16)
          expect(sum(weights)).toBe(values.length)
          expect(sum(means.map((mean, i) => mean * weights[i]))).toBeCloseTo(sum(values), 6)
          for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1])
        },
      ),
    )
  })

  test('means come from the store where it left points out, and go on with the points after them', () => {
    const curve = new Curve()
    const means = { steps: [2, 5], values: [1, 3], weights: [3, 2] }
    curve.appendSeries({ metric: 'loss', steps: [1, 3, 5, 6], values: [0, 2, 4, 2], means })
    curve.append([6, 7], [9, 8])
    expect([...curve.means.steps]).toEqual([2, 5, 7])
    expect([...curve.means.values]).toEqual([1, 3, 8])
    expect([...curve.means.weights]).toEqual([3, 2, 1])
    expect([...curve.values]).toEqual([0, 2, 4, 2, 8])
  })

  test('every point held was appended', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 400 }), values => {
        const curve = new Curve(64)
        for (const [step, value] of values.entries()) curve.append([step], [value])
        for (let i = 0; i < curve.length; i++) expect(curve.values[i]).toBe(values[curve.steps[i] ?? -1])
      }),
    )
  })
})
