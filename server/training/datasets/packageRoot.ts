import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let found: string | undefined

/**
 * The folder that holds this project's package.json, where `data/` lies: found by walking up from this module, so that it
 * is the same from the sources, from a bundle in dist/ and inside an installed extension.
 *
 * @throws Error when no package.json named `triplet-lab` lies above this module: the installation is broken
 */
export function packageRoot(): string {
  if (found !== undefined) return found
  const start = dirname(fileURLToPath(import.meta.url))
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) {
      const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
      if (typeof content === 'object' && content !== null && 'name' in content && content.name === 'triplet-lab')
        return (found = folder)
    }
    if (dirname(folder) === folder) throw new Error(`No package.json of triplet-lab above ${start}`)
  }
}
