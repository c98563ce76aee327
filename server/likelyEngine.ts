/** Which engine `auto` takes on this machine, as far as it can be said without trying any. */
import { findPackage } from './training/engines/installedPackage.ts'

let known: { readonly engine: string | null } | null = null

/** @returns `null` where several are tried first: which one is the fastest shows only then */
export function likelyEngine(): string | null {
  known ??= { engine: find() }
  return known.engine
}

function find(): string | null {
  const isThere = (name: string) => findPackage(name) !== null
  if (isThere('@tensorflow/tfjs-node-gpu') || isThere('@tensorflow/tfjs-node')) return null
  return isThere('onnxruntime-node') ? 'onnx-cpu' : 'tfjs-wasm'
}
