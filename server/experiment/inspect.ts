/** Lays the tree beside the catalog: what stands where, what the axes are, and everything that is wrong in shape. */
import { basename } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { ObjectSetting, OneOfSetting, Setting, VariantSetting } from '../catalog/entry.ts'
import { experimentFile } from '../catalog/experimentFile.ts'
import { isAxis, type Axis, type Domain } from './axes.ts'
import { readInterval } from './interval.ts'
import { checkChoice, checkNumber, unknownKey, unknownValue, wrongType } from './checkScalar.ts'
import { removeItem, removeMember, setAt } from './editText.ts'
import type { Finding, Fix } from './finding.ts'
import { perObject } from './perObject.ts'
import { isInherited, join, member, toJson, type ExperimentTree, type Member, type Span, type Value } from './tree.ts'
import { optionOf, optionsOf, tagSetting } from './variants.ts'

/** A value in the file together with what the catalog says of it. */
export interface Site {
  readonly path: string
  readonly setting: Setting
  readonly value: Value
  /** Its key; `null` for list items and values of an axis. */
  readonly member: Member | null
  /** The axis whose value this is. */
  readonly axisPath: string | null
}

export interface Inspection {
  readonly sites: readonly Site[]
  readonly axes: readonly Axis[]
  readonly findings: readonly Finding[]
}

/** What a walk gathers, and the condition under which the place it stands at is active. */
export interface Gathering {
  readonly tree: ExperimentTree
  readonly sites: Site[]
  readonly axes: Axis[]
  readonly findings: Finding[]
  readonly condition: Axis['condition']
  readonly axisPath: string | null
}

/** The same inspection for the same tree. */
export const inspect = perObject((tree: ExperimentTree): Inspection => {
  const gathering: Gathering = { tree, sites: [], axes: [], findings: [], condition: null, axisPath: null }
  if (tree.root !== null) inspectValue(experimentFile, tree.root, '', null, gathering)
  const { sites, axes, findings } = gathering
  if (tree.inherited === null) return { sites, axes, findings }
  const foreign = findings.find(one => one.severity === 'error' && isInherited(tree, one.span))
  const own = findings.filter(one => !isInherited(tree, one.span))
  return {
    sites: sites.filter(one => !isInherited(tree, one.value.span)),
    axes,
    findings:
      foreign === undefined
        ? own
        : [
            ...own,
            error(
              'extends-has-problems',
              tree.inherited,
              l10n.t('{0} has a problem: {1}', basename(tree.basePath ?? ''), foreign.message),
            ),
          ],
  }
})

/** @param owner the member that holds the value, for the site */
export function inspectValue(
  setting: Setting,
  value: Value,
  path: string,
  owner: Member | null,
  into: Gathering,
): void {
  into.sites.push({ path, setting, value, member: owner, axisPath: into.axisPath })
  if (isAxis(setting, value)) {
    inspectAxis(setting, value, path, into)
    return
  }
  if (value.kind === 'null' && 'default' in setting && setting.default === null) return
  switch (setting.kind) {
    case 'number':
      if (value.kind === 'number') checkNumber(setting, value.value, value.span, path, into.findings)
      else into.findings.push(wrongType(setting, value, path))
      return
    case 'boolean':
      if (value.kind !== 'boolean') into.findings.push(wrongType(setting, value, path))
      return
    case 'choice':
      if (value.kind === 'string') checkChoice(setting.choices, value.value, value.span, path, into.findings)
      else into.findings.push(wrongType(setting, value, path))
      return
    case 'text':
      if (value.kind !== 'string') into.findings.push(wrongType(setting, value, path))
      else if (value.value.trim() === '')
        into.findings.push({
          code: 'empty-text',
          severity: 'error',
          span: value.span,
          message: l10n.t('"{0}" is empty. Write something, or remove the line.', path),
        })
      return
    case 'list':
      if (value.kind !== 'array') {
        into.findings.push(wrongType(setting, value, path))
        return
      }
      if (value.items.length < setting.minItems)
        into.findings.push({
          code: 'too-few-items',
          severity: 'error',
          span: value.span,
          message: l10n.t('"{0}" needs at least one entry.', path),
        })
      value.items.forEach((item, i) => inspectValue(setting.item, item, join(path, String(i)), null, into))
      return
    case 'object':
      if (value.kind === 'object') inspectObject(setting, value, path, into)
      else into.findings.push(wrongType(setting, value, path))
      return
    case 'oneOf':
      inspectOneOf(setting, value, path, into)
      return
    case 'variant':
      inspectVariant(setting, value, path, into)
  }
}

