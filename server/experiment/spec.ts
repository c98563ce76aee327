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
  const entries = RunSpec.entries
  const decode = {
    dataset: section(entries.dataset, json => toDatasetSpec(json, folder)),
    image: section(entries.image),
    split: section(entries.split),
    model: section(entries.model),
    loss: section(entries.loss),
    mining: section(entries.mining, json => withAbsoluteFile(json, folder)),
    curriculum: section(entries.curriculum),
    batch: section(entries.batch),
    optimizer: section(entries.optimizer),
    schedule: section(entries.schedule),
    clipNorm: section(entries.clipNorm),
    augment: section(entries.augment),
    epochs: section(entries.epochs),
    stepsPerEpoch: section(entries.stepsPerEpoch),
    evaluation: section(entries.evaluation),
    seed: section(entries.seed),
    engine: section(entries.engine),
  }

  function read(key: string, reader: Reader): Json | undefined {
    const known = fixed.get(key)
    if (known !== undefined || fixed.has(key)) return known
    const setting = experimentFile.properties[key]
    const value = fill(setting, member(tree.root, key)?.value ?? undefined, key, reader)
    if (!varying.has(key)) fixed.set(key, value)
    return value
  }

  return choose => {
    const reader: Reader = broken === undefined ? { choose } : { choose, broken }
    const values: Partial<Record<string, Json>> = {}
    for (const key of keysInOrder(tree)) {
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

/** Written keys first, in the order of the text: that is the order of the axes of a sweep. */
function keysInOrder(tree: ExperimentTree): Iterable<string> {
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
