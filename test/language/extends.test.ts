import { TextDocument } from 'vscode-languageserver-textdocument'
import { describe, expect, test } from 'vitest'
import { codeActions } from '../../server/language/codeActions.ts'
import { readDocument } from '../../server/language/document.ts'
import { definition, prepareRename, rename } from '../../server/language/extends.ts'
import { applied, context, cursor, open, underlined, uri } from './helpers.ts'

const baseText = '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3 }\n}'
const base = readDocument(TextDocument.create('file:///lab/base.triplet.json', 'triplet', 1, baseText))
const bases = { folder: '/lab', read: () => baseText }

function extending(marked: string) {
  const { document, position } = cursor(marked)
  return { document: readDocument(document.text, bases), position }
}

describe('go to definition', () => {
  const target = (marked: string) => {
    const { document, position } = extending(marked)
    const link = definition(document, base, position).at(0)
    return link && [underlined(document, link.originSelectionRange), underlined(base, link.targetSelectionRange)]
  }
  test('leads from "extends" to the file and from a setting to the one that it replaces', () => {
    expect(target('{ "extends": "./ba|se.triplet.json" }')).toEqual(['"./base.triplet.json"', ''])
    expect(target('{ "extends": "./base.triplet.json", "loss": { "mar|gin": 0.5 } }')).toEqual(['"margin"', '"margin"'])
    expect(target('{ "extends": "./base.triplet.json", "ep|ochs": 5 }')).toBeUndefined()
  })
})

describe('rename', () => {
  test('changes the name of the experiment', () => {
    const { document, position } = cursor('{ "dataset": "emoji", "name": "fir|st" }')
    expect(prepareRename(document, position)?.placeholder).toBe('first')
    const [change] = rename(document, position, 'se"cond', [], path => path)?.documentChanges ?? []
    if (!('edits' in change)) throw new Error('No edits.')
    expect(applied(document, change.edits as never)).toBe('{ "dataset": "emoji", "name": "se\\"cond" }')
  })

  test('renames the file that is extended, and in every open file that extends it', () => {
    const { document, position } = extending('{ "extends": "./ba|se.triplet.json" }')
    const other = readDocument(
      TextDocument.create('file:///lab/sub/b.triplet.json', 'triplet', 1, '{ "extends": "../base.triplet.json" }'),
      bases,
    )
    const resolve = (path: string) => new URL(path, document.text.uri).href
    const changes =
      rename(document, position, './common.triplet.json', [document, other], resolve)?.documentChanges ?? []
    expect(changes[0]).toEqual({
      kind: 'rename',
      oldUri: 'file:///lab/base.triplet.json',
      newUri: 'file:///lab/common.triplet.json',
    })
    const texts = changes
      .slice(1)
      .map(change =>
        'edits' in change ? applied(change.textDocument.uri === uri ? document : other, change.edits as never) : '',
      )
    expect(texts).toEqual(['{ "extends": "./common.triplet.json" }', '{ "extends": "../common.triplet.json" }'])
  })

  test('is not offered elsewhere', () => {
    const { document, position } = cursor('{ "dataset": "em|oji" }')
    expect(prepareRename(document, position)).toBeNull()
  })
})

test('a selection of settings moves into a base', () => {
  const text = '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3 },\n  "epochs": 5\n}\n'
  const document = open(text)
  const range = { start: { line: 1, character: 0 }, end: { line: 2, character: 30 } }
  const action = codeActions(document, context, range, ['refactor.extract']).at(0)
  expect(action?.title).toBe('Move these settings to a.base.triplet.json and extend it')
  const [create, fill, change] = action?.edit?.documentChanges ?? []
  expect(create).toMatchObject({ kind: 'create', uri: 'file:///lab/a.base.triplet.json' })
  if (!('edits' in fill) || !('edits' in change)) throw new Error('No edits.')
  expect(fill.edits).toMatchObject([{ newText: '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3 }\n}\n' }])
  expect(applied(document, change.edits as never)).toBe('{\n  "extends": "./a.base.triplet.json",\n  "epochs": 5\n}\n')
})

test('what two files have in common moves into a base of both', () => {
  const text = '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3 },\n  "epochs": 5\n}\n'
  const document = open(text)
  const other = readDocument(
    TextDocument.create('file:///lab/b.triplet.json', 'triplet', 1, text.replace('5', '9').replace('0.3 }', '3e-1 }')),
  )
  const at = (line: number) => ({ start: { line, character: 4 }, end: { line, character: 4 } })
  expect(codeActions(document, context, at(3), ['refactor.extract'], [document, other])).toEqual([])
  const action = codeActions(document, context, at(1), ['refactor.extract'], [document, other]).at(0)
  expect(action?.title).toBe('Move the 2 settings that a and b share to a-b.base.triplet.json')
  const [create, fill, ...changes] = action?.edit?.documentChanges ?? []
  expect(create).toMatchObject({ kind: 'create', uri: 'file:///lab/a-b.base.triplet.json' })
  if (!('edits' in fill)) throw new Error('No edits.')
  expect(fill.edits).toMatchObject([{ newText: '{\n  "dataset": "emoji",\n  "loss": { "margin": 0.3 }\n}\n' }])
  const texts = changes.map((change, i) =>
    'edits' in change ? applied([document, other][i], change.edits as never) : '',
  )
  expect(texts).toEqual([5, 9].map(epochs => `{\n  "extends": "./a-b.base.triplet.json",\n  "epochs": ${epochs}\n}\n`))
})