type ObjectValue = Extract<Value, { kind: 'object' }>
const axisKeys = { values: [], min: [], max: [], distribution: [], q: ['step', 'quantum'] }

function inspectObject(setting: ObjectSetting, value: ObjectValue, path: string, into: Gathering): void {
  inspectMembers(setting.properties, value, path, into)
  requireAll(setting.properties, value, startOf(value), path, into)
}

function inspectMembers(
  properties: Readonly<Record<string, Setting>>,
  value: ObjectValue,
  path: string,
  into: Gathering,
  conditionOf: (key: string) => Axis['condition'] = () => into.condition,
): void {
  for (const one of value.members) {
    const setting = Object.hasOwn(properties, one.key) ? properties[one.key] : undefined
    if (setting === undefined) into.findings.push(unknownKey(one, properties, value, path))
    else if (one.value !== null && member(value, one.key) === one)
      inspectValue(setting, one.value, join(path, one.key), one, { ...into, condition: conditionOf(one.key) })
  }
}

/** Settings without a default have to be there. */
function requireAll(
  properties: Readonly<Record<string, Setting>>,
  value: Value,
  at: Span,
  path: string,
  into: Gathering,
): void {
  for (const [key, setting] of Object.entries(properties)) {
    if (!isRequired(setting) || member(value, key) !== undefined) continue
    const message =
      path === '' && key === 'dataset'
        ? l10n.t('Say which pictures to learn from: "dataset": { "name": "emoji" }, or { "folder": "./pictures" }.')
        : l10n.t('"{0}" is missing. {1}', join(path, key), l10n.t(setting.summary))
    const fixes = path === '' && key === 'dataset' ? addDataset(into.tree) : []
    into.findings.push({ code: 'missing', severity: 'error', span: at, message, fixes })
  }
}

function addDataset(tree: ExperimentTree): Fix[] {
  const edits = setAt(tree, 'dataset', { name: 'emoji' })
  return edits === null ? [] : [{ title: l10n.t('Learn from the emoji that come with Triplet Lab'), edits }]
}

function isRequired(setting: Setting): boolean {
  if (setting.optional === true) return false
  if (setting.kind === 'object') return Object.values(setting.properties).some(isRequired)
  return setting.kind === 'oneOf' || !('default' in setting)
}

function inspectOneOf(setting: OneOfSetting, value: Value, path: string, into: Gathering): void {
  const first = Object.entries(setting.properties).at(0)
  if (value.kind === 'string' && first !== undefined) {
    inspectValue(first[1], value, join(path, first[0]), null, into)
    return
  }
  if (value.kind !== 'object') {
    into.findings.push(wrongType(setting, value, path))
    return
  }
  inspectMembers(setting.properties, value, path, into)
  const given = value.members.filter(one => Object.hasOwn(setting.properties, one.key))
  const keys = Object.keys(setting.properties)
  if (given.length === 1 || (given.length === 0 && value.members.length > 0)) return
  into.findings.push({
    code: 'exactly-one',
    severity: 'error',
    span: given[1]?.keySpan ?? startOf(value),
    message: l10n.t('"{0}" needs exactly one of: {1}.', path, keys.join(', ')),
    fixes: given.length === 0 ? useEmoji(path, value) : removals(given.slice(1), value, into.tree),
  })
}

