/** Entries of the catalog in Markdown, in the reader's language. */
import * as l10n from '@vscode/l10n'
import { describeRange, type Choice, type Documentation, type Setting } from '../catalog/entry.ts'
import { inline } from '../experiment/editText.ts'

/** Summary, formula, default, range and paper. */
export function describeSetting(setting: Setting): string {
  return [about(setting), facts(setting), source(setting)].filter(part => part !== '').join('\n\n')
}

/** One value of a choice. */
export function describeChoice(choice: Choice): string {
  return [about(choice), source(choice)].filter(part => part !== '').join('\n\n')
}

function about({ summary, formula }: Documentation): string {
  return formula === undefined ? l10n.t(summary) : `${l10n.t(summary)}\n\n\`${formula}\``
}

/** `Default: 0.2 · > 0 · units of the distance`. */
function facts(setting: Setting): string {
  const parts: string[] = []
  if ('default' in setting) {
    const preset = setting.default === null ? l10n.t(setting.whenNull ?? 'null') : `\`${inline(setting.default)}\``
    parts.push(l10n.t('Default: {0}', preset))
  }
  if (setting.kind === 'number') {
    parts.push(setting.only?.join(', ') ?? describeRange(setting))
    if (setting.integer) parts.push(l10n.t('whole number'))
    if (setting.unit !== undefined) parts.push(l10n.t(setting.unit))
  }
  return parts.join(' · ')
}

function source({ citation }: Documentation): string {
  if (citation === undefined) return ''
  return `[${citation.paper}${citation.section === undefined ? '' : `, ${citation.section}`}](${citation.url})`
}
