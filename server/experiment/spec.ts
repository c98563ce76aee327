/**
 * A tree and a choice for each axis → RunSpec. A sweep makes many specs from one tree that differ in little, so what no
 * axis touches is read and decoded once.
 */
import { resolve as resolvePath } from 'node:path'
import * as v from 'valibot'
import { DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'
import type { Json } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import type { Axis } from './axes.ts'
import { fill, type Reader } from './fill.ts'
import { member, type ExperimentTree } from './tree.ts'

export type SpecResult =
  | { readonly kind: 'spec'; readonly spec: RunSpec }
  /** The tree has errors that leave no spec. */
  | { readonly kind: 'none'; readonly why: string }

export type SpecMaker = (choose: Reader['choose']) => SpecResult

/** Each setting of the top level as it was last read: while someone types, nearly all of them stay as they are. */
const latest = new Map<string, { readonly source: string; readonly value: Json | undefined }>()
const makers = new WeakMap<ExperimentTree, { readonly folder: string; readonly maker: SpecMaker }>()

/** @param folder absolute path of the experiment file's folder */
export function specMaker(
  tree: ExperimentTree,
  axes: readonly Axis[],
  folder: string,
  broken?: Reader['broken'],
): SpecMaker {
  if (broken !== undefined) return newMaker(tree, axes, folder, broken)
  const known = makers.get(tree)
  if (known?.folder === folder) return known.maker
  const maker = newMaker(tree, axes, folder)
  makers.set(tree, { folder, maker })
  return maker
}

function newMaker(tree: ExperimentTree, axes: readonly Axis[], folder: string, broken?: Reader['broken']): SpecMaker {
  const varying = new Set(axes.map(axis => axis.path.split('.', 1)[0]))
  const fixed = new Map<string, Json | undefined>()
  const decode = {
    dataset: section(RunSpec.entries.dataset, json => toDatasetSpec(json, folder)),
    mining: section(RunSpec.entries.mining, json => withAbsoluteFile(json, folder)),
    ...anywhere,
  }

  function read(key: string, reader: Reader): Json | undefined {
    const known = fixed.get(key)
    if (known !== undefined || fixed.has(key)) return known
    const setting = experimentFile.properties[key]
    const written = member(tree.root, key)?.value ?? undefined
    if (varying.has(key)) return fill(setting, written, key, reader)
    // What is inherited stands in another file.
    const isOwn = written !== undefined && tree.inherited === null && broken === undefined
    const source = isOwn ? tree.text.slice(written.span.offset, written.span.offset + written.span.length) : null
    const before = latest.get(key)
    const value = before?.source === source ? before.value : fill(setting, written, key, reader)
    if (source !== null) latest.set(key, { source, value })
    fixed.set(key, value)
    return value
  }

  const keys = keysInOrder(tree)
  return choose => {
    const reader: Reader = broken === undefined ? { choose } : { choose, broken }
    const values: Partial<Record<string, Json>> = {}
    for (const key of keys) {
      const value = read(key, reader)
      if (value !== undefined) values[key] = value
    }
    const { optimizer } = values
    try {
      const spec: RunSpec = {
        version: 1,
        dataset: decode.dataset(values['dataset']),
        image: decode.image(values['image']),
        split: decode.split(values['split']),
        model: decode.model(values['model']),
        loss: decode.loss(values['loss']),
        mining: decode.mining(values['mining']),
        curriculum: decode.curriculum(values['curriculum']),
        batch: decode.batch(values['batch']),
        optimizer: decode.optimizer(optimizer),
        schedule: decode.schedule(values['schedule']),
        clipNorm: decode.clipNorm(isRecord(optimizer) ? (optimizer['clipNorm'] ?? null) : null),
        augment: decode.augment(values['augment']),
        epochs: decode.epochs(values['epochs']),
        stepsPerEpoch: decode.stepsPerEpoch(values['stepsPerEpoch']),
        evaluation: decode.evaluation(values['evaluation']),
        seed: decode.seed(values['seed']),
        engine: decode.engine(values['engine']),
      }
      return { kind: 'spec', spec }
    } catch (error) {
      if (error instanceof v.ValiError) return { kind: 'none', why: error.message }
      throw error
    }
  }
}

/** Those that mean the same in every folder. */
const anywhere = {
  image: section(RunSpec.entries.image),
  split: section(RunSpec.entries.split),
  model: section(RunSpec.entries.model),
  loss: section(RunSpec.entries.loss),
  curriculum: section(RunSpec.entries.curriculum),
  batch: section(RunSpec.entries.batch),
  optimizer: section(RunSpec.entries.optimizer),
  schedule: section(RunSpec.entries.schedule),
  clipNorm: section(RunSpec.entries.clipNorm),
  augment: section(RunSpec.entries.augment),
  epochs: section(RunSpec.entries.epochs),
  stepsPerEpoch: section(RunSpec.entries.stepsPerEpoch),
  evaluation: section(RunSpec.entries.evaluation),
  seed: section(RunSpec.entries.seed),
  engine: section(RunSpec.entries.engine),
}

/** Written keys first, in the order of the text: that is the order of the axes of a sweep. */
function keysInOrder(tree: ExperimentTree): ReadonlySet<string> {
  const written = tree.root?.kind === 'object' ? tree.root.members.map(one => one.key) : []
  const known = Object.keys(experimentFile.properties)
  return new Set([...written.filter(key => Object.hasOwn(experimentFile.properties, key)), ...known])
}

/** Decodes a part of the spec; the same object only once. @throws v.ValiError */
function section<S extends v.GenericSchema>(
  schema: S,
  prepare: (json: Json | undefined) => unknown = json => json,
): (json: Json | undefined) => v.InferOutput<S> {
  const known = new WeakMap<object, v.InferOutput<S>>()
  return json => {
    if (typeof json !== 'object' || json === null) return v.parse(schema, prepare(json))
    const before = known.get(json)
    if (before !== undefined) return before
    const value = v.parse(schema, prepare(json))
    known.set(json, value)
    return value
  }
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

/** Triplets of a file: its path is relative to the experiment. */
function withAbsoluteFile(mining: Json | undefined, folder: string): Json | undefined {
  const file = isRecord(mining) ? mining['file'] : undefined
  return isRecord(mining) && typeof file === 'string' ? { ...mining, file: resolvePath(folder, file) } : mining
}

function isRecord(json: Json | undefined): json is Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
