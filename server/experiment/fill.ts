/** A tree and the catalog → plain values with every default written out. */
import type { Json, ObjectSetting, OneOfSetting, Setting, VariantSetting } from '../catalog/entry.ts'
import { isAxis } from './axes.ts'
import { join, member, type Value } from './tree.ts'
import { optionOf } from './variants.ts'

export interface Reader {
  /**
   * Chooses the value of an axis. Called in the order in which axes decide: a miner before its parameters, and never for
   * an axis that the choices so far have made meaningless.
   */
  readonly choose: (path: string, axis: Value) => Value
  /** Values that an error is known of: they count as not written, so that more can be said about the rest. */
  readonly broken?: (value: Value) => boolean
}

/** @returns `undefined` for a setting that is optional and left out */
export function fill(setting: Setting, written: Value | undefined, path: string, reader: Reader): Json | undefined {
  if (written === undefined && setting.optional === true) return undefined
  const given = written !== undefined && isAxis(setting, written) ? reader.choose(path, written) : written
  const value = given !== undefined && reader.broken?.(given) === true ? undefined : given
  switch (setting.kind) {
    case 'number':
      return value?.kind === 'number' ? value.value : setting.default
    case 'boolean':
      return value?.kind === 'boolean' ? value.value : setting.default
    case 'choice':
    case 'text':
      return value?.kind === 'string' ? value.value : setting.default
    case 'list': {
      if (value?.kind !== 'array') return setting.default
      return value.items.map((item, i) => fill(setting.item, item, join(path, String(i)), reader) ?? null)
    }
    case 'object':
      return fillObject(setting, value, path, reader)
    case 'oneOf':
      return fillOneOf(setting, value, path, reader)
    case 'variant':
      return fillVariant(setting, value, path, reader)
  }
}

function fillMembers(
  properties: ObjectSetting['properties'],
  value: Value | undefined,
  path: string,
  reader: Reader,
): Record<string, Json> {
  const filled: Record<string, Json> = {}
  // What is written comes first, in the order of the text: that is the order of the axes of a sweep.
  const written = value?.kind === 'object' ? value.members.map(one => one.key) : []
  for (const key of new Set([...written, ...Object.keys(properties)])) {
    const setting = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (setting === undefined) continue
    const one = fill(setting, member(value, key)?.value ?? undefined, join(path, key), reader)
    if (one !== undefined) filled[key] = one
  }
  return filled
}

function fillObject(setting: ObjectSetting, value: Value | undefined, path: string, reader: Reader): Json {
  return fillMembers(setting.properties, value, path, reader)
}

function fillOneOf(setting: OneOfSetting, value: Value | undefined, path: string, reader: Reader): Json {
  const firstKey = Object.keys(setting.properties).at(0)
  if (value?.kind === 'string' && firstKey !== undefined) return { [firstKey]: value.value }
  const key =
    value?.kind === 'object' ? value.members.find(one => Object.hasOwn(setting.properties, one.key))?.key : undefined
  const inner = key === undefined ? undefined : setting.properties[key]
  if (key === undefined || inner === undefined) return {}
  return fillMembers({ [key]: inner }, value, path, reader)
}

function fillVariant(
  setting: VariantSetting,
  value: Value | undefined,
  path: string,
  reader: Reader,
): Json | undefined {
  const tagPath = join(path, setting.tag)
  let id = setting.default
  if (value?.kind === 'string') id = value.value
  const tag = member(value, setting.tag)?.value
  if (tag?.kind === 'string' && reader.broken?.(tag) !== true) id = tag.value
  if (tag?.kind === 'object') {
    const chosen = reader.choose(tagPath, tag)
    if (chosen.kind === 'string') id = chosen.value
  }
  const option = id === undefined ? undefined : optionOf(setting, id)
  if (id === undefined || option === undefined) return undefined
  return { [setting.tag]: id, ...fillMembers(option.properties, value, path, reader) }
}
