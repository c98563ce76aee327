/**
 * The fast way from text to tree, for text in which nothing is wrong: one pass, no findings. An editor takes it at nearly every
 * key that is pressed.
 */
import { createScanner } from 'jsonc-parser'
import type { Member, Value } from './tree.ts'

/** The words of JSON as jsonc-parser numbers them: its names for them are only there for its own compiler. */
const word = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  end: 17,
} as const
const noError = 0

export interface ValidTree {
  readonly root: Value
  /** Whether some object has a key twice. */
  readonly hasDuplicates: boolean
}

/**
 * @param deepest more open brackets than this are too many
 * @returns `null` where anything is wrong: then the tolerant parser says what
 */
export function parseValid(text: string, deepest: number): ValidTree | null {
  const scanner = createScanner(text, true)
  let depth = 0
  let hasDuplicates = false
  let token: number = scanner.scan()
  const isBroken = () => {
    const error: number = scanner.getTokenError()
    return error !== noError
  }

  function next(): number {
    token = scanner.scan()
    return token
  }

  function value(): Value | null {
    const offset = scanner.getTokenOffset()
    const span = { offset, length: scanner.getTokenLength() }
    if (isBroken()) return null
    switch (token) {
      case word.openBrace:
      case word.openBracket: {
        if (++depth > deepest) return null
        const found = token === word.openBrace ? object(offset) : array(offset)
        depth--
        return found
      }
      case word.string: {
        const string: Value = { kind: 'string', span, value: scanner.getTokenValue() }
        next()
        return string
      }
      case word.number: {
        const number: Value = { kind: 'number', span, value: Number(scanner.getTokenValue()) }
        next()
        return number
      }
      case word.true:
      case word.false: {
        const boolean: Value = { kind: 'boolean', span, value: token === word.true }
        next()
        return boolean
      }
      case word.null:
        next()
        return { kind: 'null', span }
      default:
        return null
    }
  }

  function object(offset: number): Value | null {
    const members: Member[] = []
    next()
    while (token !== word.closeBrace) {
      const one = member()
      if (one === null) return null
      members.push(one)
      if (!atEndOfEntry(word.closeBrace)) return null
    }
    hasDuplicates ||= new Set(members.map(one => one.key)).size < members.length
    return { kind: 'object', span: closed(offset), members }
  }

  function member(): Member | null {
    if (token !== word.string || isBroken()) return null
    const keySpan = { offset: scanner.getTokenOffset(), length: scanner.getTokenLength() }
    const key = scanner.getTokenValue()
    if (next() !== word.colon) return null
    next()
    const own = value()
    if (own === null) return null
    const span = { offset: keySpan.offset, length: own.span.offset + own.span.length - keySpan.offset }
    return { key, keySpan, value: own, span }
  }

  function array(offset: number): Value | null {
    const items: Value[] = []
    next()
    while (token !== word.closeBracket) {
      const one = value()
      if (one === null) return null
      items.push(one)
      if (!atEndOfEntry(word.closeBracket)) return null
    }
    return { kind: 'array', span: closed(offset), items }
  }

  /** Behind an entry: a comma, which is passed over, or the closing bracket. */
  function atEndOfEntry(close: number): boolean {
    if (token !== word.comma) return token === close
    next()
    return true
  }

  /** From an opening bracket to the closing one, which is passed over. */
  function closed(offset: number) {
    const span = { offset, length: scanner.getTokenOffset() + scanner.getTokenLength() - offset }
    next()
    return span
  }

  const root = value()
  if (root === null || token !== word.end) return null
  // The scanner passes over a comment that is never closed without a word.
  if (text.includes('/*', root.span.offset + root.span.length)) return null
  return { root, hasDuplicates }
}
