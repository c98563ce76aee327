/**
 * `"extends": "./base.triplet.json"`: the settings of another file hold here too, unless this one has its own. Objects are
 * joined setting by setting, everything else is replaced. What is inherited stands, for whoever points at it, at the
 * `extends` itself.
 */
import { basename, dirname, relative, resolve, sep } from 'node:path'
import * as l10n from '@vscode/l10n'
import { dataset } from '../catalog/datasets.ts'
import { removeAt } from './editText.ts'
import type { Finding, Fix } from './finding.ts'
import { member, type ExperimentTree, type Member, type Span, type Value } from './tree.ts'

/** Where a file lies, and how others are read. */
export interface Bases {
  /** Absolute path of the file's folder. */
  readonly folder: string
  /** The text of a file; `null` when it cannot be read. */
  readonly read: (path: string) => string | null
  /** A file beside a missing one whose name is most like it; `null` when none is. */
  readonly near?: (path: string) => string | null
}

/** As people write it: from a folder, with `/`. */
function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path).split(sep).join('/')
  return way.startsWith('../') ? way : `./${way}`
}

/** More files than this, one extending the other, are taken for a mistake. */
const longest = 16
/** Not inherited: they are about one file. */
const own: ReadonlySet<string> = new Set(['extends', 'name', '$schema'])

/** @param parse how the text of a base becomes a tree, not extended yet */
export function extendTree(
  tree: ExperimentTree,
  bases: Bases | undefined,
  parse: (text: string) => ExperimentTree,
  visited: readonly string[] = [],
): ExperimentTree {
  const written = member(tree.root, 'extends')?.value
  if (tree.root?.kind !== 'object' || written?.kind !== 'string' || written.value.trim() === '') return tree
  const failed = (code: string, message: string, fixes: readonly Fix[] = []): ExperimentTree => {
    const finding: Finding = { code, severity: 'error', span: written.span, message, fixes }
    return { ...tree, syntax: [...tree.syntax, finding] }
  }
  const removal = () => {
    const edits = removeAt(tree, 'extends')
    return edits === null ? [] : [{ title: l10n.t('Remove "{0}"', 'extends'), edits }]
  }
  const path = resolve(bases?.folder ?? '/', written.value)
  if (visited.includes(path) || visited.length > longest)
    return failed(
      'extends-circle',
      l10n.t('{0} leads back to this file: a file cannot extend itself.', written.value),
      removal(),
    )
  const text = bases?.read(path) ?? null
  if (text === null) {
    const near = bases?.near?.(path) ?? null
    const meant = near === null ? null : JSON.stringify(pathFrom(bases?.folder ?? '/', near))
    return meant === null
      ? failed('extends-missing', l10n.t('"extends" points to {0}, which cannot be read.', written.value))
      : failed(
          'extends-missing',
          l10n.t('"extends" points to {0}, which cannot be read. Did you mean {1}?', written.value, meant),
          [{ title: l10n.t('Change to {0}', meant), edits: [{ span: written.span, text: meant }] }],
        )
  }
  const parsed = parse(text)
  const base = extendTree(parsed, bases && { ...bases, folder: dirname(path) }, parse, [...visited, path])
  const wrong = base.syntax.at(0)
  if (wrong !== undefined || base.root?.kind !== 'object')
    return failed(
      wrong?.code === 'extends-circle' ? wrong.code : 'extends-broken',
      l10n.t('{0} has a problem: {1}', basename(path), wrong?.message ?? l10n.t('it holds no settings.')),
      wrong?.code === 'extends-circle' ? removal() : [],
    )
  const inherited = base.root.members.filter(one => !own.has(one.key))
  // An object of its own: by it, what is inherited is told from the value of `extends` itself.
  const span = { ...written.span }
  const moved = inherited.map(one => moveMember(one, span, dirname(path)))
  return { ...tree, root: joined(tree.root, moved), own: tree.root, inherited: span, basePath: path }
}

type ObjectValue = Extract<Value, { kind: 'object' }>

function joined(object: ObjectValue, inherited: readonly Member[]): ObjectValue {
  const members = object.members.map(one => {
    const below = inherited.find(other => other.key === one.key)
    if (one.value?.kind !== 'object' || below?.value?.kind !== 'object' || !canJoin(one.value, below.value)) return one
    return { ...one, value: joined(one.value, below.value.members) }
  })
  const more = inherited.filter(one => member(object, one.key) === undefined)
  return { ...object, members: [...members, ...more] }
}

/** Axes are values; objects that say differently what they are have nothing to share. */
function canJoin(a: ObjectValue, b: ObjectValue): boolean {
  const axis = ['values', 'min', 'max', 'distribution']
  if ([a, b].some(one => one.members.some(({ key }) => axis.includes(key)))) return false
  if ([a, b].some(one => one.members.some(({ key }) => Object.hasOwn(dataset.properties, key) && key !== 'name')))
    return false
  for (const tag of ['strategy', 'architecture', 'name', 'kind']) {
    const [first, second] = [member(a, tag)?.value, member(b, tag)?.value]
    if (first?.kind === 'string' && second?.kind === 'string' && first.value !== second.value) return false
  }
  return true
}

/** An inherited member, with paths as seen from anywhere. */
function moveMember(one: Member, span: Span, folder: string): Member {
  const value = one.value === null ? null : move(one.value, span)
  const isDataset = one.key === 'dataset' && value !== null
  return { key: one.key, keySpan: span, span, value: isDataset ? absolutePaths(value, folder) : value }
}

function move(value: Value, span: Span): Value {
  switch (value.kind) {
    case 'object': {
      const members = value.members.map(one => ({
        key: one.key,
        keySpan: span,
        span,
        value: one.value === null ? null : move(one.value, span),
      }))
      return { kind: 'object', span, members }
    }
    case 'array':
      return { kind: 'array', span, items: value.items.map(item => move(item, span)) }
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { ...value, span }
  }
}

function absolutePaths(value: Value, folder: string): Value {
  if (value.kind === 'array') return { ...value, items: value.items.map(item => absolutePaths(item, folder)) }
  if (value.kind !== 'object') return value
  const members = value.members.map(one => {
    const isPath = one.key !== 'name' && one.value?.kind === 'string'
    if (isPath) return { ...one, value: { ...one.value, value: resolve(folder, one.value.value) } }
    return one.value === null ? one : { ...one, value: absolutePaths(one.value, folder) }
  })
  return { ...value, members }
}
