import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AugmentSpec } from '../../protocol/runSpec.ts'
import { Random } from '../../server/core/random.ts'
import { Augmenter } from '../../server/training/augment.ts'
import { noAugmentation } from '../fixtures/runSpec.ts'

const everything: AugmentSpec = {
  flip: true,
  shift: 3,
  rotate: 20,
  zoom: 0.3,
  color: 0.4,
  grayscale: 0.3,
  erase: 0.5,
  mirrorClasses: 0.5,
  turnClasses: 0.5,
  recolorClasses: 0.5,
  stretchClasses: 0.2,
  warpClasses: 1,
  joinClasses: 0.3,
}
const shape = { height: 9, width: 7, channels: 3 }
const size = 9 * 7 * 3

function pictures(count: number, seed = 1): Float32Array {
  const random = Random.fromSeed(seed)
  return Float32Array.from({ length: count * size }, () => random.uniform())
}

const apply = (spec: AugmentSpec, data: Float32Array, step: number, seed = 5): Float32Array => {
  const copy = data.slice()
  new Augmenter(spec, shape, seed).apply(copy, data.length / size, classes(data.length / size), step)
  return copy
}

/** As a sampler gives them: class after class. */
const classes = (count: number, each = 2): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => Math.floor(i / each))

const specs = fc.record({
  flip: fc.boolean(),
  shift: fc.integer({ min: 0, max: 12 }),
  rotate: fc.double({ min: 0, max: 180, noNaN: true }),
  zoom: fc.double({ min: 0, max: 1, noNaN: true }),
  color: fc.double({ min: 0, max: 1, noNaN: true }),
  grayscale: fc.double({ min: 0, max: 1, noNaN: true }),
  erase: fc.double({ min: 0, max: 1, noNaN: true }),
  mirrorClasses: fc.double({ min: 0, max: 1, noNaN: true }),
  turnClasses: fc.double({ min: 0, max: 1, noNaN: true }),
  recolorClasses: fc.double({ min: 0, max: 1, noNaN: true }),
  stretchClasses: fc.double({ min: 0, max: 1, noNaN: true }),
  warpClasses: fc.double({ min: 0, max: 12, noNaN: true }),
  joinClasses: fc.double({ min: 0, max: 1, noNaN: true }),
})

/** Rows of one channel, for comparing whole pictures. */
const pixel = (data: Float32Array, y: number, x: number, c = 0): number => data[(y * 7 + x) * 3 + c]

