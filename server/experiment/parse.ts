/** Text → tree and the findings of its JSON. Never throws: half-typed text is the normal case in an editor. */
import * as l10n from '@vscode/l10n'
import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import type { Problem } from '../../protocol/requests.ts'
import { removeMember } from './editText.ts'
import { extendTree, type Bases } from './extend.ts'
import { toProblems, type Finding, type Fix } from './finding.ts'
import { parseValid } from './parseValid.ts'
import type { ExperimentTree, Member, Span, Value } from './tree.ts'

/** Deeper than any experiment needs, and shallow enough for every recursive function here. */
const deepest = 64

export interface Parsed {
  readonly tree: ExperimentTree
  readonly problems: Problem[]
}

/**
 * Parses an experiment file: JSON with comments and trailing commas.
 * @param bases how the file that it extends is read; without it no file can be extended
 * @returns the tree of what could be understood, and the problems of the JSON itself
 */
export function parseExperiment(text: string, bases?: Bases): Parsed {
  const tree = extendTree(parseTreeOf(text), bases, parseTreeOf)
  return { tree, problems: toProblems(text, tree.syntax) }
}

const noBase = { inherited: null, basePath: null }

function parseTreeOf(text: string): ExperimentTree {
  const valid = parseValid(text, deepest)
  if (valid === null) return parseTolerantly(text)
  const { root, hasDuplicates } = valid
  const findings: Finding[] = []
  if (hasDuplicates) reportDuplicates(text, root, findings)
  return { ...noBase, text, root, own: root, syntax: findings }
}

function parseTolerantly(text: string): ExperimentTree {
  const tooDeep = firstTooDeep(text)
  if (tooDeep !== null)
    return {
      ...noBase,
      text,
      root: null,
      own: null,
      syntax: [
        {
          code: 'json-too-deep',
          severity: 'error',
          span: tooDeep,
          message: l10n.t('More than {0} brackets are open here. An experiment file needs five at most.', deepest),
        },
      ],
    }
  const errors: ParseError[] = []
  const node = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false })
  let ends: readonly number[] | null = null
  const findings = errors.map<Finding>(error => {
    const code = printParseErrorCode(error.error)
    if (code === 'CommaExpected') ends ??= tokenEnds(text)
    return {
      code: 'json-syntax',
      severity: 'error',
      message: describe(code),
      span: {
        offset: Math.min(error.offset, text.length),
        length: Math.max(0, Math.min(error.length, text.length - error.offset)),
      },
      fixes: code === 'CommaExpected' ? insertComma(ends ?? [], error.offset) : [],
    }
  })
  const root = node === undefined ? null : toValue(node)
  if (root !== null) reportDuplicates(text, root, findings)
  return { ...noBase, text, root, own: root, syntax: findings }
}

function firstTooDeep(text: string): Span | null {
  const scanner = createScanner(text, true)
  let depth = 0
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    const first = text[scanner.getTokenOffset()]
    if (first === '{' || first === '[') depth++
    if (first === '}' || first === ']') depth--
    if (depth > deepest) return { offset: scanner.getTokenOffset(), length: 1 }
  }
  return null
}

function toValue(node: Node): Value {
  const span = { offset: node.offset, length: node.length }
  switch (node.type) {
    case 'object':
      return { kind: 'object', span, members: (node.children ?? []).flatMap(toMember) }
    case 'array':
      return { kind: 'array', span, items: (node.children ?? []).map(toValue) }
    case 'string':
      return { kind: 'string', span, value: String(node.value) }
    case 'number':
      return { kind: 'number', span, value: Number(node.value) }
    case 'boolean':
      return { kind: 'boolean', span, value: node.value === true }
    case 'property':
    case 'null':
      return { kind: 'null', span }
  }
}

