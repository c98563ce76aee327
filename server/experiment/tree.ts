/** The tree of an experiment file: JSON values that know where they stand. */
import type { Json } from '../catalog/entry.ts'
import type { Finding, Span } from './finding.ts'

export type { Span }

export interface Member {
  readonly key: string
  /** The key with its quotes. */
  readonly keySpan: Span
  /** Missing while someone types. */
  readonly value: Value | null
  /** Key, colon and value. */
  readonly span: Span
}

export type Value =
  | { readonly kind: 'object'; readonly span: Span; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly span: Span; readonly items: readonly Value[] }
  | { readonly kind: 'string'; readonly span: Span; readonly value: string }
  | { readonly kind: 'number'; readonly span: Span; readonly value: number }
  | { readonly kind: 'boolean'; readonly span: Span; readonly value: boolean }
  | { readonly kind: 'null'; readonly span: Span }

export interface ExperimentTree {
  readonly text: string
  /** `null` when the text holds no value at all. */
  readonly root: Value | null
  /** What is wrong with the JSON itself, or with the file that it extends. */
  readonly syntax: readonly Finding[]
  /** As `root`, without what is inherited from the file that it extends: what edits are made to. */
  readonly own: Value | null
  /** The value of `extends`: inherited values have this very object as their span. `null` without a base. */
  readonly inherited: Span | null
  /** Absolute path of the file that it extends. */
  readonly basePath: string | null
}

/** Whether a value, or what is found about it, comes from the file that this one extends. */
export function isInherited({ inherited }: ExperimentTree, span: Span): boolean {
  return inherited !== null && span === inherited
}

/** The member with this key; the last where a key is written twice, as JSON.parse does. */
export function member(value: Value | null | undefined, key: string): Member | undefined {
  return value?.kind === 'object' ? value.members.findLast(one => one.key === key) : undefined
}

/** Follows keys and list positions from the root. */
export function valueAt(root: Value | null, path: readonly (string | number)[]): Value | undefined {
  let at: Value | null | undefined = root
  for (const step of path) {
    if (typeof step === 'string') at = member(at, step)?.value
    else at = at?.kind === 'array' ? at.items[step] : undefined
  }
  return at ?? undefined
}

export function toJson(value: Value): Json {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(
        value.members.flatMap(one => (one.value === null ? [] : [[one.key, toJson(one.value)]])),
      )
    case 'array':
      return value.items.map(toJson)
    case 'null':
      return null
    case 'string':
    case 'number':
    case 'boolean':
      return value.value
  }
}

/** A value that stands nowhere in the text: one that a search has chosen, say. */
export function fromJson(json: Json, span: Span): Value {
  if (json === null) return { kind: 'null', span }
  if (typeof json === 'string') return { kind: 'string', span, value: json }
  if (typeof json === 'number') return { kind: 'number', span, value: json }
  if (typeof json === 'boolean') return { kind: 'boolean', span, value: json }
  if (isList(json)) return { kind: 'array', span, items: json.map(item => fromJson(item, span)) }
  const members = Object.entries(json).map(([key, one]) => ({ key, keySpan: span, span, value: fromJson(one, span) }))
  return { kind: 'object', span, members }
}

function isList(json: readonly Json[] | { readonly [key: string]: Json }): json is readonly Json[] {
  return Array.isArray(json)
}

export function contains(span: Span, offset: number): boolean {
  return span.offset <= offset && offset <= span.offset + span.length
}

/** Keys joined by dots; the root has the empty path. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
