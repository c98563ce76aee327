import * as l10n from '@vscode/l10n'
import { shapesOf, sizeOf } from '../../models/shapes.ts'
import type { Network } from '../../models/network.ts'
import type { EngineKind } from '../trainEngine.ts'
import { openCpu, openWasm } from './backend.ts'
import { nativeProblem, openNative } from './nativeBackend.ts'
import { TfjsEngine } from './engine.ts'

/** Multiplications of one picture's way through the network; a step takes about three times as many per picture. */
function multiplications(network: Network): number {
  const { input, after } = shapesOf(network)
  return network.layers.reduce((sum, layer, i) => {
    const before = after[i - 1] ?? input
    const depth = before.kind === 'map' ? before.channels : before.size
    switch (layer.type) {
      case 'dense':
        return sum + sizeOf(before) * layer.units
      case 'conv':
        return sum + sizeOf(after[i]) * layer.kernelSize ** 2 * depth
      case 'depthwise':
        return sum + sizeOf(after[i]) * layer.kernelSize ** 2
      default:
        return sum
    }
  }, 0)
}

/** About two seconds a step of 128 pictures in plain JavaScript. */
const cpuLimit = 1e6

/** @param packageName which build of TensorFlow for Node */
function nativeKind(id: string, packageName: string): EngineKind {
  return {
    id,
    unusable: () => Promise.resolve(nativeProblem(packageName)),
    create: async options => new TfjsEngine(await openNative(packageName, id), options),
  }
}

export const tfjsNodeGpu = nativeKind('tfjs-node-gpu', '@tensorflow/tfjs-node-gpu')
export const tfjsNode = nativeKind('tfjs-node', '@tensorflow/tfjs-node')

export const tfjsWasm: EngineKind = {
  id: 'tfjs-wasm',
  unusable: () => Promise.resolve(null),
  create: async options => new TfjsEngine(await openWasm(), options),
}

export const tfjsCpu: EngineKind = {
  id: 'tfjs-cpu',
  unusable: network =>
    Promise.resolve(
      multiplications(network) > cpuLimit
        ? l10n.t('Plain JavaScript would take minutes for a step of this network. Use tfjs-wasm or onnx-cpu.')
        : null,
    ),
  create: async options => new TfjsEngine(await openCpu(), options),
}
