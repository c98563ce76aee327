import { readdirSync } from 'node:fs'
import { availableParallelism, platform } from 'node:os'
import { describe, expect, it } from 'vitest'
import { Random } from '../../server/core/random.ts'
import { openMatrixProduct } from '../../server/training/matrixProduct.ts'

/** Threads of this process, as Linux lists them. */
const threads = (): number => readdirSync('/proc/self/task').length

/** Threads that come with a product of so many. */
function threadsOf(mostThreads: number | null): number {
  const before = threads()
  const products = openMatrixProduct(mostThreads)
  const more = threads() - before
  products?.dispose()
  return more
}

describe('matrix products of an evaluation', () => {
  it.runIf(platform() === 'linux')('take no more threads than the run may use', () => {
    // What the library starts once, it has started then.
    openMatrixProduct(1)?.dispose()
    expect(threadsOf(1)).toBe(0)
    expect(threadsOf(null)).toBe(availableParallelism() - 1)
    expect(threadsOf(1000)).toBe(availableParallelism() - 1)
  })

  it.each([1, null])('are the same with %s threads', mostThreads => {
    const random = Random.fromSeed(1)
    const [m, n, k] = [37, 21, 16]
    const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal())
    const [x, y, into] = [numbers(m * k), numbers(n * k), new Float32Array(m * n)]
    const products = openMatrixProduct(mostThreads)
    if (products === null) throw new Error('ONNX Runtime does not load here.')
    products.product(x, y, m, n, k, into)
    products.dispose()
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let c = 0; c < k; c++) sum += x[i * k + c] * y[j * k + c]
        expect(into[i * n + j]).toBeCloseTo(sum, 4)
      }
  })
})
