import fc from 'fast-check'
import { parseTree, type Node, type ParseError } from 'jsonc-parser'
import { expect, test } from 'vitest'
import { parseValid } from '../../server/experiment/parseValid.ts'
import type { Value } from '../../server/experiment/tree.ts'

/** What the parser of jsonc-parser makes of a text; `null` where it finds something wrong. */
function expected(text: string): Value | null {
  const errors: ParseError[] = []
  const node = parseTree(text, errors, { allowTrailingComma: true })
  return node === undefined || errors.length > 0 ? null : valueOf(node)
}

function valueOf({ type, offset, length, value, children = [] }: Node): Value {
  const span = { offset, length }
  if (type === 'array') return { kind: type, span, items: children.map(valueOf) }
  if (type === 'string') return { kind: type, span, value: String(value) }
  if (type === 'number') return { kind: type, span, value: Number(value) }
  if (type === 'boolean') return { kind: type, span, value: value === true }
  if (type !== 'object') return { kind: 'null', span }
  const members = children.map(({ offset: start, length: size, children: parts = [] }) => {
    const [key, own] = parts
    return {
      key: String(key.value),
      keySpan: { offset: key.offset, length: key.length },
      value: valueOf(own),
      span: { offset: start, length: size },
    }
  })
  return { kind: type, span, members }
}

/** JSON with whatever may stand between its words. */
const texts = fc
  .tuple(
    fc.json({ maxDepth: 5 }),
    fc.array(fc.constantFrom(' ', '\n', '\r\n', '\t', '// x "\n', '/* { */', ''), { minLength: 1 }),
  )
  .map(([json, gaps]) => {
    let i = 0
    const words = json.match(/"(?:\\.|[^"\\])*"|[-\w.+]+|[^\s"]/g) ?? []
    return words.map(word => gaps[i++ % gaps.length] + word).join('')
  })

test('text in which nothing is wrong gives the tree of the tolerant parser', () => {
  fc.assert(
    fc.property(texts, text => {
      const found = parseValid(text, 64)
      expect(found?.root ?? null, text).toEqual(expected(text))
      expect(found).not.toBeNull()
    }),
    { numRuns: 500 },
  )
})

test('text in which something is wrong is left to the tolerant parser, and only that', () => {
  const piece = fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '0', '-', 'e', 'null', 'x', '/*', '*/', '//', '\\', '\n', '\u0001') // prettier-ignore
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(3), piece, (whole, at, length, inserted) => {
      const start = at % (whole.length + 1)
      const text = whole.slice(0, start) + inserted + whole.slice(start + length)
      const tree = expected(text)
      const found = parseValid(text, 64)
      // Behind the root it does not look for the end of a comment, but leaves that to the other.
      if (found !== null || tree === null) expect(found?.root ?? null, text).toEqual(tree)
      else expect(text).toContain('/*')
    }),
    { numRuns: 3_000 },
  )
})

test('keys that are doubled are noticed, and brackets that are too many', () => {
  expect(parseValid('{ "a": 1, "b": [{ "a": 1, "c": 2 }] }', 64)?.hasDuplicates).toBe(false)
  expect(parseValid('{ "a": 1, "b": [{ "c": 1, "c": 2 }] }', 64)?.hasDuplicates).toBe(true)
  expect(parseValid('[[[1]]]', 3)).not.toBeNull()
  expect(parseValid('[[[1]], [[[1]]]]', 3)).toBeNull()
  for (const text of ['', ' // nothing', '{', '{} {}', '{ "a" }', '{ , }', '[1 2]', '01', '1 /* open']) expect(parseValid(text, 64), text).toBeNull() // prettier-ignore
})
