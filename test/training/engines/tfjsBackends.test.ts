import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { wasmFolder } from '../../../server/training/engines/tfjs/backend.ts'
import { tfjsCpu, tfjsNode, tfjsWasm } from '../../../server/training/engines/tfjs/kinds.ts'
import { nativeProblem, openNative, restoreUtil } from '../../../server/training/engines/tfjs/nativeBackend.ts'
import { buildNetwork } from '../../../server/training/models/build.ts'
import { wholeNetworks } from './networks.ts'

const options = {
  network: wholeNetworks['conv with batch norm'],
  optimizer: { name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
  seed: 1,
  clipNorm: 1,
  batchSize: 6,
  threads: 1,
} as const

describe('TF.js engines', () => {
  it.each([tfjsCpu, tfjsWasm])('$id frees everything that a step and an embedding make', async kind => {
    const engine = await kind.create(options)
    const batch = { data: new Float32Array(6 * 8 * 8 * 2).map((_, i) => Math.sin(i)), count: 6 }
    const step = () => engine.step(batch, ({ data }) => data.slice(), 1e-3)
    await step()
    await engine.embed(batch)
    const before = tf.memory().numTensors
    for (let i = 0; i < 5; i++) {
      await step()
      await engine.embed(batch)
      await engine.importState(await engine.exportState())
    }
    expect(tf.memory().numTensors).toBe(before)
    engine.dispose()
    expect(tf.memory().numTensors).toBeLessThan(before)
  })

  it('refuses conv nets on plain JavaScript but for tiny ones, saying why', async () => {
    const real = buildNetwork(
      { architecture: 'conv', embeddingSize: 64, filters: [32, 64], batchNorm: false, dropout: 0 },
      { height: 28, width: 28, channels: 1 },
      true,
    )
    expect(await tfjsCpu.unusable(real)).toMatch(/tfjs-wasm or onnx-cpu/)
    expect(await tfjsCpu.unusable(options.network)).toBeNull()
    expect(await tfjsWasm.unusable(real)).toBeNull()
  })
})

describe('files of the wasm backend', () => {
  it('lie beside a bundle, else in node_modules', () => {
    const dist = mkdtempSync(join(tmpdir(), 'triplet-lab-dist-'))
    mkdirSync(join(dist, 'wasm'))
    writeFileSync(join(dist, 'wasm', 'tfjs-backend-wasm-simd.wasm'), '')
    expect(wasmFolder(pathToFileURL(join(dist, 'trainer.cjs')).href)).toBe(`${join(dist, 'wasm')}/`)
    expect(wasmFolder()).toMatch(/tfjs-backend-wasm/)
  })
})

describe('TensorFlow for Node', () => {
  /** A package folder as npm would leave it, whose code is given. */
  function install(name: string, code: string | null): string {
    const root = mkdtempSync(join(tmpdir(), 'triplet-lab-native-'))
    const folder = join(root, 'node_modules', name)
    mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }))
    writeFileSync(join(folder, 'index.js'), code ?? '')
    if (code !== null) writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '')
    return join(root, 'trainer.cjs')
  }
  const name = '@tensorflow/tfjs-node'

  it('is said not to be installed, or to lack its library', async () => {
    expect(await tfjsNode.unusable(options.network)).toMatch(/not installed|without its native library/)
    expect(nativeProblem(name, join(tmpdir(), 'nowhere', 'trainer.cjs'))).toMatch(/npm install @tensorflow\/tfjs-node/)
    expect(nativeProblem(name, install(name, null))).toMatch(/its download failed/)
    expect(nativeProblem(name, install(name, ''))).toBeNull()
  })

  it('is loaded from where it is installed, after what Node removed is put back', async () => {
    // Stands for the package: TF.js's core with a backend of that name, and the calls that break on Node 23.
    const { resolve } = createRequire(import.meta.url)
    const core = resolve('@tensorflow/tfjs-core')
    const cpu = resolve('@tensorflow/tfjs-backend-cpu')
    const from = install(
      name,
      `const util = require('node:util')
       if (!util.isNullOrUndefined(null) || !util.isArray([])) throw new Error('removed')
       const tf = require(${JSON.stringify(core)})
       const { MathBackendCPU } = require(${JSON.stringify(cpu)})
       tf.registerBackend('tensorflow', () => new MathBackendCPU())
       module.exports = tf`,
    )
    const backend = await openNative(name, 'tfjs-node', from)
    expect(backend.engineId).toBe('tfjs-node')
    expect(backend.versions).toEqual({ '@tensorflow/tfjs-core': '4.22.0', [name]: '4.22.0' })
    expect(backend.tf.getBackend()).toBe('tensorflow')
  })

  it('is refused when the package is something else', async () => {
    await expect(openNative(name, 'tfjs-node', install(name, 'module.exports = {}'))).rejects.toThrow(/is not TF\.js/)
  })

  it('gets only the functions that Node lacks', () => {
    const own = () => true
    const util: { isArray?: unknown; isNullOrUndefined?: (value: unknown) => boolean } = { isArray: own }
    restoreUtil(util)
    expect(util.isArray).toBe(own)
    expect([null, undefined, 0, ''].map(value => util.isNullOrUndefined?.(value))).toEqual([true, true, false, false])
  })
})
