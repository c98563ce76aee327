/** Filled-in values → RunSpec. */
import { resolve as resolvePath } from 'node:path'
import * as v from 'valibot'
import { DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'
import type { Json } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import { fill, type Reader } from './fill.ts'
import type { ExperimentTree } from './tree.ts'

export type SpecResult =
  | { readonly kind: 'spec'; readonly spec: RunSpec }
  /** The tree has errors that leave no spec. */
  | { readonly kind: 'none'; readonly why: string }

/**
 * The spec of a tree, with `reader` deciding each axis.
 * @param folder absolute path of the experiment file's folder
 */
export function specOf(tree: ExperimentTree, folder: string, reader: Reader): SpecResult {
  const filled = fill(experimentFile, tree.root ?? undefined, '', reader)
  return toRunSpec(isRecord(filled) ? filled : {}, folder)
}

/** The file's shape → the spec's: they differ in the dataset, and in where clipNorm stands. */
function toRunSpec(values: Readonly<Record<string, Json>>, folder: string): SpecResult {
  const { dataset, optimizer } = values
  const clipNorm = isRecord(optimizer) ? (optimizer['clipNorm'] ?? null) : null
  const spec = { ...values, version: 1, dataset: toDatasetSpec(dataset, folder), clipNorm }
  const decoded = v.safeParse(RunSpec, spec)
  return decoded.success ? { kind: 'spec', spec: decoded.output } : { kind: 'none', why: v.summarize(decoded.issues) }
}

/** `{ "folder": "./faces" }` → `{ kind: 'folder', path: '/…/faces' }`; `null` when it is none. */
export function toDatasetSpec(written: Json | undefined, folder: string): DatasetSpec | null {
  if (!isRecord(written)) return null
  const entry = Object.entries(written).at(0)
  if (entry === undefined) return null
  const [key, value] = entry
  const absolute = (path: Json | undefined) => (typeof path === 'string' ? resolvePath(folder, path) : null)
  const spec =
    key === 'name'
      ? { kind: value }
      : isRecord(value)
        ? { kind: key, images: absolute(value['images']), labels: absolute(value['labels']) }
        : { kind: key, path: absolute(value) }
  const decoded = v.safeParse(DatasetSpec, spec)
  return decoded.success ? decoded.output : null
}

function isRecord(json: Json | undefined): json is Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
