/**
 * Edits that write a setting into the text of a file, or take it out, in the style of what stands around it: an object on
 * one line stays on one line, comments and trailing commas stay where they are.
 */
import { createScanner } from 'jsonc-parser'
import type { Json } from '../catalog/entry.ts'
import type { Fix, Span } from './finding.ts'
import { member, type ExperimentTree, type Member, type Value } from './tree.ts'

type Edits = Fix['edits']
type ObjectValue = Extract<Value, { kind: 'object' }>
type ListValue = Extract<Value, { kind: 'array' }>

/** `{ "a": 1, "b": [1, 2] }`: JSON as people write it on one line. */
export function inline(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(inline).join(', ')}]`
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  const members = Object.entries(json).map(([key, value]) => `${JSON.stringify(key)}: ${inline(value)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/**
 * Sets the value at a path, making the objects on the way.
 * @returns `null` where something else than an object stands on the way, or an object is not closed yet
 */
export function setAt(tree: ExperimentTree, path: string, value: Json): Edits | null {
  const steps = path.split('.')
  let at: Value | null = tree.own
  for (const [i, step] of steps.entries()) {
    if (at === null || (at.kind !== 'object' && at.kind !== 'array')) return null
    const next: Value | null | undefined = at.kind === 'array' ? at.items[Number(step)] : member(at, step)?.value
    if (next === null || next === undefined) {
      if (at.kind === 'array' || member(at, step) !== undefined) return null
      const rest = steps.slice(i + 1).reduceRight<Json>((inner, key) => ({ [key]: inner }), value)
      return insertMember(tree.text, at, step, rest)
    }
    at = next
  }
  return at === null ? null : [{ span: at.span, text: inline(value) }]
}

function insertMember(text: string, object: ObjectValue, key: string, value: Json): Edits | null {
  const close = object.span.offset + object.span.length - 1
  if (text[close] !== '}') return null
  const written = `${JSON.stringify(key)}: ${inline(value)}`
  const last = object.members.at(-1)
  if (last === undefined) {
    const inner = text.slice(object.span.offset + 1, close)
    const indent = `${indentAt(text, object.span.offset)}  `
    return inner.trim() === ''
      ? [{ span: object.span, text: object.span.offset === 0 ? `{\n  ${written}\n}` : `{ ${written} }` }]
      : [{ span: { offset: object.span.offset + 1, length: 0 }, text: `\n${indent}${written}` }]
  }
  const end = last.span.offset + last.span.length
  const comma = commaAfter(text, end, close)
  const between = text.slice(object.span.offset, last.span.offset)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const gap = between.includes('\n') ? `${newline}${indentAt(text, last.span.offset)}` : ' '
  if (comma === null) return [{ span: { offset: end, length: 0 }, text: `,${gap}${written}` }]
  return [{ span: { offset: comma + 1, length: 0 }, text: `${gap}${written},` }]
}

/** Takes out the member or the entry of a list at a path, with its comma and its line where it has one to itself. */
export function removeAt(tree: ExperimentTree, path: string): Edits | null {
  const steps = path.split('.')
  const key = steps.pop() ?? ''
  let at: Value | null | undefined = tree.own
  for (const step of steps) at = at?.kind === 'array' ? at.items[Number(step)] : member(at, step)?.value
  if (at?.kind === 'array') {
    const item = at.items.at(Number(key))
    return item === undefined ? null : removeItem(tree.text, at, item)
  }
  const one = member(at, key)
  return at?.kind !== 'object' || one === undefined ? null : removeMember(tree.text, at, one)
}

export function removeMember(text: string, from: ObjectValue, one: Member): Edits {
  return removeFrom(text, from.span, from.members, one)
}

/** Takes an entry out of a list, with its comma. */
export function removeItem(text: string, from: ListValue, one: Value): Edits {
  return removeFrom(text, from.span, from.items, one)
}

function removeFrom<T extends { readonly span: Span }>(text: string, around: Span, all: readonly T[], one: T): Edits {
  const close = around.offset + around.length - 1
  const end = one.span.offset + one.span.length
  const comma = commaAfter(text, end, close)
  const before = all.at(Math.max(0, all.indexOf(one) - 1))
  if (comma === null && before !== undefined && before !== one) {
    const start = before.span.offset + before.span.length
    return [{ span: { offset: start, length: end - start }, text: '' }]
  }
  const stop = comma === null ? end : comma + 1
  const tail = /^[ \t]*(\r?\n)?/.exec(text.slice(stop))?.[0] ?? ''
  const lead = /(^|\n)([ \t]*)$/.exec(text.slice(0, one.span.offset))?.[2] ?? ''
  // The whole line when nothing else is on it; else only the entry and the space behind it.
  const wholeLine = tail.includes('\n') && (lead !== '' || text[one.span.offset - 1] === '\n')
  const offset = wholeLine ? one.span.offset - lead.length : one.span.offset
  const until = stop + (wholeLine || !tail.includes('\n') ? tail.length : 0)
  return [{ span: { offset, length: until - offset }, text: '' }]
}

/** Where the comma after a member stands; comments are passed over. */
function commaAfter(text: string, from: number, close: number): number | null {
  const scanner = createScanner(text.slice(0, close), true)
  scanner.setPosition(from)
  scanner.scan()
  const at = scanner.getTokenOffset()
  return at < close && text[at] === ',' ? at : null
}

/** The white space at the start of the line that an offset is on. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
}
