/**
 * ONNX Runtime without its promises. The package's public API waits for a turn of the event loop before every run, which
 * costs more than a small matrix product; the object below it, made for that API by the same package, runs at once.
 */
import { createRequire } from 'node:module'

/** What the binding reads of a tensor of the package, as plain properties: those of its class are getters, which take longer. */
export interface OrtTensor {
  readonly type: 'float32'
  readonly location: 'cpu'
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/** A loaded model. Outputs are written into the arrays of the tensors given. */
export interface OrtSession {
  run(inputs: Readonly<Record<string, OrtTensor>>, outputs: Readonly<Record<string, OrtTensor>>): unknown
  dispose(): void
}

export interface Ort {
  readonly version: string
  tensor(data: Float32Array, dims: readonly number[]): OrtTensor
  /** @param threads threads for one run, the caller's included */
  session(model: Uint8Array, threads: number): OrtSession
}

interface Binding {
  readonly InferenceSession: new () => OrtSession & {
    loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void
  }
}

let loaded: Ort | undefined

/** @throws Error when onnxruntime-node is not installed, or not for this machine, or is not the version it was written for */
export function loadOrt(): Ort {
  return (loaded ??= load())
}

function load(): Ort {
  const require = createRequire(import.meta.url)
  const { version } = require('onnxruntime-node/package.json') as { version: string }
  const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as Partial<{
    binding: Binding
    initOrt: () => void
  }>
  if (!binding || !initOrt || !('loadModel' in binding.InferenceSession.prototype)) {
    throw new Error(`onnxruntime-node ${version} is not a version that this engine knows.`)
  }
  initOrt()
  return {
    version,
    tensor: (data, dims) => ({ type: 'float32', location: 'cpu', dims, data }),
    session(model, threads) {
      const session = new binding.InferenceSession()
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'basic',
        enableCpuMemArena: false,
        enableMemPattern: false,
        logSeverityLevel: 3,
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      })
      return session
    },
  }
}
