/** Opens one backend of TF.js and says where it comes from. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tf } from './tf.ts'
import { TfOps } from './ops.ts'
import { WasmOps } from './wasmOps.ts'

export interface Backend {
  /** As recorded with a run: `tfjs-wasm`, `tfjs-cpu`, `tfjs-node`. */
  readonly engineId: string
  readonly tf: Tf
  readonly ops: TfOps
  readonly versions: Readonly<Record<string, string>>
  /** Makes this the backend that TF.js uses, which is a global choice there. */
  activate(): Promise<void>
}

/** @param name what TF.js calls the backend */
export function backendOf(
  tf: Tf,
  ops: TfOps,
  engineId: string,
  name: string,
  versions: Record<string, string>,
): Backend {
  return {
    engineId,
    tf,
    ops,
    versions: { '@tensorflow/tfjs-core': tf.version_core, ...versions },
    activate: () => activate(tf, name),
  }
}

/** Production mode: TF.js does not advertise its other packages on the console. */
async function core(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core')
  tf.env().set('PROD', true)
  return tf
}

/** Plain JavaScript: exact, slow. What the other engines are compared with. */
export async function openCpu(): Promise<Backend> {
  const tf = await core()
  const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu')
  const backend = backendOf(tf, new TfOps(tf), 'tfjs-cpu', 'cpu', { '@tensorflow/tfjs-backend-cpu': version })
  await backend.activate()
  return backend
}

/** WebAssembly with SIMD on one thread, with kernels of our own where TF.js has none or slow ones. */
export async function openWasm(): Promise<Backend> {
  const tf = await core()
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  if (!wasmOps) wasm.setWasmPaths(wasmFolder())
  await activate(tf, 'wasm')
  // One set of kernels a process: it lives in the backend's memory.
  wasmOps ??= new WasmOps(tf)
  return backendOf(tf, wasmOps, 'tfjs-wasm', 'wasm', { '@tensorflow/tfjs-backend-wasm': wasm.version_wasm })
}
let wasmOps: WasmOps | null = null

async function activate(tf: Tf, name: string): Promise<void> {
  if (tf.getBackend() === name) return
  if (!(await tf.setBackend(name))) throw new Error(`TF.js cannot start its backend "${name}".`)
  await tf.ready()
}

/** Where TF.js's .wasm files are: beside the bundle once built, in node_modules when the sources run. */
export function wasmFolder(from: string = import.meta.url): string {
  const built = join(dirname(fileURLToPath(from)), 'wasm')
  if (existsSync(join(built, 'tfjs-backend-wasm-simd.wasm'))) return `${built}/`
  const main = createRequire(from).resolve('@tensorflow/tfjs-backend-wasm')
  return `${dirname(main)}/`
}
