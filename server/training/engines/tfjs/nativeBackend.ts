/** TF.js on TensorFlow's own library, where somebody installed it: @tensorflow/tfjs-node, or -gpu for CUDA. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import nodeUtil from 'node:util'
import * as l10n from '@vscode/l10n'
import { findPackage } from '../installedPackage.ts'
import { type Backend, backendOf } from './backend.ts'
import type { Tf } from './tf.ts'
import { TfOps } from './ops.ts'

/** Why the package cannot run here, without running it; `null` when it looks sound. */
export function nativeProblem(name: string, from?: string): string | null {
  const found = findPackage(name, from)
  if (!found) return l10n.t('{0} is not installed. To use it: npm install {0}', name)
  const lib = join(found.folder, 'lib')
  const built = existsSync(lib) && readdirSync(lib).some(folder => existsSync(join(lib, folder, 'tfjs_binding.node')))
  if (built) return null
  return l10n.t('{0} is installed without its native library: its download failed. Try: npm rebuild {0}', name)
}

export async function openNative(name: string, engineId: string, from?: string): Promise<Backend> {
  const found = findPackage(name, from)
  if (!found) throw new Error(`${name} is not installed.`)
  restoreUtil(nodeUtil)
  const tf = found.load()
  if (!isTf(tf)) throw new Error(`${name} ${found.version} is not TF.js.`)
  const backend = backendOf(tf, new TfOps(tf), engineId, 'tensorflow', { [name]: found.version })
  await backend.activate()
  return backend
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 removed. */
export function restoreUtil(util: object): void {
  const missing = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  }
  for (const [name, value] of Object.entries(missing)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true, writable: true })
  }
}

function isTf(value: unknown): value is Tf {
  return typeof value === 'object' && value !== null && 'engine' in value && 'setBackend' in value && 'tidy' in value
}
