import { describe, expect, it } from 'vitest'
import { loadOrt } from '../../../server/training/engines/onnx/ort.ts'
import { type ProductKind, productGraph } from '../../../server/training/engines/onnx/productGraphs.ts'
import { encode, message, text, varint } from '../../../server/protobuf.ts'

describe('protocol buffers', () => {
  it('writes the examples of the encoding’s documentation', () => {
    // protobuf.dev/programming-guides/encoding: Test1 { a = 150 }, Test2 { b = "testing" }, Test3 { c = Test1 { a = 150 } }
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    expect(hex(encode([varint(1, 150)]))).toBe('089601')
    expect(hex(encode([text(2, 'testing')]))).toBe('120774657374696e67')
    expect(hex(encode([message(3, [varint(1, 150)])]))).toBe('1a03089601')
  })

  it('writes numbers beyond 32 bits', () => {
    expect([...encode([varint(1, 2 ** 35)])]).toEqual([8, 128, 128, 128, 128, 128, 1])
  })
})

describe('product graphs', () => {
  const matrices = { p: [1, 2, 3, 4, 5, 6], q: [1, 0, 2, -1, 3, 1] }

  it.each<[ProductKind, number[], number[], number[]]>([
    // [2, 3] · [3, 2], [3, 2]ᵀ · [3, 2], [2, 3] · [2, 3]ᵀ
    ['plain', [2, 3], [3, 2], [14, 1, 32, 1]],
    ['transposedA', [3, 2], [3, 2], [22, 2, 28, 2]],
    ['transposedB', [2, 3], [2, 3], [7, 8, 16, 17]],
  ])('%s is the product it says', (kind, p, q, expected) => {
    const ort = loadOrt()
    const session = ort.session(productGraph(kind, false), 1)
    const y = new Float32Array(4)
    const a = ort.tensor(Float32Array.from(matrices.p), p)
    const b = ort.tensor(Float32Array.from(matrices.q), q)
    session.run({ a, b }, { y: ort.tensor(y, [2, 2]) })
    session.dispose()
    expect([...y]).toEqual(expected)

    const many = ort.session(productGraph(kind, true), 1)
    const three = new Float32Array(12)
    const times = (values: readonly number[]): Float32Array =>
      Float32Array.from([1, 2, 3].flatMap(factor => values.map(value => factor * value)))
    const as = ort.tensor(times(matrices.p), [3, ...p])
    const bs = ort.tensor(times(matrices.q), [3, ...q])
    many.run({ a: as, b: bs }, { y: ort.tensor(three, [3, 2, 2]) })
    many.dispose()
    expect([...three]).toEqual([1, 4, 9].flatMap(factor => expected.map(value => factor * value)))
  })
})