function toMember(property: Node): Member[] {
  const key = property.children?.at(0)
  const value = property.children?.at(1)
  if (key === undefined) return []
  return [
    {
      key: String(key.value),
      keySpan: { offset: key.offset, length: key.length },
      value: value === undefined ? null : toValue(value),
      span: { offset: property.offset, length: property.length },
    },
  ]
}

/** Where each word, number, text and bracket ends, in order. */
function tokenEnds(text: string): number[] {
  const scanner = createScanner(text, true)
  const ends: number[] = []
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    if (scanner.getTokenLength() > 0) ends.push(scanner.getTokenOffset() + scanner.getTokenLength())
  }
  return ends
}

/** A missing comma belongs right behind the value before it, not in front of the word that was found in its place. */
function insertComma(ends: readonly number[], offset: number): Fix[] {
  const end = ends.findLast(one => one <= offset)
  if (end === undefined) return []
  return [{ title: l10n.t('Insert the comma'), edits: [{ span: { offset: end, length: 0 }, text: ',' }] }]
}

function reportDuplicates(text: string, value: Value, findings: Finding[]): void {
  if (value.kind === 'array') for (const item of value.items) reportDuplicates(text, item, findings)
  if (value.kind !== 'object') return
  for (const one of value.members) if (one.value !== null) reportDuplicates(text, one.value, findings)
  const last = new Map(value.members.map(one => [one.key, one]))
  if (last.size === value.members.length) return
  for (const one of value.members) {
    if (last.get(one.key) === one) continue
    findings.push({
      code: 'json-duplicate-key',
      severity: 'error',
      span: one.keySpan,
      message: l10n.t('"{0}" is written twice; only the last one counts. Remove one of them.', one.key),
      unnecessary: true,
      fixes: [
        { title: l10n.t('Remove this "{0}"', one.key), edits: removeMember(text, value, one) },
        ...removeOther(text, value, one, last.get(one.key)),
      ],
    })
  }
}

function removeOther(
  text: string,
  object: Extract<Value, { kind: 'object' }>,
  one: Member,
  other: Member | undefined,
): Fix[] {
  if (other === undefined) return []
  return [
    { title: l10n.t('Keep this "{0}" and remove the last one', one.key), edits: removeMember(text, object, other) },
  ]
}

function describe(code: string): string {
  switch (code) {
    case 'InvalidSymbol':
      return l10n.t('This word means nothing in JSON. Put text in double quotes.')
    case 'InvalidNumberFormat':
      return l10n.t('This is not a number as JSON writes it: 0.5, 10, 1e-3.')
    case 'PropertyNameExpected':
      return l10n.t('A name in double quotes belongs here.')
    case 'ValueExpected':
      return l10n.t('A value is missing here.')
    case 'ColonExpected':
      return l10n.t('A colon belongs here, between the name and its value.')
    case 'CommaExpected':
      return l10n.t('A comma is missing here.')
    case 'CloseBraceExpected':
      return l10n.t('A closing brace } is missing here.')
    case 'CloseBracketExpected':
      return l10n.t('A closing bracket ] is missing here.')
    case 'EndOfFileExpected':
      return l10n.t('The file should end here; what follows belongs to nothing.')
    case 'UnexpectedEndOfComment':
      return l10n.t('This comment is never closed: */ is missing.')
    case 'UnexpectedEndOfString':
      return l10n.t('This text is never closed: " is missing.')
    case 'UnexpectedEndOfNumber':
      return l10n.t('This number stops too early.')
    case 'InvalidUnicode':
      return l10n.t('After \\u four hexadecimal digits belong.')
    case 'InvalidEscapeCharacter':
      return l10n.t('After a backslash one of " \\ / b f n r t u belongs. Write paths with / or \\\\.')
    case 'InvalidCharacter':
      return l10n.t('This character is not allowed in text. Write \\n for a new line and \\t for a tab.')
    case 'InvalidCommentToken':
      return l10n.t('Comments start with // or /*.')
    default:
      return l10n.t('This is not valid JSON.')
  }
}
