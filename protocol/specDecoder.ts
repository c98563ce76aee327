/** Decoding thousands of specs: they share most of their parts, and a part that is known is not decoded again. */
import * as v from 'valibot'
import { RunSpec } from './runSpec.ts'

export type PartName = keyof RunSpec
export const partNames = Object.keys(RunSpec.entries) as PartName[]

export class SpecDecoder {
  readonly #parts = new Map<string, unknown>()
  /** By the text of a member, `"seed":5`. */
  readonly #members = new Map<string, Member>()
  /** What was decoded last: most members of the next text are the same. */
  #before: Decoded | null = null

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
    const before = this.#before
    const alike =
      before?.members.length === members.length && members.every((one, i) => one.name === before.members[i].name)
    const spec = alike ? withChanges(before, members) : this.#specOf(members)
    // Of two members of one name the last counts, which comparing them one by one would not see.
    const distinct = alike || new Set(members.map(({ name }) => name)).size === members.length
    this.#before = distinct ? { members, spec } : null
    return spec
  }

  #specOf(members: readonly Member[]): RunSpec {
    const given = new Map(members.map(({ name, part }) => [name, part]))
    return Object.fromEntries(
      partNames.map(name => [name, given.has(name) ? given.get(name) : this.part(name, undefined)]),
    ) as RunSpec
  }

  /** `null` when the text is not an object without spaces between its members. */
  #membersOf(text: string): Member[] | null {
    if (!text.startsWith('{"')) return null
    const before = this.#before?.members ?? []
    const members: Member[] = []
    for (let at = 1; ; at++) {
      const expected = before.at(members.length)
      const member = expected !== undefined && isMemberAt(text, at, expected.text) ? expected : this.#member(text, at)
      if (member === null) return null
      members.push(member)
      at += member.text.length
      const next = text.charCodeAt(at)
      if (next === closing) return at === text.length - 1 ? members : null
      if (next !== comma) return null
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

interface Decoded {
  readonly members: readonly Member[]
  readonly spec: RunSpec
}

function withChanges(before: Decoded, members: readonly Member[]): RunSpec {
  const spec: Record<string, unknown> = { ...before.spec }
  for (const [i, member] of members.entries())
    if (member !== before.members[i] && isPart(member.name)) spec[member.name] = member.part
  return spec as RunSpec
}

const comma = 0x2c
const closing = 0x7d

const isPart = (name: string): name is PartName => Object.hasOwn(RunSpec.entries, name)

function isMemberAt(text: string, at: number, member: string): boolean {
  const next = text.charCodeAt(at + member.length)
  return (next === comma || next === closing) && text.startsWith(member, at)
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
