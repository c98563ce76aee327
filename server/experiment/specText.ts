/** Specs as text, to tell which are equal. Parts of specs are shared and never change, so each is written once. */
import { RunSpec } from '../../protocol/runSpec.ts'

const specParts = Object.keys(RunSpec.entries) as (keyof RunSpec)[]
const texts = new WeakMap<object, string>()
/**
 * Equal for equal specs: both sides come out of the same decoders, so that equal parts are equal text. Parts that specs
 * share are written once.
 */
export function specKey(spec: RunSpec): string {
  const known = texts.get(spec)
  if (known !== undefined) return known
  const key = specParts.map(part => textOf(spec[part])).join(' ')
  texts.set(spec, key)
  return key
}

/** JSON of a part of a spec, written once per object. */
export function textOf(part: unknown): string {
  if (typeof part !== 'object' || part === null) return JSON.stringify(part)
  const known = texts.get(part)
  if (known !== undefined) return known
  const text = JSON.stringify(part)
  texts.set(part, text)
  return text
}
