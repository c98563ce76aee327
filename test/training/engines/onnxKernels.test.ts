import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { compileCoreKernel, compileKernels, coreModule, kernelFiles } from '../../../scripts/kernels/build.mjs'

it('the WebAssembly kernel of the core is what its source builds to', async () => {
  const committed = await readFile(new URL(`../../../server/core/${coreModule}`, import.meta.url), 'utf8')
  expect(committed).toBe(await compileCoreKernel())
})

describe('the WebAssembly kernels of the ONNX engine', () => {
  it.each(kernelFiles)('%s is what its source builds to', async (name, shared) => {
    const committed = await readFile(new URL(`../../../server/training/engines/onnx/${name}`, import.meta.url))
    expect(Buffer.compare(committed, await compileKernels(name, shared))).toBe(0)
  })
})