describe('augmentation', () => {
  it('changes nothing when nothing is asked for', () => {
    const data = pictures(4)
    expect(apply(noAugmentation, data, 3)).toEqual(data)
    expect(new Augmenter(noAugmentation, shape, 1).active).toBe(false)
    expect(new Augmenter({ ...noAugmentation, grayscale: 1 }, { ...shape, channels: 1 }, 1).active).toBe(false)
    expect(new Augmenter(everything, shape, 1).active).toBe(true)
  })

  it('keeps every value between 0 and 1, whatever the settings', () => {
    fc.assert(
      fc.property(specs, fc.integer(), fc.nat(), (spec, seed, step) => {
        const result = apply(spec, pictures(3), step, seed)
        for (const value of result) if (!(value >= -1e-6 && value <= 1 + 1e-6)) throw new Error(String(value))
      }),
    )
  })

  it('depends on seed and step alone: a resumed run sees the same pictures', () => {
    fc.assert(
      fc.property(specs, fc.nat({ max: 1e6 }), (spec, step) => {
        const data = pictures(3)
        const augmenter = new Augmenter(spec, shape, 5)
        for (const before of [1, 2]) augmenter.apply(data.slice(), 3, classes(3), before)
        const copy = data.slice()
        augmenter.apply(copy, 3, classes(3), step)
        expect(copy).toEqual(apply(spec, data, step))
      }),
    )
    const data = pictures(3)
    expect(apply(everything, data, 1)).not.toEqual(apply(everything, data, 2))
    expect(apply(everything, data, 1, 5)).not.toEqual(apply(everything, data, 1, 6))
  })

  it('mirrors about half of the pictures, exactly', () => {
    const data = pictures(200)
    const result = apply({ ...noAugmentation, flip: true }, data, 0)
    let mirrored = 0
    for (let i = 0; i < 200; i++) {
      const before = data.subarray(i * size, (i + 1) * size)
      const after = result.subarray(i * size, (i + 1) * size)
      const flipped = after.some((value, k) => value !== before[k])
      if (flipped) mirrored++
      for (let y = 0; y < 9; y++)
        for (let x = 0; x < 7; x++) expect(pixel(after, y, x)).toBe(pixel(before, y, flipped ? 6 - x : x))
    }
    expect(mirrored).toBeGreaterThan(70)
    expect(mirrored).toBeLessThan(130)
  })

  it('shifts by whole pixels up to the limit, repeating the edge', () => {
    const data = pictures(300)
    const result = apply({ ...noAugmentation, shift: 2 }, data, 0)
    const seen = new Set<string>()
    for (let i = 0; i < 300; i++) {
      const before = data.subarray(i * size, (i + 1) * size)
      const after = result.subarray(i * size, (i + 1) * size)
      const fits = [-2, -1, 0, 1, 2].flatMap(dy =>
        [-2, -1, 0, 1, 2].flatMap(dx => {
          for (let y = 0; y < 9; y++)
            for (let x = 0; x < 7; x++) {
              const fromY = Math.min(8, Math.max(0, y - dy))
              const fromX = Math.min(6, Math.max(0, x - dx))
              if (pixel(after, y, x, 1) !== pixel(before, fromY, fromX, 1)) return []
            }
          return [`${dx},${dy}`]
        }),
      )
      expect(fits).toHaveLength(1)
      seen.add(fits[0])
    }
    expect(seen.size).toBe(25)
  })

  it('rotates and zooms about the middle: the mean of a smooth disc stays where it is', () => {
    const large = { height: 33, width: 33, channels: 1 }
    const disc = Float32Array.from({ length: 33 * 33 }, (_, i) => {
      const distance = Math.hypot((i % 33) - 16, Math.floor(i / 33) - 16)
      return Math.max(0, 1 - distance / 8)
    })
    for (let step = 0; step < 20; step++) {
      const rotated = disc.slice()
      new Augmenter({ ...noAugmentation, rotate: 180 }, large, 3).apply(rotated, 1, classes(1), step)
      for (let i = 0; i < disc.length; i++) expect(Math.abs(rotated[i] - disc[i])).toBeLessThan(0.06)

      const zoomed = disc.slice()
      new Augmenter({ ...noAugmentation, zoom: 0.5 }, large, 3).apply(zoomed, 1, classes(1), step)
      let x = 0
      let mass = 0
      for (let i = 0; i < zoomed.length; i++) {
        mass += zoomed[i]
        x += zoomed[i] * (i % 33)
      }
      expect(x / mass).toBeCloseTo(16, 3)
      const factor = mass / disc.reduce((a, b) => a + b, 0)
      expect(factor).toBeGreaterThan(1 / 1.5 ** 2 - 0.05)
      expect(factor).toBeLessThan(1.5 ** 2 + 0.05)
    }
  })

  it('takes the colour out of the wanted share of pictures', () => {
    const data = pictures(400)
    const result = apply({ ...noAugmentation, grayscale: 0.25 }, data, 0)
    let grey = 0
    for (let i = 0; i < 400; i++)
      if (pixel(result.subarray(i * size), 4, 4, 0) === pixel(result.subarray(i * size), 4, 4, 2)) grey++
    expect(grey).toBeGreaterThan(60)
    expect(grey).toBeLessThan(140)
  })

  it('erases one rectangle in the wanted share of pictures', () => {
    const data = pictures(400)
    const result = apply({ ...noAugmentation, erase: 0.5 }, data, 0)
    let erased = 0
    for (let i = 0; i < 400; i++) {
      const changed: number[] = []
      for (let k = 0; k < 63; k++) if (result[i * size + k * 3] !== data[i * size + k * 3]) changed.push(k)
      if (changed.length === 0) continue
      erased++
      const rows = changed.map(k => Math.floor(k / 7))
      const columns = changed.map(k => k % 7)
      const area = (Math.max(...rows) - Math.min(...rows) + 1) * (Math.max(...columns) - Math.min(...columns) + 1)
      expect(changed).toHaveLength(area)
      expect(area).toBeLessThanOrEqual(0.5 * 63)
    }
    expect(erased).toBeGreaterThan(150)
    expect(erased).toBeLessThan(250)
  })

  it('leaves feature vectors alone, and refuses a short array', () => {
    const vectors = new Augmenter(everything, { height: 1, width: 64, channels: 1 }, 1)
    expect(vectors.active).toBe(false)
    expect(() => new Augmenter(everything, shape, 1).apply(new Float32Array(size), 2, classes(2), 0)).toThrow(
      RangeError,
    )
  })
})
