import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AugmentSpec } from '../../protocol/runSpec.ts'
import { Random } from '../../server/core/random.ts'
import { NewClasses } from '../../server/training/newClasses.ts'
import { noAugmentation } from '../fixtures/runSpec.ts'

const shape = { height: 4, width: 4, channels: 3 }
const size = 4 * 4 * 3

/** The same picture `count` times: every number in it is another one. */
const copies = (count: number, { height, width, channels } = shape): Float32Array => {
  const length = height * width * channels
  return Float32Array.from({ length: count * length }, (_, i) => i % length)
}

function change(spec: Partial<AugmentSpec>, labels: number[], seed = 1, of = shape): number[][] {
  const data = copies(labels.length, of)
  new NewClasses({ ...noAugmentation, ...spec }, of).apply(
    data,
    labels.length,
    Int32Array.from(labels),
    Random.fromSeed(seed),
  )
  const length = data.length / labels.length
  return labels.map((_, i) => [...data.subarray(i * length, (i + 1) * length)])
}

const original = [...copies(1)]
const at = (picture: readonly number[], y: number, x: number, c: number) => picture[(y * 4 + x) * 3 + c]
const draw = (pixel: (y: number, x: number, c: number) => number): number[] =>
  Array.from({ length: size }, (_, i) => pixel(Math.floor(i / 12), Math.floor(i / 3) % 4, i % 3))

