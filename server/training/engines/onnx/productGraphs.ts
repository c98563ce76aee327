/**
 * The matrix products that training is made of, as ONNX models of one node each, for matrices of any size:
 *
 *   `plain`        y [m, n] = a [m, k] · b [k, n]      forward, as y = x · w
 *   `transposedA`  y [m, n] = aᵀ · b, a [k, m]         gradients of weights, as dw = xᵀ · dy
 *   `transposedB`  y [m, n] = a · bᵀ, b [n, k]         gradients of inputs, as dx = dy · wᵀ
 *
 * One product is a Gemm. Many of the same size in one call, [count, m, k] by [count, k, n], are a FusedMatMul, which ONNX
 * Runtime has beside the standard's operators: the standard's MatMul cannot transpose.
 *
 * Field numbers are those of onnx.proto3 (ONNX IR version 8, operator set 17; Gemm has been unchanged since 13).
 */
import { type Field, encode, message, text, varint } from '../../../protobuf.ts'

export type ProductKind = 'plain' | 'transposedA' | 'transposedB'

const attributes: Readonly<Record<ProductKind, readonly string[]>> = {
  plain: [],
  transposedA: ['transA'],
  transposedB: ['transB'],
}

/** The bytes of an ONNX model: inputs `a` and `b`, output `y`. @param many whether it is many products in one call */
export function productGraph(kind: ProductKind, many: boolean): Uint8Array {
  const node = [
    text(1, 'a'),
    text(1, 'b'),
    text(2, 'y'),
    text(3, kind),
    text(4, many ? 'FusedMatMul' : 'Gemm'),
    ...attributes[kind].map(name => message(5, [text(1, name), varint(3, 1), varint(20, 2)])),
    ...(many ? [text(7, contributed)] : []),
  ]
  const sides = [...(many ? ['count'] : []), 'rows', 'columns']
  const graph = [
    message(1, node),
    text(2, kind),
    message(11, matrix('a', sides)),
    message(11, matrix('b', sides)),
    message(12, matrix('y', sides)),
  ]
  const operators = [message(8, [text(1, ''), varint(2, 17)]), message(8, [text(1, contributed), varint(2, 1)])]
  return encode([varint(1, 8), message(7, graph), ...operators])
}

/** The domain of ONNX Runtime's own operators. */
const contributed = 'com.microsoft'

/** ValueInfoProto of a float tensor of any size. */
function matrix(name: string, sides: readonly string[]): readonly Field[] {
  const shape = sides.map(side => message(1, [text(2, `${name}_${side}`)]))
  return [text(1, name), message(2, [message(1, [varint(1, 1), message(2, shape)])])]
}
