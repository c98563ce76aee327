import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedBytes } from '../../../server/training/datasets/pixels.ts'
import { coverResizer, fitPictures } from '../../../server/training/datasets/resample.ts'

const side = fc.integer({ min: 1, max: 40 })

function resized(height: number, width: number, channels: number, to: [number, number], from: Uint8Array): Uint8Array {
  const result = new Uint8Array(to[0] * to[1] * channels)
  coverResizer({ height, width, channels }, to[0], to[1])(from, result)
  return result
}

describe('resizing', () => {
  it('keeps a picture of the same size, and one colour at any size', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (h, w, toH, toW, grey) => {
        const flat = new Uint8Array(h * w * 3).fill(grey)
        expect(new Set(resized(h, w, 3, [toH, toW], flat))).toEqual(new Set([grey]))
        const picture = Uint8Array.from({ length: h * w }, (_, i) => (i * 37) % 256)
        expect(resized(h, w, 1, [h, w], picture)).toEqual(picture)
      }),
    )
  })

  it('halves by a tent over the neighbours', () => {
    // Each output pixel lies between two input pixels: weights 1/8, 3/8, 3/8, 1/8; at the ends 3/7, 3/7, 1/7.
    const row = Uint8Array.of(0, 80, 160, 240)
    const column = resized(4, 4, 1, [2, 2], Uint8Array.of(...row, ...row, ...row, ...row))
    expect([...column]).toEqual([57, 183, 57, 183])
  })

  it('keeps proportions: what sticks out is cut off on both sides', () => {
    const wide = Uint8Array.from({ length: 2 * 6 }, (_, i) => (i % 6 < 2 ? 0 : i % 6 < 4 ? 100 : 200))
    expect([...resized(2, 6, 1, [2, 2], wide)]).toEqual([100, 100, 100, 100])
  })

  it('treats every channel and every picture alike', () => {
    const random = Uint8Array.from({ length: 7 * 5 }, (_, i) => (i * 91) % 256)
    const single = resized(7, 5, 1, [3, 4], random)
    const triple = resized(
      7,
      5,
      3,
      [3, 4],
      Uint8Array.from({ length: 105 }, (_, i) => random[Math.floor(i / 3)]),
    )
    expect(triple.filter((_, i) => i % 3 === 1)).toEqual(single)
    const two = sharedBytes(70)
    two.set(random)
    two.set(random, 35)
    const fitted = fitPictures(two, 2, { height: 7, width: 5, channels: 1 }, { size: 4, channels: 3 })
    expect(fitted.shape).toEqual({ height: 4, width: 4, channels: 3 })
    expect([...fitted.bytes.subarray(16)]).toEqual([...fitted.bytes.subarray(0, 16)])
  })
})
