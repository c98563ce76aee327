/**
 * Valid experiment files, made from the catalog: every setting that there is, with any value that its entry allows. A
 * setting that is added to the catalog is tried from then on.
 */
import fc from 'fast-check'
import { inRange, type Json, type NumberSetting, type Setting } from '../../server/catalog/entry.ts'
import { experimentFile } from '../../server/catalog/experimentFile.ts'

export interface Shape {
  /** Values for these paths in place of what their entry allows; `undefined` leaves the setting out. */
  readonly only: Readonly<Record<string, readonly (Json | undefined)[]>>
}

/** Objects as the file has them: with some of their settings, in any order. */
export function experiments({ only }: Shape): fc.Arbitrary<Json> {
  return anyOf(experimentFile, '')

  function anyOf(setting: Setting, path: string): fc.Arbitrary<Json> {
    switch (setting.kind) {
      case 'number':
        return numbers(setting)
      case 'boolean':
        return fc.boolean()
      case 'choice':
        return fc.constantFrom(...Object.keys(setting.choices))
      case 'text':
        return fc.stringMatching(/^[a-z]{1,8}$/)
      case 'list':
        return fc.array(anyOf(setting.item, `${path}[]`), { minLength: setting.minItems, maxLength: 3 })
      case 'object':
        return members(setting.properties, path)
      case 'oneOf': {
        const [name, ...others] = Object.entries(setting.properties)
        const named = anyOf(name[1], `${path}.${name[0]}`)
        return fc.oneof(
          named,
          named.map(value => ({ [name[0]]: value })),
          ...others.map(([key, one]) => anyOf(one, `${path}.${key}`).map(value => ({ [key]: value }))),
        )
      }
      case 'variant': {
        const options = Object.entries(setting.options).map(([id, { properties }]) => {
          const whole = members(properties, `${path}(${id})`).map(value => ({
            [setting.tag]: id,
            ...(value as object),
          }))
          const isShort = Object.values(properties).every(one => 'default' in one || one.optional === true)
          return isShort ? fc.oneof(fc.constant<Json>(id), whole) : whole
        })
        return fc.oneof(...options)
      }
    }
  }

  function members(properties: Readonly<Record<string, Setting>>, path: string): fc.Arbitrary<Json> {
    const parts = Object.entries(properties).map(([key, setting]) => {
      const at = path === '' ? key : `${path}.${key}`
      const given = Object.hasOwn(only, at) ? only[at] : undefined
      const value = given === undefined ? anyOf(setting, at) : fc.constantFrom(...given)
      const isRequired = !('default' in setting) && setting.optional !== true && setting.kind !== 'object'
      const present: fc.Arbitrary<Json | undefined> = isRequired ? value : fc.option(value, { nil: undefined })
      return present.map(one => (one === undefined ? [] : [[key, one] as const]))
    })
    return fc
      .tuple(...parts)
      .chain(found => fc.shuffledSubarray(found.flat(), { minLength: found.flat().length }))
      .map(entries => Object.fromEntries(entries))
  }
}

function numbers({ integer, range, only, tries }: NumberSetting): fc.Arbitrary<number> {
  if (only !== undefined) return fc.constantFrom(...only)
  const [min, max] = [Math.max(range.min, -1e6), Math.min(range.max, 1e6)]
  const within = integer
    ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
    : fc.double({ min, max, noNaN: true }).filter(value => inRange(value, range))
  const allowed = within.filter(value => inRange(value, range))
  return tries === undefined || tries.length === 0 ? allowed : fc.oneof(fc.constantFrom(...tries), allowed)
}
