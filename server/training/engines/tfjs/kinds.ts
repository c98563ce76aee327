import * as l10n from '@vscode/l10n'
import { multiplications } from '../../models/cost.ts'
import type { EngineKind } from '../trainEngine.ts'
import { openCpu, openWasm } from './backend.ts'
import { nativeProblem, openNative } from './nativeBackend.ts'
import { TfjsEngine } from './engine.ts'

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
