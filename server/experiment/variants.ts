/** Which options of a variant an object can mean. */
import type { Option, Setting, VariantSetting } from '../catalog/entry.ts'
import { perObject } from './perObject.ts'
import { member, type Value } from './tree.ts'

/** The options that an object can mean: one, or as many as the tag lists when it is an axis. */
export function optionsOf(setting: VariantSetting, value: Value): string[] {
  const tag = member(value, setting.tag)?.value
  const listed = tag === undefined ? setting.default : tag === null ? undefined : tag
  if (listed === undefined) return []
  if (typeof listed === 'string') return [listed]
  const values = member(listed, 'values')?.value
  const candidates = listed.kind === 'string' ? [listed] : values?.kind === 'array' ? values.items : []
  return [
    ...new Set(
      candidates.flatMap(one =>
        one.kind === 'string' && Object.hasOwn(setting.options, one.value) ? [one.value] : [],
      ),
    ),
  ]
}

export function optionOf(setting: VariantSetting, id: string): Option | undefined {
  return Object.hasOwn(setting.options, id) ? setting.options[id] : undefined
}

/** The tag as a setting of its own. */
export const tagSetting = perObject((setting: VariantSetting): Setting => {
  return {
    kind: 'choice',
    choices: setting.options,
    summary: setting.summary,
    ...(setting.default === undefined ? {} : { default: setting.default }),
    ...(setting.tries === undefined ? {} : { tries: setting.tries }),
  }
})
