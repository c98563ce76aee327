/** Experiment files on the disk: reading those that others extend. They are small enough to be read at once. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { suggest } from './experiment/suggest.ts'

export const experimentExtension = '.triplet.json'

/** The text of a file; `null` when it cannot be read. */
export function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    return null
  }
}

/** The experiment file beside a missing one whose name is most like it; `null` when none is. */
export function nearFile(path: string): string | null {
  try {
    const names = readdirSync(dirname(path)).filter(name => name.endsWith(experimentExtension))
    const stem = (name: string) => name.replace(/(\.base)?(\.triplet)?(\.json)?$/, '')
    const near = suggest(
      stem(basename(path)),
      names.map(name => [stem(name), []] as const),
    )
    const found = names.find(name => stem(name) === near)
    return found === undefined ? null : join(dirname(path), found)
  } catch {
    return null
  }
}
