import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNetpbm, readNetpbm } from '../../../server/training/datasets/netpbm.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const join = (text: string, bytes: readonly number[]): Uint8Array => Uint8Array.of(...ascii(text), ...bytes)

describe('readNetpbm', () => {
  it('reads binary grey and colour', () => {
    expect(readNetpbm(join('P5\n2 1\n255\n', [7, 250]))).toEqual({
      shape: { height: 1, width: 2, channels: 1 },
      bytes: Uint8Array.of(7, 250),
    })
    expect(readNetpbm(join('P6 1 2 255 ', [1, 2, 3, 4, 5, 6]))).toEqual({
      shape: { height: 2, width: 1, channels: 3 },
      bytes: Uint8Array.of(1, 2, 3, 4, 5, 6),
    })
  })

  it('reads text, comments, and pixels that look like comments or white space', () => {
    expect(readNetpbm(ascii('P2 # made by hand\n# two\n3 1\n15\n0 # black\n 5 15')).bytes).toEqual(
      Uint8Array.of(0, 85, 255),
    )
    expect(readNetpbm(join('P5\n# c\n3 1\n255\n', [0x23, 0x0a, 0x20])).bytes).toEqual(Uint8Array.of(0x23, 0x0a, 0x20))
  })

  it('stretches other depths to 255', () => {
    expect(readNetpbm(join('P5 3 1 100\n', [0, 50, 100])).bytes).toEqual(Uint8Array.of(0, 128, 255))
    expect(readNetpbm(join('P5 2 1 65535\n', [0x80, 0x80, 0xff, 0xff])).bytes).toEqual(Uint8Array.of(128, 255))
  })

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.boolean(),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (height, width, colour, text, stream) => {
          const count = height * width * (colour ? 3 : 1)
          const values = [...stream.take(count)]
          const magic = text ? (colour ? 'P3' : 'P2') : colour ? 'P6' : 'P5'
          const header = `${magic}\n${width} ${height}\n255\n`
          const file = text ? ascii(header + values.join(' ')) : join(header, values)
          expect([...readNetpbm(file).bytes]).toEqual(values)
          expect(isNetpbm(file)).toBe(true)
          expect(readNetpbm(file, true).shape).toEqual({ height, width, channels: colour ? 3 : 1 })
        },
      ),
    )
  })

  it.each([
    ['a truncated file', join('P5 4 4 255\n', [1, 2, 3]), /truncated/],
    ['a truncated text', ascii('P2 2 2 255 1 2 3'), /truncated/],
    ['a header that ends early', ascii('P5 4'), /truncated/],
    ['a header that claims terabytes', ascii('P5 9999999 9999999 255\n'), /truncated/],
    ['words for numbers', ascii('P5 four 4 255\n'), /other than a number/],
    ['no pixels', ascii('P5 0 4 255\n'), /makes no sense/],
    ['another format', ascii('GIF89a'), /not a PGM/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNetpbm(bytes)).toThrow(message)
    expect(isNetpbm(ascii('GIF89a'))).toBe(false)
  })

  it('never crashes on noise', () => {
    fc.assert(
      fc.property(fc.constantFrom('P2', 'P3', 'P5', 'P6'), fc.uint8Array({ maxLength: 60 }), (magic, noise) => {
        try {
          readNetpbm(Uint8Array.of(...ascii(magic), ...noise))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