describe('new classes', () => {
  it('change all pictures of a class alike, wherever they stand, and classes apart from one another', () => {
    const everything = { mirrorClasses: 0.5, turnClasses: 0.5, recolorClasses: 0.5 }
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 20 }), fc.integer(), (labels, seed) => {
        const changed = change(everything, labels, seed)
        for (const [i, label] of labels.entries()) {
          expect(changed[i]).toEqual(changed[labels.indexOf(label)])
          expect(changed[i]).toEqual(change(everything, [label], seed)[0])
        }
      }),
    )
    const looks = change(everything, Array.from(Array(200).keys())).map(String)
    // Two ways to mirror, four to turn and six to recolour, of which some coincide: 8 × 6.
    expect(new Set(looks).size).toBeGreaterThan(35)
    expect(new Set(looks).size).toBeLessThanOrEqual(48)
  })

  it('mirror left and right', () => {
    expect(change({ mirrorClasses: 1 }, [3])).toEqual([draw((y, x, c) => at(original, y, 3 - x, c))])
  })

  it('turn by one, two or three quarters', () => {
    const quarter = (of: readonly number[]) => draw((y, x, c) => at(of, x, 3 - y, c))
    const turns = [quarter(original), quarter(quarter(original)), quarter(quarter(quarter(original)))].map(String)
    const seen = change({ turnClasses: 1 }, Array.from(Array(60).keys())).map(String)
    expect(new Set(seen)).toEqual(new Set(turns))
  })

  it('turn pictures that are not square by half a turn', () => {
    const wide = { height: 2, width: 3, channels: 1 }
    expect(change({ turnClasses: 1 }, [0], 1, wide)).toEqual([[5, 4, 3, 2, 1, 0]])
  })

  it('swap colours, never into the usual order, and leave grey pictures as they are', () => {
    const seen = change({ recolorClasses: 1 }, Array.from(Array(100).keys())).map(picture => picture.slice(0, 3).join())
    expect(new Set(seen)).toEqual(new Set(['0,2,1', '1,0,2', '1,2,0', '2,0,1', '2,1,0']))
    const grey = { height: 4, width: 4, channels: 1 }
    expect(change({ recolorClasses: 1 }, [0], 1, grey)).toEqual([[...copies(1, grey)]])
    expect(new NewClasses({ ...noAugmentation, recolorClasses: 1 }, grey).active).toBe(false)
  })

  it('stretch and slant about the middle, each class in its own way', () => {
    // Smooth, so that what is read between pixels is known: the column's number, and the row's.
    const wide = { height: 9, width: 9, channels: 2 }
    const slopes = (label: number, spec: Partial<AugmentSpec>) => {
      const data = Float32Array.from({ length: 2 * 81 }, (_, i) =>
        i % 2 === 0 ? Math.floor(i / 2) % 9 : Math.floor(i / 18),
      )
      const random = Random.fromSeed(4)
      new NewClasses({ ...noAugmentation, ...spec }, wide).apply(data, 1, Int32Array.of(label), random)
      const read = (y: number, x: number, c: number) => data[(y * 9 + x) * 2 + c]
      return {
        middle: [read(4, 4, 0), read(4, 4, 1)],
        across: [read(4, 5, 0) - read(4, 4, 0), read(4, 5, 1) - read(4, 4, 1)],
        down: [read(5, 4, 0) - read(4, 4, 0), read(5, 4, 1) - read(4, 4, 1)],
      }
    }
    const seen = Array.from(Array(200).keys(), label => slopes(label, { stretchClasses: 0.5 }))
    for (const { middle, across, down } of seen) {
      expect(middle).toEqual([4, 4])
      for (const stretch of [across[0], down[1]]) {
        expect(stretch).toBeGreaterThan(1 / 1.5001)
        expect(stretch).toBeLessThan(1.5001)
      }
      for (const slant of [across[1], down[0]]) expect(Math.abs(slant)).toBeLessThan(0.2501)
    }
    const widest = (of: (one: (typeof seen)[number]) => number) => Math.max(...seen.map(of))
    expect(widest(({ across }) => across[0])).toBeGreaterThan(1.4)
    expect(widest(({ down }) => down[0])).toBeGreaterThan(0.23)
  })

  it('bend by as many pixels as asked for and no more, smoothly', () => {
    const wide = { height: 13, width: 13, channels: 1 }
    const inner = [...Array(13 * 12).keys()].filter(i => i % 13 > 2 && i % 13 < 10)
    let most = 0
    for (let label = 0; label < 60; label++) {
      const data = Float32Array.from({ length: 13 * 13 }, (_, i) => i % 13)
      new NewClasses({ ...noAugmentation, warpClasses: 2 }, wide).apply(
        data,
        1,
        Int32Array.of(label),
        Random.fromSeed(2),
      )
      for (const i of inner) {
        most = Math.max(most, Math.abs(data[i] - (i % 13)))
        // Four points over 12 pixels, each up to two pixels away.
        expect(Math.abs(data[i + 13] - data[i])).toBeLessThan(1.0001)
      }
    }
    expect(most).toBeLessThan(2.0001)
    expect(most).toBeGreaterThan(1.5)
  })

  it('bend alike in each picture of a class, and wide pictures and single rows too', () => {
    const spec = { stretchClasses: 0.3, warpClasses: 2 }
    const [one, other, again] = change(spec, [1, 2, 1])
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
    const row = { height: 1, width: 6, channels: 1 }
    for (const value of change(spec, [0], 1, row)[0]) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(5)
    }
  })

  it('join each picture with one of another class beyond a line, the same line and class for all', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 50 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer(),
        (classes, each, seed) => {
          const labels = classes.flatMap(label => Array<number>(each).fill(label))
          // Every number says which picture and which pixel it is.
          const data = Float32Array.from({ length: labels.length * size }, (_, i) => i)
          new NewClasses({ ...noAugmentation, joinClasses: 1 }, shape).apply(
            data,
            labels.length,
            Int32Array.from(labels),
            Random.fromSeed(seed),
          )
          for (const [c] of classes.entries()) {
            const sources = Array.from({ length: each }, (_, k) =>
              Array.from(data.subarray((c * each + k) * size, (c * each + k + 1) * size), (value, i) => {
                expect(value % size).toBe(i)
                return Math.floor(value / size)
              }),
            )
            const partner = sources[0].find(source => source !== c * each) ?? c * each
            expect(partner % each).toBe(0)
            for (const [k, from] of sources.entries()) expect(from).toEqual(sources[0].map(source => source + k))
            expect(new Set(sources[0]).size).toBeLessThanOrEqual(2)
          }
        },
      ),
    )
  })

  it('join about half of a picture, with any class of the batch, and leave a class alone that has no other', () => {
    expect(change({ joinClasses: 1 }, [7, 7])).toEqual([original, original])
    const labels = [0, 1, 2, 3]
    const partners = new Set<number>()
    let taken = 0
    for (let seed = 0; seed < 100; seed++) {
      const data = Float32Array.from({ length: 4 * size }, (_, i) => Math.floor(i / size))
      const random = Random.fromSeed(seed)
      new NewClasses({ ...noAugmentation, joinClasses: 1 }, shape).apply(data, 4, Int32Array.from(labels), random)
      const beyond = [...data.subarray(0, size)].filter(value => value !== 0)
      for (const value of beyond) partners.add(value)
      taken += beyond.length / size
    }
    expect(partners).toEqual(new Set([1, 2, 3]))
    expect(taken).toBeGreaterThan(40)
    expect(taken).toBeLessThan(60)
  })

  it('draw the same for a class whatever else is switched on', () => {
    const mirrored = change({ mirrorClasses: 0.5 }, [1, 2, 3, 4, 5]).map(
      picture => String(picture) !== String(original),
    )
    const data = { mirrorClasses: 0.5, stretchClasses: 1e-9, warpClasses: 1e-9 }
    const bent = change(data, [1, 2, 3, 4, 5]).map(picture => Math.abs(picture[0] - original[0]) > 1)
    expect(bent).toEqual(mirrored)
  })

  it('come as often as asked for', () => {
    const changed = change({ mirrorClasses: 0.25 }, Array.from(Array(1000).keys()))
    const mirrored = changed.filter(picture => String(picture) !== String(original)).length
    expect(mirrored).toBeGreaterThan(200)
    expect(mirrored).toBeLessThan(300)
  })
})