function inspectVariant(setting: VariantSetting, value: Value, path: string, into: Gathering): void {
  if (value.kind === 'string') {
    const option = optionOf(setting, value.value)
    if (option === undefined) into.findings.push(unknownValue(setting.options, value.value, value.span, path))
    else requireAll(option.properties, value, value.span, path, into)
    return
  }
  if (value.kind !== 'object') {
    into.findings.push(wrongType(setting, value, path))
    return
  }
  const options = optionsOf(setting, value)
  const tagMember = member(value, setting.tag)
  const tagIsAxis = tagMember?.value?.kind === 'object'
  const properties: Record<string, Setting> = { [setting.tag]: tagSetting(setting) }
  for (const id of options.toReversed()) Object.assign(properties, optionOf(setting, id)?.properties)
  if (tagMember === undefined && setting.default === undefined)
    into.findings.push({
      code: 'missing',
      severity: 'error',
      span: startOf(value),
      message: l10n.t(
        '"{0}" is missing. One of: {1}.',
        join(path, setting.tag),
        Object.keys(setting.options).join(', '),
      ),
    })
  // With an unknown tag nothing certain can be said of the other keys.
  if (options.length === 0) {
    if (tagMember?.value) inspectValue(tagSetting(setting), tagMember.value, join(path, setting.tag), tagMember, into)
    return
  }
  inspectMembers(properties, value, path, into, key => {
    if (key === setting.tag || !tagIsAxis) return into.condition
    const having = options.filter(id => key in (optionOf(setting, id)?.properties ?? {}))
    return having.length === options.length ? into.condition : { path: join(path, setting.tag), values: having }
  })
  const at = tagMember?.value?.span ?? startOf(value)
  for (const id of options) requireAll(optionOf(setting, id)?.properties ?? {}, value, at, path, into)
}

function inspectAxis(setting: Setting, value: Value, path: string, into: Gathering): void {
  if (value.kind !== 'object') return
  if (into.axisPath !== null) {
    into.findings.push(
      error(
        'sweep-in-sweep',
        value.span,
        l10n.t('A value of a sweep cannot be a sweep itself. List all values in one list.'),
      ),
    )
    return
  }
  for (const one of value.members)
    if (!Object.hasOwn(axisKeys, one.key)) into.findings.push(unknownKey(one, axisKeys, value, path))
  const domain =
    member(value, 'values') === undefined
      ? readInterval(setting, value, path, into.tree.text, into.findings)
      : readValues(setting, value, path, into)
  if (domain !== null) into.axes.push({ path, setting, domain, span: value.span, condition: into.condition })
}

function readValues(setting: Setting, value: ObjectValue, path: string, into: Gathering): Domain | null {
  const list = member(value, 'values')
  for (const key of ['min', 'max', 'distribution', 'q']) {
    const other = member(value, key)
    if (other !== undefined)
      into.findings.push(
        error(
          'sweep-contradiction',
          other.keySpan,
          l10n.t('"{0}" and "values" exclude each other. Keep one of them.', key),
          [removal(into.tree, value, other)],
        ),
      )
  }
  if (list?.value?.kind !== 'array' || list.value.items.length === 0) {
    const span = list?.value?.span ?? value.span
    into.findings.push(
      error('sweep-no-values', span, l10n.t('"values" needs a list with at least one value: [0.1, 0.2].')),
    )
    return null
  }
  const seen = new Set<string>()
  const values: Value[] = []
  for (const item of list.value.items) {
    inspectValue(setting, item, path, null, { ...into, axisPath: path })
    const key = JSON.stringify(toJson(item))
    if (seen.has(key))
      into.findings.push({
        code: 'sweep-duplicate-value',
        severity: 'warning',
        span: item.span,
        message: l10n.t('{0} is listed twice; it is tried once. To see how much is luck, sweep the seed.', key),
        unnecessary: true,
        fixes: [{ title: l10n.t('Remove the second {0}', key), edits: removeItem(into.tree.text, list.value, item) }],
      })
    else values.push(item)
    seen.add(key)
  }
  return { kind: 'values', values }
}

/** The opening bracket: where something missing is underlined. */
function startOf(value: Value): Span {
  return { offset: value.span.offset, length: 1 }
}

/** An empty dataset can mean anything; the emoji are there. */
function useEmoji(path: string, value: ObjectValue): Fix[] {
  if (path !== 'dataset') return []
  const edits = [{ span: value.span, text: '{ "name": "emoji" }' }]
  return [{ title: l10n.t('Learn from the emoji that come with Triplet Lab'), edits }]
}

function removals(members: readonly Member[], from: ObjectValue, tree: ExperimentTree): Fix[] {
  return members.filter(one => !isInherited(tree, one.span)).map(one => removal(tree, from, one))
}

function removal(tree: ExperimentTree, from: ObjectValue, one: Member): Fix {
  return { title: l10n.t('Remove "{0}"', one.key), edits: removeMember(tree.text, from, one) }
}

function error(code: string, span: Span, message: string, fixes: readonly Fix[] = []): Finding {
  return { code, severity: 'error', span, message, fixes }
}
