/** Decoding thousands of specs: they share most of their parts, and a part that is known is not decoded again. */
import * as v from 'valibot'
import { RunSpec } from './runSpec.ts'

export type PartName = keyof RunSpec
export const partNames = Object.keys(RunSpec.entries) as PartName[]

export class SpecDecoder {
  readonly #parts = new Map<string, unknown>()
  /** By the text of a member, `"seed":5`. */
  readonly #members = new Map<string, Member>()
  /** Members of the text that was decoded last: most of the next one's are the same. */
  #before: readonly Member[] = []

  /**
   * @returns a spec whose parts are shared with the others that came from here: not to be changed
   * @throws ValiError when it is not a spec
   */
  decode(value: unknown): RunSpec {
    const given = v.parse(v.record(v.string(), v.unknown()), value)
    return Object.fromEntries(partNames.map(name => [name, this.part(name, given[name])])) as RunSpec
  }

  /**
   * The same from JSON. What is written without spaces, as the store has it, is compared with the one before part by part
   * and hardly parsed at all.
   * @throws SyntaxError when it is not JSON
   */
  decodeText(text: string): RunSpec {
    const members = this.#membersOf(text)
    if (members === null) return this.decode(JSON.parse(text))
    this.#before = members
    const given = new Map(members.map(({ name, part }) => [name, part]))
    const spec: Partial<Record<PartName, unknown>> = {}
    for (const name of partNames) spec[name] = given.has(name) ? given.get(name) : this.part(name, undefined)
    return spec as RunSpec
  }

  /** `null` when the text is not an object without spaces between its members. */
  #membersOf(text: string): Member[] | null {
    if (!text.startsWith('{"')) return null
    const members: Member[] = []
    for (let at = 1; ; at++) {
      const before = this.#before.at(members.length)
      const member = before !== undefined && isMemberAt(text, at, before.text) ? before : this.#member(text, at)
      if (member === null) return null
      members.push(member)
      at += member.text.length
      if (text[at] === '}') return at === text.length - 1 ? members : null
    }
  }

  #member(text: string, start: number): Member | null {
    const end = endOfMember(text, start)
    if (end === null) return null
    const own = text.slice(start, end)
    const known = this.#members.get(own)
    if (known !== undefined) return known
    const match = /^"([a-zA-Z]+)":(.*)$/s.exec(own)
    if (match === null) return null
    const [, name, json] = match
    const value: unknown = JSON.parse(json)
    // A member of another version of this program is left out, as valibot does.
    const member = { text: own, name, part: isPart(name) ? this.part(name, value) : undefined }
    this.#members.set(own, member)
    return member
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

interface Member {
  readonly text: string
  readonly name: string
  readonly part: unknown
}

const isPart = (name: string): name is PartName => Object.hasOwn(RunSpec.entries, name)

function isMemberAt(text: string, at: number, member: string): boolean {
  const next = text[at + member.length]
  return (next === ',' || next === '}') && text.startsWith(member, at)
}

/** Where the comma or bracket after the member stands; `null` when there is none. */
function endOfMember(text: string, start: number): number | null {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    switch (text[i]) {
      case '"':
        // To the end of the string.
        for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
        break
      case '{':
      case '[':
        depth++
        break
      case ']':
      case '}':
        if (depth === 0) return i
        depth--
        break
      case ',':
        if (depth === 0) return i
    }
  }
  return null
}
