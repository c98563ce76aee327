/** Decoding thousands of specs: they share most of their parts, and a part that is known is not decoded again. */
import * as v from 'valibot'
import { RunSpec } from './runSpec.ts'

export type PartName = keyof RunSpec
export const partNames = Object.keys(RunSpec.entries) as PartName[]

export class SpecDecoder {
  readonly #parts = new Map<string, unknown>()

  /**
   * @returns a spec whose parts are shared with the others that came from here: not to be changed
   * @throws ValiError when it is not a spec
   */
  decode(value: unknown): RunSpec {
    const given = v.parse(v.record(v.string(), v.unknown()), value)
    return Object.fromEntries(partNames.map(name => [name, this.part(name, given[name])])) as RunSpec
  }

  /** @throws ValiError when it is not this part of a spec */
  part(name: PartName, value: unknown): unknown {
    const key = `${name} ${JSON.stringify(value)}`
    let part = this.#parts.get(key)
    if (part === undefined) {
      part = v.parse(RunSpec.entries[name], value)
      this.#parts.set(key, part)
    }
    return part
  }
}
