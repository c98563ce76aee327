/** Matrix products for evaluations, by ONNX Runtime where it loads. */
import { availableParallelism } from 'node:os'
import type { MatrixProduct } from '../core/metrics/approximateScores.ts'
import { loadOrt, type Ort } from './engines/onnx/ort.ts'
import { productGraph } from './engines/onnx/productGraphs.ts'

/**
 * @param mostThreads that a product may use; `null`: as many as the machine has
 * @returns `null` where ONNX Runtime does not load: evaluations then compute in JavaScript
 */
export function openMatrixProduct(
  mostThreads: number | null,
): { readonly product: MatrixProduct; dispose(): void } | null {
  let ort: Ort
  try {
    ort = loadOrt()
  } catch {
    return null
  }
  const session = ort.session(
    productGraph('transposedB', false),
    Math.max(1, Math.min(availableParallelism(), mostThreads ?? Infinity)),
  )
  return {
    product(x, y, m, n, k, into) {
      if (m === 0 || n === 0) return
      const inputs = { a: ort.tensor(x.subarray(0, m * k), [m, k]), b: ort.tensor(y.subarray(0, n * k), [n, k]) }
      session.run(inputs, { y: ort.tensor(into.subarray(0, m * n), [m, n]) })
    },
    dispose: () => session.dispose(),
  }
}
