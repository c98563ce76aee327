import { describe, expect, it } from 'vitest'
import { bitsAt, dropoutMask, fillNormal, streamKey } from '../../../server/training/models/counterRandom.ts'

describe('random numbers by position', () => {
  it('have the mean, spread and tails of a normal distribution', () => {
    const values = new Float32Array(100_001)
    fillNormal(values, streamKey(7, 'test'), 2)
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(4, 1)
    expect(values.filter(x => Math.abs(x) > 4).length / values.length).toBeCloseTo(0.0455, 2)
  })

  it('are not correlated between neighbours or streams', () => {
    const a = streamKey(1, 'a')
    const b = streamKey(1, 'b')
    let neighbours = 0
    let streams = 0
    const n = 50_000
    const at = (key: number, i: number): number => bitsAt(key, i) / 2 ** 32 - 0.5
    for (let i = 0; i < n; i++) {
      neighbours += at(a, i) * at(a, i + 1)
      streams += at(a, i) * at(b, i)
    }
    // Variance of a product of two uniforms is 1/144: four standard errors.
    expect(Math.abs(neighbours / n)).toBeLessThan(4 / 12 / Math.sqrt(n))
    expect(Math.abs(streams / n)).toBeLessThan(4 / 12 / Math.sqrt(n))
  })
})

describe('a dropout mask', () => {
  it('drops the given share, keeps the mean, and changes with the step only', () => {
    const at = (step: number): Float32Array => {
      const mask = new Float32Array(20_000)
      dropoutMask(mask, 1, 4, step, 0.3)
      return mask
    }
    const mask = at(0)
    expect(mask.filter(x => x === 0).length / mask.length).toBeCloseTo(0.3, 1)
    expect(mask.reduce((sum, x) => sum + x, 0) / mask.length).toBeCloseTo(1, 1)
    expect(at(0)).toEqual(mask)
    expect(at(1)).not.toEqual(mask)
  })
})
