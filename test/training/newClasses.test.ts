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

  it('come as often as asked for', () => {
    const changed = change({ mirrorClasses: 0.25 }, Array.from(Array(1000).keys()))
    const mirrored = changed.filter(picture => String(picture) !== String(original)).length
    expect(mirrored).toBeGreaterThan(200)
    expect(mirrored).toBeLessThan(300)
  })
})
