/** Packages that may be installed beside the program, or not: found and loaded when needed, never bundled. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import * as v from 'valibot'

const Manifest = v.object({ version: v.string() })

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly folder: string
  /** Runs the package. @throws whatever it throws */
  load(): unknown
}

/** @param from a file or file URL in the folder from which `require` would look */
export function findPackage(name: string, from: string = import.meta.url): InstalledPackage | null {
  const require = createRequire(from)
  let manifest: string
  try {
    manifest = require.resolve(`${name}/package.json`)
  } catch {
    return null
  }
  const { version } = v.parse(Manifest, JSON.parse(readFileSync(manifest, 'utf8')))
  return { name, version, folder: dirname(manifest), load: () => require(name) as unknown }
}
