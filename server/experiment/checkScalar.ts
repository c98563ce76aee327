/** What can be wrong with one key or one value by itself. */
import * as l10n from '@vscode/l10n'
import { describeRange, inRange, type Choice, type NumberSetting, type Setting } from '../catalog/entry.ts'
import type { Finding, Fix } from './finding.ts'
import { suggest } from './suggest.ts'
import { member, type Member, type Span, type Value } from './tree.ts'

export function checkNumber(
  setting: NumberSetting,
  value: number,
  span: Span,
  path: string,
  findings: Finding[],
): void {
  if (setting.integer && Number.isFinite(value) && !Number.isInteger(value)) {
    const rounded = Math.max(setting.range.min, Math.round(value))
    findings.push({
      code: 'not-an-integer',
      severity: 'error',
      span,
      message: l10n.t('"{0}" takes a whole number, not {1}.', path, value),
      fixes: [replace(span, String(rounded))],
    })
    return
  }
  if (setting.only !== undefined ? setting.only.includes(value) : inRange(value, setting.range)) return
  const allowed = setting.only?.join(', ') ?? describeRange(setting)
  const message =
    setting.outside === undefined
      ? l10n.t('"{0}" is {1}; it has to be {2}.', path, value, allowed)
      : l10n.t('"{0}" is {1}; it has to be {2}. {3}', path, value, allowed, l10n.t(setting.outside.why))
  const repaired = setting.default ?? setting.only?.[0] ?? setting.tries?.[0]
  findings.push({
    code: setting.outside?.code ?? 'out-of-range',
    severity: 'error',
    span,
    message,
    ...(repaired === undefined ? {} : { fixes: [replace(span, String(repaired))] }),
  })
}

export function checkChoice(
  choices: Readonly<Record<string, Choice>>,
  written: string,
  span: Span,
  path: string,
  findings: Finding[],
): void {
  if (!Object.hasOwn(choices, written)) findings.push(unknownValue(choices, written, span, path))
}

export function unknownValue(
  choices: Readonly<Record<string, Choice>>,
  written: string,
  span: Span,
  path: string,
): Finding {
  const known = Object.keys(choices)
  const meant = suggest(
    written,
    Object.entries(choices).map(([id, choice]) => [id, choice.aliases ?? []] as const),
  )
  return {
    code: 'unknown-value',
    severity: 'error',
    span,
    message:
      meant === null
        ? l10n.t('"{0}" knows no "{1}". One of: {2}.', path, written, known.join(', '))
        : l10n.t('"{0}" knows no "{1}". Did you mean "{2}"?', path, written, meant),
    fixes: meant === null ? [] : [replace(span, JSON.stringify(meant))],
  }
}

/** @param properties the keys known here, with their other names where they have some */
export function unknownKey(
  one: Member,
  properties: Readonly<Record<string, Setting | readonly string[]>>,
  parent: Value,
  path: string,
): Finding {
  const entries = Object.entries(properties).map(
    ([key, known]) => [key, isNames(known) ? known : (known.aliases ?? [])] as const,
  )
  const meant = suggest(one.key, entries)
  // A key that is already there cannot be the one that was meant.
  const free = meant !== null && member(parent, meant) === undefined ? meant : null
  const where = path === '' ? l10n.t('An experiment') : `"${path}"`
  return {
    code: 'unknown-key',
    severity: 'error',
    span: one.keySpan,
    message:
      free === null
        ? l10n.t(
            '{0} has no "{1}". It knows: {2}.',
            where,
            one.key,
            Object.keys(properties)
              .filter(key => !key.startsWith('$'))
              .join(', '),
          )
        : l10n.t('{0} has no "{1}". Did you mean "{2}"?', where, one.key, free),
    fixes: free === null ? [] : [replace(one.keySpan, JSON.stringify(free))],
  }
}

function isNames(known: Setting | readonly string[]): known is readonly string[] {
  return Array.isArray(known)
}

export function wrongType(setting: Setting, value: Value, path: string): Finding {
  return {
    code: 'wrong-type',
    severity: 'error',
    span: value.span,
    message:
      path === ''
        ? l10n.t('An experiment file is one object: { "dataset": { "name": "emoji" } }.')
        : l10n.t('"{0}" takes {1}, not {2}.', path, describeKind(setting), describeValue(value)),
    fixes: typeFix(setting, value),
  }
}

/** A number or a truth in quotes only has to lose them. */
function typeFix(setting: Setting, value: Value): readonly Fix[] {
  if (value.kind !== 'string') return []
  const written = value.value.trim()
  const isNumber = setting.kind === 'number' && written !== '' && Number.isFinite(Number(written))
  const isTruth = setting.kind === 'boolean' && /^(true|false)$/i.test(written)
  if (isNumber) return [replace(value.span, String(Number(written)))]
  return isTruth ? [replace(value.span, written.toLowerCase())] : []
}

function describeKind(setting: Setting): string {
  switch (setting.kind) {
    case 'number':
      return setting.integer ? l10n.t('a whole number') : l10n.t('a number')
    case 'boolean':
      return l10n.t('true or false')
    case 'choice':
      return l10n.t(
        'one of {0}',
        Object.keys(setting.choices)
          .map(id => JSON.stringify(id))
          .join(', '),
      )
    case 'text':
      return l10n.t('text in double quotes')
    case 'list':
      return l10n.t('a list in square brackets')
    case 'object':
      return l10n.t('an object in braces')
    case 'variant':
      return l10n.t(
        'an object in braces or one of {0}',
        Object.keys(setting.options)
          .map(id => JSON.stringify(id))
          .join(', '),
      )
    case 'oneOf':
      return l10n.t('an object with one of {0}', Object.keys(setting.properties).join(', '))
  }
}

function describeValue(value: Value): string {
  switch (value.kind) {
    case 'object':
      return l10n.t('an object')
    case 'array':
      return l10n.t('a list')
    case 'string':
      return l10n.t('text')
    case 'number':
      return l10n.t('a number')
    case 'boolean':
      return l10n.t('true or false')
    case 'null':
      return 'null'
  }
}

function replace(span: Span, text: string): Fix {
  return { title: l10n.t('Change to {0}', text), edits: [{ span, text }] }
}
