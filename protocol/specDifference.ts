/** In which settings do runs differ? Specs as flat lists of paths and values, and what is not the same in all of them. */
import type { RunSpec } from './runSpec.ts'

export type Flat = ReadonlyMap<string, string | number | boolean | null>

/** `loss.margin → 0.2`; lists of plain values are one value, as text. */
export function flatten(spec: RunSpec): Flat {
  const flat = new Map<string, string | number | boolean | null>()
  visit(spec, '', flat)
  return flat
}

function visit(value: unknown, path: string, into: Map<string, string | number | boolean | null>): void {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    into.set(path, value)
  else if (Array.isArray(value)) into.set(path, JSON.stringify(value))
  else if (typeof value === 'object')
    for (const [name, item] of Object.entries(value)) visit(item, path === '' ? name : `${path}.${name}`, into)
}

/** Paths whose values are not the same in all specs, in the order in which settings are written. */
export function differing(flats: readonly Flat[]): string[] {
  const paths = new Set(flats.flatMap(flat => [...flat.keys()]))
  return [...paths].filter(path => new Set(flats.map(flat => flat.get(path))).size > 1)
}

/** Equal for specs that ask for the same but for the seed, or for the fold that is held out: their difference is chance. */
export function seedGroup(flat: Flat): string {
  return JSON.stringify([...flat].filter(([path]) => path !== 'seed' && path !== 'split.fold'))
}
