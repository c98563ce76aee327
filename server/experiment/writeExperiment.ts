/** A run's settings as an experiment file: the way back from a spec. What has its default is left out. */
import { relative, sep } from 'node:path'
import type { DatasetSpec, RunSpec } from '../../protocol/runSpec.ts'
import type { Json, Setting } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import { inline } from './editText.ts'
import { optionOf } from './variants.ts'

/**
 * @param folder of the file that it becomes, absolute: paths are written relative to it
 * @param name what its runs are called; '': what differs from the defaults
 */
export function writeExperiment(spec: RunSpec, folder: string, name = ''): string {
  const { dataset, ...rest } = fileValues(spec, folder)
  const members: [string, Json][] = [...(name === '' ? [] : [['name', name] as [string, Json]]), ['dataset', dataset]]
  for (const [key, value] of Object.entries(rest)) {
    const short = shortened(experimentFile.properties[key], value)
    if (short !== undefined) members.push([key, short])
  }
  return `{\n${members.map(([key, value]) => `  ${JSON.stringify(key)}: ${inline(value)},\n`).join('')}}\n`
}

/** A spec as it stands in a file with nothing left out. */
export function fileValues(spec: RunSpec, folder: string): { readonly dataset: Json; readonly [key: string]: Json } {
  const { dataset, clipNorm, optimizer, ...rest } = spec
  const values = JSON.parse(JSON.stringify(rest)) as { [key: string]: Json }
  // Says in which form specs are stored: no setting.
  delete values['version']
  return { ...values, dataset: datasetValue(dataset, folder), optimizer: { ...optimizer, clipNorm } }
}

/** A setting in the shortest way to write it. */
export function briefly(setting: Setting, value: Json): Json {
  const short = shortened(setting, value)
  if (short !== undefined) return short
  return setting.kind === 'variant' && isRecord(value) ? value[setting.tag] : value
}

function datasetValue(dataset: DatasetSpec, folder: string): Json {
  const near = (path: string) => {
    const way = relative(folder, path).split(sep).join('/')
    // A path that climbs far is clearer written from the root.
    return way.startsWith('../../..') || way === '' ? path : way.startsWith('.') ? way : `./${way}`
  }
  switch (dataset.kind) {
    case 'emoji':
    case 'mnist':
    case 'fashion-mnist':
      return { name: dataset.kind }
    case 'idx':
      return { idx: { images: near(dataset.images), labels: near(dataset.labels) } }
    default:
      return { [dataset.kind]: near(dataset.path) }
  }
}

/** @returns `undefined` when nothing is left that needs to be said */
function shortened(setting: Setting, value: Json): Json | undefined {
  switch (setting.kind) {
    case 'number':
    case 'boolean':
    case 'choice':
    case 'text':
    case 'list':
      return JSON.stringify(value) === JSON.stringify('default' in setting ? setting.default : undefined)
        ? undefined
        : value
    case 'object': {
      const own = membersOf(setting.properties, value)
      return Object.keys(own).length === 0 ? undefined : own
    }
    case 'variant': {
      const id = isRecord(value) ? value[setting.tag] : undefined
      const option = typeof id === 'string' ? optionOf(setting, id) : undefined
      if (typeof id !== 'string' || option === undefined) return value
      const own = membersOf(option.properties, value)
      if (Object.keys(own).length > 0) return { [setting.tag]: id, ...own }
      return id === setting.default ? undefined : id
    }
    case 'oneOf':
      return value
  }
}

function membersOf(properties: Readonly<Record<string, Setting>>, value: Json): Record<string, Json> {
  const own: Record<string, Json> = {}
  if (!isRecord(value)) return own
  for (const [key, setting] of Object.entries(properties)) {
    const written = key in value ? shortened(setting, value[key]) : undefined
    if (written !== undefined) own[key] = written
  }
  return own
}

function isRecord(json: Json): json is Readonly<Record<string, Json>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
