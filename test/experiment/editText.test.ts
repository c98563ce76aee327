import fc from 'fast-check'
import { parse, type ParseError } from 'jsonc-parser'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../server/catalog/entry.ts'
import { inline, removeAt, setAt } from '../../server/experiment/editText.ts'
import { parseExperiment } from '../../server/experiment/parse.ts'
import { applyFix } from './helpers.ts'

const set = (text: string, path: string, value: Json) => {
  const edits = setAt(parseExperiment(text).tree, path, value)
  return edits === null ? null : applyFix(text, { title: '', edits })
}
const remove = (text: string, path: string) => {
  const edits = removeAt(parseExperiment(text).tree, path)
  return edits === null ? null : applyFix(text, { title: '', edits })
}

describe('a setting is written in the style of its surroundings', () => {
  test.each([
    ['{ "a": 1 }', 'a', 2, '{ "a": 2 }'],
    ['{ "a": 1 }', 'b', 2, '{ "a": 1, "b": 2 }'],
    ['{ "a": { "x": 1 } }', 'a.y', [1, 2], '{ "a": { "x": 1, "y": [1, 2] } }'],
    ['{ "a": {} }', 'a.y', 1, '{ "a": { "y": 1 } }'],
    ['{}', 'a', 1, '{\n  "a": 1\n}'],
    ['{ "a": 1 }', 'b.c', 2, '{ "a": 1, "b": { "c": 2 } }'],
    ['{\n  "a": 1\n}', 'b', { c: 'd' }, '{\n  "a": 1,\n  "b": { "c": "d" }\n}'],
    ['{\n\t"a": 1, // one\n}', 'b', 2, '{\n\t"a": 1,\n\t"b": 2, // one\n}'],
    ['{\r\n  "a": 1\r\n}', 'b', 2, '{\r\n  "a": 1,\r\n  "b": 2\r\n}'],
    ['{\n  // nothing yet\n}', 'b', 2, '{\n  "b": 2\n  // nothing yet\n}'],
    ['{ "a": [{ "x": 1 }] }', 'a.0.y', 2, '{ "a": [{ "x": 1, "y": 2 }] }'],
    ['{ "a": "short" }', 'a.b', 2, null],
    ['{ "a": 1', 'b', 2, null],
  ])('%s: %s', (text, path, value, expected) => expect(set(text, path, value)).toBe(expected))

  test.each([
    ['{ "a": 1, "b": 2 }', 'b', '{ "a": 1 }'],
    ['{ "a": 1, "b": 2 }', 'a', '{ "b": 2 }'],
    ['{ "a": 1 }', 'a', '{ }'],
    ['{\n  "a": 1,\n  "b": 2\n}', 'a', '{\n  "b": 2\n}'],
    ['{\n  "a": 1,\n  "b": 2,\n}', 'b', '{\n  "a": 1,\n}'],
    ['{\n  "a": 1,\n  "b": { "c": 1, "d": 2 }\n}', 'b.d', '{\n  "a": 1,\n  "b": { "c": 1 }\n}'],
    ['{ "a": 1 }', 'x', null],
  ])('and taken out with its comma: %s: %s', (text, path, expected) => expect(remove(text, path)).toBe(expected))
})

test('whatever the object, it then has the value, and the others are as they were', () => {
  const key = fc.constantFrom('a', 'b', 'c')
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null))
  const object = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { noNullPrototype: true })), {
    noNullPrototype: true,
  })
  const space = fc.constantFrom(0, 2)
  fc.assert(
    fc.property(object, key, key, leaf, space, (value, first, second, next, indent) => {
      const text = `// head\n${JSON.stringify(value, null, indent)}\n// tail`
      const path = `${first}.${second}`
      const after = set(text, path, next)
      const own = value[first] as (typeof value)[string] | undefined
      if (after === null) {
        expect(typeof own !== 'object' || own === null).toBe(true)
        return
      }
      const errors: ParseError[] = []
      const read: unknown = parse(after, errors)
      expect(errors).toEqual([])
      expect(read).toEqual({ ...value, [first]: { ...(typeof own === 'object' ? own : {}), [second]: next } })
      const gone = remove(after, path)
      expect(gone === null ? null : parse(gone, errors, { allowTrailingComma: true })).not.toHaveProperty(path)
      expect(errors).toEqual([])
    }),
  )
})

test('JSON on one line reads back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(JSON.parse(inline(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
