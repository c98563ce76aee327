/** The engines that can be named in a file; server/training/engines/registry.ts has them, fastest first. */
import type { Choice } from './entry.ts'

export const engines = {
  auto: { summary: 'The fastest engine that works on this machine with this network.' },
  'tfjs-node-gpu': {
    summary: 'TensorFlow on an NVIDIA graphics card, where @tensorflow/tfjs-node-gpu is installed.',
    aliases: ['gpu', 'cuda'],
  },
  'onnx-cpu': {
    summary: 'ONNX Runtime on all cores: the fastest without a graphics card.',
    aliases: ['onnx', 'onnxruntime', 'cpu'],
  },
  'tfjs-node': {
    summary: 'TensorFlow’s own library, where @tensorflow/tfjs-node is installed.',
    aliases: ['tensorflow-node'],
  },
  'tfjs-wasm': { summary: 'TensorFlow.js in WebAssembly: works everywhere.', aliases: ['wasm', 'tfjs', 'tensorflow'] },
  'tfjs-cpu': {
    summary: 'TensorFlow.js in plain JavaScript: only for very small networks.',
    aliases: ['js', 'javascript'],
  },
} as const satisfies Record<string, Choice>

/** Ids without `auto`. */
export const engineIds: readonly string[] = Object.keys(engines).filter(id => id !== 'auto')
