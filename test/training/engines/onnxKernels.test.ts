import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileKernels, kernelFiles } from '../../../scripts/kernels/build.mjs'

describe('the WebAssembly kernels of the ONNX engine', () => {
  it.each(kernelFiles)('%s is what its source builds to', async (name, shared) => {
    const committed = await readFile(new URL(`../../../server/training/engines/onnx/${name}`, import.meta.url))
    expect(Buffer.compare(committed, await compileKernels(name, shared))).toBe(0)
  })
})
